import { WebSocketServer } from 'ws';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { MessageFrames, datagram, messageHandler } from '../../../framing/index.ts';
import { valueFrames } from '../../../presentation/index.ts';
import type { ValueConnection, ValueHandler } from '../../../presentation/index.ts';
import { serviceHandler } from '../../../service/index.ts';
import type { Dispatcher, Peer } from '../../../service/index.ts';
import { WebSocketConnection } from '../../../transport/websocket.ts';
import type { MessageConnection, MessageHandler } from '../../../transport/index.ts';
import type { HttpRequest } from '../handler.ts';
import { codecOfMessage } from './media-types.ts';
import { sessionOf, withSession } from './credentials.ts';

/** What ws reads of a request: a plain object with these fields, of our own parser's making. */
function plainRequest(request: HttpRequest): IncomingMessage {
  const headers: Record<string, string> = {};
  for (const [name] of request.headers) headers[name] = request.headers.get(name) ?? '';
  const plain: Pick<IncomingMessage, 'method' | 'url' | 'headers' | 'httpVersion'> = {
    method: request.method,
    url: request.target,
    headers,
    httpVersion: request.version,
  };
  return plain as IncomingMessage;
}

/**
 * Speaks calls over a WebSocket (RFC 6455) from here on, on the stream of an HTTP connection. The first
 * message tells the encoding: JSON if it is text, CBOR if it is binary.
 *
 * @returns what ends it in order, once the calls under way are answered.
 */
export function upgradeToCalls(
  request: HttpRequest,
  dispatcher: Dispatcher,
  maxMessageBytes: number,
  stream: Duplex,
  rest: Uint8Array,
): () => void {
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: maxMessageBytes,
  });
  let end = (): void => void stream.end();
  server.handleUpgrade(plainRequest(request), stream, Buffer.from(rest), (socket) => {
    const { remote, local } = request;
    const calls = new WebSocketCalls(dispatcher, sessionOf(request), maxMessageBytes);
    const name = `${request.scheme === 'https' ? 'wss' : 'ws'}://${request.authority}${request.path}`;
    const ends = { local, remote };
    const connection = new WebSocketConnection(socket, 'server', name, ends, calls.handler, {
      maxMessageBytes,
    });
    end = () => calls.shutDown(connection);
  });
  stream.resume();
  return () => end();
}

/** The calls over one WebSocket, once its first message has told their encoding. */
class WebSocketCalls {
  readonly handler: MessageHandler;
  readonly #services: ValueHandler<Peer>;
  readonly #maxBytes: number;
  #frames: MessageFrames<ValueConnection<Peer>> | undefined;
  #handler: MessageHandler | undefined;

  constructor(dispatcher: Dispatcher, session: string | undefined, maxBytes: number) {
    const services = serviceHandler(dispatcher);
    this.#maxBytes = maxBytes;
    this.#services = {
      ...services,
      value: (connection, value, message, length) =>
        services.value(connection, withSession(value, session), message, length),
    };
    this.handler = {
      message: (connection, bytes, isText) => {
        this.#handler ??= this.#begin(connection, isText);
        this.#handler.message(connection, bytes, isText);
      },
      drain: (connection) => this.#handler?.drain?.(connection),
      close: (connection, reason) => this.#handler?.close?.(connection, reason),
    };
  }

  /** The server closes: what was asked is answered first. */
  shutDown(connection: WebSocketConnection): void {
    connection.isGoingAway = true;
    if (this.#frames === undefined) connection.close();
    else this.#services.shutdown?.(this.#frames.state);
  }

  #begin(connection: MessageConnection, isText: boolean): MessageHandler {
    const values = valueFrames(codecOfMessage(isText), this.#services);
    const framing = datagram({ maxFrameBytes: this.#maxBytes });
    const frames = new MessageFrames<ValueConnection<Peer>>(connection, framing);
    frames.open(values);
    this.#frames = frames;
    return messageHandler(values, () => frames);
  }
}
