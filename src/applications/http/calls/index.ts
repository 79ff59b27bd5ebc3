import { defaultMaxFrameBytes } from '../../../framing/index.ts';
import type { Dispatcher } from '../../../service/index.ts';
import { HttpError } from '../errors.ts';
import type { HttpHandler, HttpRequest, HttpResponse } from '../handler.ts';
import { splitList } from '../syntax.ts';
import { checkOrigin } from './origins.ts';
import { answerPost } from './post.ts';

export { sessionCookie } from './credentials.ts';

/** What calls over HTTP can be told. */
export interface RpcOptions {
  /** Bytes of one message. Default 1,048,576. */
  readonly maxMessageBytes?: number;
  /** Origins whose pages may call beside this server's own: `https://example.org`, or `*`. Default none. */
  readonly origins?: readonly string[];
}

const allow = 'POST, OPTIONS';

function wantsWebSocket({ method, headers, version }: HttpRequest): boolean {
  return (
    method === 'GET' &&
    version === '1.1' &&
    splitList(headers.get('upgrade') ?? '').includes('websocket') &&
    splitList(headers.get('connection') ?? '').includes('upgrade')
  );
}

/**
 * Calls over HTTP, to be mounted at a path such as `/rpc`: JSON-RPC 2.0 in POST requests, as JSON or CBOR
 * by their Content-Type, and over a WebSocket to whoever asks for one (RFC 6455). A session is a bearer
 * token (RFC 6750) or the cookie `__Host-guichet`.
 *
 * @example
 * ```ts
 * import { rpcHandler, serveHttp } from 'guichet/http';
 * import { Dispatcher, connect, defineService, implement, method } from 'guichet/service';
 * import { z } from 'zod';
 * const greeter = defineService('greeter', {
 *   greet: method({ params: z.object({ name: z.string() }), result: z.string() }),
 * });
 * const dispatcher = new Dispatcher([implement(greeter, { greet: ({ name }) => `Hello, ${name}` })]);
 * await using server = await serveHttp('tcp://127.0.0.1:0', rpcHandler(dispatcher));
 * const place = server.url.replace('http:', 'json+ws:');
 * await using client = await connect(`${place}rpc`, greeter);
 * if ((await client.greet({ name: 'Ada' })) !== 'Hello, Ada') throw new Error('not greeted');
 * ```
 */
export function rpcHandler(dispatcher: Dispatcher, options: RpcOptions = {}): HttpHandler {
  const { maxMessageBytes = defaultMaxFrameBytes, origins = [] } = options;
  const answer = async (request: HttpRequest): Promise<HttpResponse> => {
    const fields = checkOrigin(request, origins);
    if (wantsWebSocket(request)) {
      const { upgradeToCalls } = await import('./upgrade.ts');
      return {
        status: 101,
        takeOver: (stream, rest) =>
          upgradeToCalls(request, dispatcher, maxMessageBytes, stream, rest),
      };
    }
    switch (request.method) {
      case 'POST':
        return answerPost(request, dispatcher, maxMessageBytes, fields);
      case 'OPTIONS':
        return {
          status: 204,
          headers: [
            ['Allow', allow],
            ...(fields.length === 0
              ? []
              : ([
                  ['Access-Control-Allow-Methods', 'POST'],
                  ['Access-Control-Allow-Headers', 'authorization, content-type'],
                  ['Access-Control-Max-Age', '600'],
                ] as const)),
            ...fields,
          ],
        };
      default:
        throw new HttpError(
          'METHOD_NOT_ALLOWED',
          'calls are sent by POST, or over a WebSocket; see rpc.discover',
          { headers: [['Allow', allow]] },
        );
    }
  };
  return answer;
}
