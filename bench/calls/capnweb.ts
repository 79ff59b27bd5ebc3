import { RpcSession, RpcTarget, newWebSocketRpcSession } from 'capnweb';
import type { RpcTransport } from 'capnweb';
import { Lines, listenSockets, move, openSocket } from './peer.ts';
import type { CallPeer, Gathering, Point } from './peer.ts';
import { listenWebSockets } from './web-sockets.ts';
import type { Socket } from 'node:net';

class Plane extends RpcTarget {
  move(given: Point): Point {
    return move(given);
  }
}

/** The type that `ws` declares lacks what capnweb, as its README says, does not need either. */
function isStandard(socket: object): socket is WebSocket {
  return 'addEventListener' in socket;
}

/** As capnweb's README has it for Node. */
export const capnwebOverWebSocket: CallPeer = {
  serve: () =>
    listenWebSockets((socket) => {
      if (isStandard(socket)) newWebSocketRpcSession(socket, new Plane());
    }),
  async connect(port) {
    const remote = newWebSocketRpcSession<Plane>(`ws://127.0.0.1:${port}`);
    return async (given) => remote.move(given);
  },
};

/** What capnweb asks of a transport, over lines. */
class CapnwebLines implements RpcTransport {
  readonly #lines: Lines;
  readonly #received: string[] = [];
  #reader: ((line: string) => void) | undefined;

  constructor(socket: Socket, gathering: Gathering) {
    this.#lines = new Lines(socket, gathering, (line) => {
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

export function makeCapnwebOverLines(gathering: Gathering): CallPeer {
  return {
    serve: () =>
      listenSockets((socket) => {
        void new RpcSession(new CapnwebLines(socket, gathering), new Plane());
      }),
    async connect(port) {
      const session = new RpcSession<Plane>(new CapnwebLines(await openSocket(port), gathering));
      const remote = session.getRemoteMain();
      return async (given) => remote.move(given);
    },
  };
}
