import { createServer } from 'node:http';
import jayson from 'jayson';
import JaysonClient from 'jayson/lib/client/browser/index.js';
import { Lines, listenFreely, listenSockets, move, openSocket } from './peer.ts';
import { openWebSocket } from './web-sockets.ts';
import type { CallPeer, Gathering, Point } from './peer.ts';

function makeServer(): jayson.Server {
  return new jayson.Server({
    'plane.move': (params: Point, callback: (error: null, result: Point) => void) =>
      callback(null, move(params)),
  });
}

function callOnce(client: jayson.Client, params: Point): Promise<unknown> {
  return new Promise((resolve, reject) => {
    client.request('plane.move', params, (error, failure, result) =>
      error || failure ? reject(new Error(JSON.stringify(failure))) : resolve(result),
    );
  });
}

/** Jayson's own server and client over a WebSocket, as its README has them. */
export const jaysonOverWebSocket: CallPeer = {
  serve() {
    const http = createServer();
    makeServer().websocket({ server: http });
    return listenFreely(http);
  },
  async connect(port) {
    const client = jayson.Client.websocket({ ws: await openWebSocket(port) });
    return (params) => callOnce(client, params);
  },
};

/** Jayson's own server and client over TCP: the client opens a connection for every call. */
export const jaysonOverTcp: CallPeer = {
  serve: () => listenFreely(makeServer().tcp()),
  async connect(port) {
    const client = jayson.Client.tcp({ host: '127.0.0.1', port: Number(port) });
    return (params) => callOnce(client, params);
  },
};

/** Jayson's own TCP client opens a connection for every call: here its two ends share a lasting one. */
export function makeJaysonOverLines(gathering: Gathering): CallPeer {
  return {
    serve() {
      const server = new jayson.Server({
        'plane.move': (params: Point, callback: (error: null, result: Point) => void) =>
          callback(null, move(params)),
      });
      return listenSockets((socket) => {
        const lines = new Lines(socket, gathering, (line) =>
          server.call(line, (error, response) => lines.send(JSON.stringify(error ?? response))),
        );
      });
    },
    async connect(port) {
      const pending = new Map<unknown, (error: null, text: string) => void>();
      const lines = new Lines(await openSocket(port), gathering, (line) => {
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
