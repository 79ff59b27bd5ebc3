import { createBirpc } from 'birpc';
import { RpcSession, RpcTarget } from 'capnweb';
import type { RpcTransport } from 'capnweb';
import jayson from 'jayson';
import JaysonClient from 'jayson/lib/client/browser/index.js';
import { Lines, listenSockets, move, openSocket } from './peer.ts';
import type { CallPeer, Point } from './peer.ts';
import type { Socket } from 'node:net';

/** As little as calls can be: a number and the parameters there, the number and the result back. */
export const bare: CallPeer = {
  serve: () =>
    listenSockets((socket) => {
      const lines = new Lines(socket, true, (line) => {
        const { id, params } = JSON.parse(line) as { id: number; params: Point };
        lines.send(JSON.stringify({ id, result: move(params) }));
      });
    }),
  async connect(port) {
    const pending = new Map<number, (result: unknown) => void>();
    let last = 0;
    const lines = new Lines(await openSocket(port), true, (line) => {
      const { id, result } = JSON.parse(line) as { id: number; result: unknown };
      const resolve = pending.get(id);
      pending.delete(id);
      resolve?.(result);
    });
    return (params) =>
      new Promise((resolve) => {
        const id = ++last;
        pending.set(id, resolve);
        lines.send(JSON.stringify({ id, method: 'plane.move', params }));
      });
  },
};

interface Listening {
  deliver(line: string): void;
}

/** The channel that birpc asks for, over lines. */
function openBirpc(socket: Socket, gathers: boolean, local: Record<string, unknown>) {
  const listening: Listening = { deliver: () => undefined };
  const lines = new Lines(socket, gathers, (line) => listening.deliver(line));
  return createBirpc<{ move(point: Point): Point }>(local, {
    post: (line: string) => lines.send(line),
    on: (listener) => {
      listening.deliver = listener;
    },
    serialize: JSON.stringify,
    deserialize: JSON.parse,
  });
}

function makeBirpc(gathers: boolean): CallPeer {
  return {
    serve: () => listenSockets((socket) => void openBirpc(socket, gathers, { move })),
    async connect(port) {
      const remote = openBirpc(await openSocket(port), gathers, {});
      return (given) => remote.move(given);
    },
  };
}

export const birpc: CallPeer = makeBirpc(false);
export const gatheredBirpc: CallPeer = makeBirpc(true);

/** Jayson's own TCP client opens a connection for every call: here its two ends have a lasting one. */
function makeJayson(gathers: boolean): CallPeer {
  return {
    serve() {
      const server = new jayson.Server({
        'plane.move': (params: Point, callback: (error: null, result: Point) => void) =>
          callback(null, move(params)),
      });
      return listenSockets((socket) => {
        const lines = new Lines(socket, gathers, (line) =>
          server.call(line, (error, response) => lines.send(JSON.stringify(error ?? response))),
        );
      });
    },
    async connect(port) {
      const pending = new Map<unknown, (error: null, text: string) => void>();
      const lines = new Lines(await openSocket(port), gathers, (line) => {
        const { id } = JSON.parse(line) as { id: string };
        const callback = pending.get(id);
        pending.delete(id);
        callback?.(null, line);
      });
      let last = 0;
      const client = new JaysonClient((request, callback) => {
        pending.set(String(last), callback);
        lines.send(request);
      }, {});
      return (params) =>
        new Promise((resolve, reject) => {
          client.request('plane.move', params, String(++last), (error, failure, result) =>
            error || failure ? reject(new Error(JSON.stringify(failure))) : resolve(result),
          );
        });
    },
  };
}

export const jaysonPeer: CallPeer = makeJayson(false);
export const gatheredJayson: CallPeer = makeJayson(true);

/** What capnweb asks of a transport, over lines. */
class CapnwebLines implements RpcTransport {
  readonly #lines: Lines;
  readonly #received: string[] = [];
  #reader: ((line: string) => void) | undefined;

  constructor(socket: Socket, gathers: boolean) {
    this.#lines = new Lines(socket, gathers, (line) => {
      if (this.#reader === undefined) {
        this.#received.push(line);
        return;
      }
      const reader = this.#reader;
      this.#reader = undefined;
      reader(line);
    });
  }

  send(message: string): void {
    this.#lines.send(message);
  }

  receive(): Promise<string> {
    const line = this.#received.shift();
    if (line !== undefined) return Promise.resolve(line);
    return new Promise((resolve) => {
      this.#reader = resolve;
    });
  }
}

class Plane extends RpcTarget {
  move(given: Point): Point {
    return move(given);
  }
}

function makeCapnweb(gathers: boolean): CallPeer {
  return {
    serve: () =>
      listenSockets((socket) => {
        void new RpcSession(new CapnwebLines(socket, gathers), new Plane());
      }),
    async connect(port) {
      const session = new RpcSession<Plane>(new CapnwebLines(await openSocket(port), gathers));
      const remote = session.getRemoteMain();
      return async (given) => remote.move(given);
    },
  };
}

export const capnweb: CallPeer = makeCapnweb(false);
export const gatheredCapnweb: CallPeer = makeCapnweb(true);
