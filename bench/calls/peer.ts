import { createServer, connect as connectSocket } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';

/** What is called: a small object in, a small object out. */
export interface Point {
  readonly x: number;
  readonly y: number;
  readonly label: string;
}

/** The work of every server, so that what differs is the way to it. */
export function move({ x, y, label }: Point): Point {
  return { x: x + 1, y: y - 1, label };
}

/** One call, from the client's side. */
export type Call = (point: Point) => Promise<unknown>;

/** One way to make calls: each side runs in a process of its own. */
export interface CallPeer {
  /** Starts to serve; gives what the client needs to find it. */
  serve(): Promise<string>;
  /** Opens one connection. */
  connect(place: string): Promise<Call>;
}

/**
 * What lines leave together: none, those of a turn of the event loop, or of those the first 12, the next 48
 * and so on, as Guichet has it.
 */
export type Gathering = 'none' | 'turn' | 'parts';

const firstPart = 12;
const growth = 4;

/** Lines over one socket. */
export class Lines {
  readonly #socket: Socket;
  readonly #gathering: Gathering;
  #outgoing = '';
  #waiting = 0;
  #mostWaiting: number;
  #isScheduled = false;
  #pending = '';
  readonly #onTurn = (): void => {
    this.#isScheduled = false;
    if (this.#gathering === 'parts') this.#mostWaiting = firstPart;
    if (this.#waiting > 0) this.#flush();
  };

  constructor(socket: Socket, gathering: Gathering, onLine: (line: string) => void) {
    this.#socket = socket;
    this.#gathering = gathering;
    this.#mostWaiting = gathering === 'parts' ? firstPart : Number.POSITIVE_INFINITY;
    socket.setNoDelay(true).setEncoding('utf8');
    socket.on('data', (text: string) => {
      const lines = (this.#pending + text).split('\n');
      this.#pending = lines.pop() ?? '';
      for (const line of lines) onLine(line);
    });
    socket.on('error', () => socket.destroy());
  }

  send(line: string): void {
    if (this.#gathering === 'none') {
      this.#socket.write(`${line}\n`);
      return;
    }
    this.#outgoing += `${line}\n`;
    if (++this.#waiting === this.#mostWaiting) {
      this.#mostWaiting *= growth;
      this.#flush();
    } else if (!this.#isScheduled) {
      this.#isScheduled = true;
      queueMicrotask(this.#onTurn);
    }
  }

  #flush(): void {
    const text = this.#outgoing;
    this.#outgoing = '';
    this.#waiting = 0;
    this.#socket.write(text);
  }
}

/** Has a server listen on a free port; gives it as text. */
export function listenFreely(server: Server): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  server.listen(0, '127.0.0.1', () => resolve(String((server.address() as AddressInfo).port)));
  return promise;
}

/** Takes sockets on a free port; gives it as text. */
export function listenSockets(accept: (socket: Socket) => void): Promise<string> {
  return listenFreely(createServer(accept));
}

/** Connects to such a port. */
export function openSocket(port: string): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const socket = connectSocket(Number(port), '127.0.0.1', () => resolve(socket));
  socket.once('error', reject);
  return promise;
}

/** JSON as bytes, for those who carry bytes. */
export function toBytes(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

export function fromBytes(bytes: Buffer): Point {
  return JSON.parse(bytes.toString()) as Point;
}
