import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** Clients that take their time, all in this process. */

async function open(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  // A server may close on a client as slow as these; that is what is looked at.
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

/** Clients that can be dropped. */
export interface Clients extends Disposable {
  /** How many of them the server has not closed. */
  readonly alive: number;
}

async function gather(
  port: number,
  count: number,
  begin: (socket: Socket) => void,
): Promise<Clients> {
  const sockets: Socket[] = [];
  let alive = count;
  for (let index = 0; index < count; index++) {
    const socket = await open(port);
    socket.on('close', () => (alive -= 1));
    begin(socket);
    sockets.push(socket);
  }
  return {
    get alive() {
      return alive;
    },
    [Symbol.dispose]() {
      for (const socket of sockets) socket.destroy();
    },
  };
}

function request(path: string): string {
  return `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
}

/** Clients that have asked for something once, and then say nothing. */
export function openIdle(port: number, count: number, path: string): Promise<Clients> {
  return gather(port, count, (socket) => {
    socket.resume();
    socket.write(request(path));
  });
}

/** Clients that send a byte of a head each quarter of a second. */
export function openSlowWriters(port: number, count: number): Promise<Clients> {
  return gather(port, count, (socket) => {
    const text = `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(1000)}`;
    let sent = 0;
    const timer = setInterval(() => socket.write(text.slice(sent, ++sent)), 250);
    socket.on('close', () => clearInterval(timer));
    socket.resume();
  });
}

/** Clients that ask for a large file and take so many bytes of it a second, none for 0. */
export function openSlowReaders(
  port: number,
  count: number,
  path: string,
  bytesPerSecond = 0,
): Promise<Clients> {
  return gather(port, count, (socket) => {
    socket.write(request(path));
    socket.on('data', (chunk) => {
      socket.pause();
      if (bytesPerSecond === 0) return;
      const timer = setTimeout(() => socket.resume(), (chunk.length / bytesPerSecond) * 1000);
      timer.unref();
    });
  });
}

/** Lets milliseconds pass, and takes the greatest of what `measure` says meanwhile. */
export async function watch(milliseconds: number, measure: () => number): Promise<number> {
  const end = performance.now() + milliseconds;
  let most = 0;
  while (performance.now() < end) {
    most = Math.max(most, measure());
    await pause(100);
  }
  return most;
}
