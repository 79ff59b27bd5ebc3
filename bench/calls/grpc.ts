import {
  Server,
  ServerCredentials,
  credentials,
  makeGenericClientConstructor,
} from '@grpc/grpc-js';
import type { ServiceDefinition } from '@grpc/grpc-js';
import { fromBytes, move, toBytes } from './peer.ts';
import type { CallPeer, Point } from './peer.ts';

/** gRPC's own machinery, with JSON in the place of protocol buffers. */
const planeDefinition = {
  move: {
    path: '/plane/move',
    requestStream: false,
    responseStream: false,
    requestSerialize: toBytes,
    requestDeserialize: fromBytes,
    responseSerialize: toBytes,
    responseDeserialize: fromBytes,
  },
} satisfies ServiceDefinition;

export const grpc: CallPeer = {
  serve() {
    const server = new Server();
    server.addService(planeDefinition, {
      move: (call: { readonly request: Point }, callback: (error: null, result: Point) => void) =>
        callback(null, move(call.request)),
    });
    return new Promise((resolve, reject) => {
      server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) =>
        error === null ? resolve(String(port)) : reject(error),
      );
    });
  },
  async connect(port) {
    const Client = makeGenericClientConstructor(planeDefinition, 'plane');
    const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
    return (given) =>
      new Promise((resolve, reject) => {
        client.makeUnaryRequest(
          planeDefinition.move.path,
          toBytes,
          fromBytes,
          given,
          { deadline: Date.now() + 30_000 },
          (error, result) => (error === null ? resolve(result) : reject(error)),
        );
      });
  },
};
