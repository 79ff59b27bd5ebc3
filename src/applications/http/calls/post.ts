import { CodecError, ValueConnection } from '../../../presentation/index.ts';
import type { Codec } from '../../../presentation/index.ts';
import type { FrameConnection } from '../../../framing/index.ts';
import { CallError, Peer, errorTable } from '../../../service/index.ts';
import type { Dispatcher } from '../../../service/index.ts';
import { expectsAnswer, isRecord } from '../../../service/wire.ts';
import { nextConnectionId } from '../../../transport/index.ts';
import type { HttpRequest, HttpResponse } from '../handler.ts';
import type { HeaderField } from '../headers.ts';
import { codecOfType, mediaTypeOf } from './media-types.ts';
import { sessionOf, withSession } from './credentials.ts';

/** One request as a conversation: what is sent in it is its answer, and nothing else can be. */
class PostedFrames implements FrameConnection<ValueConnection<Peer>> {
  readonly id = nextConnectionId();
  readonly isDatagram = false;
  readonly isExchange = true;
  readonly answersAfterEnd = false;
  readonly bufferedBytes = 0;
  isClosed = false;
  readonly #request: HttpRequest;
  readonly #answer: (payload: Uint8Array) => void;

  constructor(request: HttpRequest, answer: (payload: Uint8Array) => void) {
    this.#request = request;
    this.#answer = answer;
  }

  get local() {
    return this.#request.local;
  }
  get remote() {
    return this.#request.remote;
  }
  get state(): ValueConnection<Peer> {
    throw new TypeError('a request keeps no state');
  }

  send(payload: Uint8Array): boolean {
    this.#answer(payload);
    return true;
  }
  sendText(payload: string): boolean {
    return this.send(Buffer.from(payload));
  }
  end(): void {
    this.isClosed = true;
  }
  close(): void {
    this.isClosed = true;
  }
  reset(): void {
    this.isClosed = true;
  }
  pause(): void {
    // Nothing more comes.
  }
  resume(): void {
    // See pause.
  }
}

/** The conversation in values above it, which calls nobody back. */
class PostedValues extends ValueConnection<Peer> {
  /** The status that says the same as the answer, where that is all there is to say. */
  status = 200;

  override send(value: unknown, message?: number): boolean {
    if (isRecord(value) && value['method'] !== undefined) {
      if (value['id'] === undefined) return true;
      throw new CallError('INVALID_REQUEST', 'who asks by HTTP cannot be called; use WebSocket');
    }
    if (isRecord(value) && value['id'] === null) this.status = statusOf(value['error']);
    return super.send(value, message);
  }
}

function statusOf(error: unknown): number {
  const row = Object.values(errorTable).find(({ rpc }) => isRecord(error) && error['code'] === rpc);
  return row?.http ?? 200;
}

/**
 * Answers calls that came as the content of a POST request: one, a batch, or a notification. An answer to
 * a call has the status 200 even when the call failed, as clients of JSON-RPC expect; a message that is no
 * call has the status of {@link errorTable}.
 *
 * @param fields for the response.
 * @throws {HttpError} UNSUPPORTED_MEDIA_TYPE, CONTENT_TOO_LARGE.
 */
export async function answerPost(
  request: HttpRequest,
  dispatcher: Dispatcher,
  maxMessageBytes: number,
  fields: readonly HeaderField[],
): Promise<HttpResponse> {
  const codec = codecOfType(request.headers.get('content-type'));
  const bytes = await request.body.bytes(maxMessageBytes);
  const { promise, resolve } = Promise.withResolvers<Uint8Array>();
  const values = new PostedValues(new PostedFrames(request, resolve), codec);
  const peer = new Peer(values, dispatcher);
  const message = decode(codec, bytes);
  if (message instanceof CodecError) peer.refuse(message);
  else {
    peer.receive(withSession(message, sessionOf(request)), bytes.length, 0);
    if (!expectsAnswer(message)) return { status: 204, headers: fields };
  }
  const gone = (): void => {
    peer.finish({ code: 'reset' });
    resolve(new Uint8Array(0));
  };
  request.signal.addEventListener('abort', gone, { once: true });
  const content = await promise;
  request.signal.removeEventListener('abort', gone);
  return {
    status: values.status,
    headers: [
      ['Content-Type', mediaTypeOf(codec)],
      ['Cache-Control', 'no-store'],
      ['X-Content-Type-Options', 'nosniff'],
      ...fields,
    ],
    content,
  };
}

function decode(codec: Codec<unknown, unknown>, bytes: Uint8Array): unknown {
  try {
    return codec.decode(bytes);
  } catch (error) {
    if (error instanceof CodecError) return error;
    throw error;
  }
}
