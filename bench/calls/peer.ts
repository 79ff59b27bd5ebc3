import { createServer, connect as connectSocket } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

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

/** Lines over one socket: each in a write of its own, or those of one turn gathered in one. */
export class Lines {
  readonly #socket: Socket;
  readonly #gathers: boolean;
  #outgoing = '';
  #pending = '';

  constructor(socket: Socket, gathers: boolean, onLine: (line: string) => void) {
    this.#socket = socket;
    this.#gathers = gathers;
    socket.setNoDelay(true).setEncoding('utf8');
    socket.on('data', (text: string) => {
      const lines = (this.#pending + text).split('\n');
      this.#pending = lines.pop() ?? '';
      for (const line of lines) onLine(line);
    });
    socket.on('error', () => socket.destroy());
  }

  send(line: string): void {
    if (!this.#gathers) {
      this.#socket.write(`${line}\n`);
      return;
    }
    if (this.#outgoing === '') queueMicrotask(() => this.#flush());
    this.#outgoing += `${line}\n`;
  }

  #flush(): void {
    const text = this.#outgoing;
    this.#outgoing = '';
    this.#socket.write(text);
  }
}

/** Listens on a free port; gives it as text. */
export function listenSockets(accept: (socket: Socket) => void): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const server = createServer(accept).listen(0, '127.0.0.1', () => {
    resolve(String((server.address() as AddressInfo).port));
  });
  return promise;
}

/** Connects to such a port. */
export function openSocket(port: string): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const socket = connectSocket(Number(port), '127.0.0.1', () => resolve(socket));
  socket.once('error', reject);
  return promise;
}
