import {
  RequestType,
  StreamMessageReader,
  StreamMessageWriter,
  createMessageConnection,
} from 'vscode-jsonrpc/node';
import { listenSockets, move, openSocket } from './peer.ts';
import type { CallPeer, Point } from './peer.ts';

const moveRequest = new RequestType<Point, Point, void>('plane.move');

export const vscode: CallPeer = {
  serve: () =>
    listenSockets((socket) => {
      socket.setNoDelay(true).on('error', () => socket.destroy());
      const connection = createMessageConnection(
        new StreamMessageReader(socket),
        new StreamMessageWriter(socket),
      );
      connection.onRequest(moveRequest, move);
      connection.listen();
    }),
  async connect(port) {
    const socket = await openSocket(port);
    socket.setNoDelay(true);
    const connection = createMessageConnection(
      new StreamMessageReader(socket),
      new StreamMessageWriter(socket),
    );
    connection.listen();
    return (given) => connection.sendRequest(moveRequest, given);
  },
};
