import { createBirpc } from 'birpc';
import type { WebSocket } from 'ws';
import { Lines, listenSockets, move, openSocket } from './peer.ts';
import type { CallPeer, Gathering, Point } from './peer.ts';
import { listenWebSockets, openWebSocket } from './web-sockets.ts';
import type { Socket } from 'node:net';

type Remote = ReturnType<typeof createBirpc<{ move(point: Point): Point }>>;

/** What birpc's README does with a WebSocket, on either side. */
function talkOverWebSocket(socket: WebSocket, local: Record<string, unknown>): Remote {
  return createBirpc<{ move(point: Point): Point }>(local, {
    post: (data: string) => socket.send(data),
    on: (receive) => socket.on('message', receive),
    serialize: (value) => JSON.stringify(value),
    deserialize: (text: string): unknown => JSON.parse(text),
  });
}

export const birpcOverWebSocket: CallPeer = {
  serve: () => listenWebSockets((socket) => void talkOverWebSocket(socket, { move })),
  async connect(port) {
    const remote = talkOverWebSocket(await openWebSocket(port), {});
    return (given) => remote.move(given);
  },
};

interface Listening {
  deliver(line: string): void;
}

/** The channel that birpc asks for, over lines. */
function talkOverLines(socket: Socket, gathering: Gathering, local: Record<string, unknown>) {
  const listening: Listening = { deliver: () => undefined };
  const lines = new Lines(socket, gathering, (line) => listening.deliver(line));
  return createBirpc<{ move(point: Point): Point }>(local, {
    post: (line: string) => lines.send(line),
    on: (listener) => {
      listening.deliver = listener;
    },
    serialize: JSON.stringify,
    deserialize: JSON.parse,
  });
}

export function makeBirpcOverLines(gathering: Gathering): CallPeer {
  return {
    serve: () => listenSockets((socket) => void talkOverLines(socket, gathering, { move })),
    async connect(port) {
      const remote = talkOverLines(await openSocket(port), gathering, {});
      return (given) => remote.move(given);
    },
  };
}
