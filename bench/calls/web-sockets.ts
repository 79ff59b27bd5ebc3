import { once } from 'node:events';
import { createServer } from 'node:http';
import { WebSocket, WebSocketServer } from 'ws';
import { listenFreely } from './peer.ts';

/** Takes WebSockets, as `ws` has them by default, on a free port; gives it as text. */
export function listenWebSockets(accept: (socket: WebSocket) => void): Promise<string> {
  const http = createServer();
  new WebSocketServer({ server: http }).on('connection', accept);
  return listenFreely(http);
}

/** Connects to such a port. */
export async function openWebSocket(port: string): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}`);
  await once(socket, 'open');
  return socket;
}
