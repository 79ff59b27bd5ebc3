import { spawn } from 'node:child_process';
import {
  Server,
  ServerCredentials,
  credentials,
  makeGenericClientConstructor,
} from '@grpc/grpc-js';
import type { ServiceDefinition } from '@grpc/grpc-js';
import { connect as connectNats } from '@nats-io/transport-node';
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

function toBytes(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

function fromBytes(bytes: Buffer): Point {
  return JSON.parse(bytes.toString()) as Point;
}

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

/** Request and reply through a nats-server, which shares the core of who serves. */
export const nats: CallPeer = {
  async serve() {
    const place = await startNatsServer();
    const connection = await connectNats({ servers: place });
    connection.subscribe('plane.move', {
      callback: (_error, message) => {
        message.respond(toBytes(move(message.json<Point>())));
      },
    });
    await connection.flush();
    return place;
  },
  async connect(place) {
    const connection = await connectNats({ servers: place, noAsyncTraces: true });
    return async (given) => {
      const answer = await connection.request('plane.move', toBytes(given), { timeout: 30_000 });
      return answer.json();
    };
  },
};

/** Starts one on a free port, which it tells in its log; it ends with this process. */
function startNatsServer(): Promise<string> {
  const server = spawn('nats-server', ['-a', '127.0.0.1', '-p', '-1'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  process.once('exit', () => server.kill());
  process.once('SIGTERM', () => process.exit());
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let log = '';
  server.stderr.setEncoding('utf8').on('data', (text: string) => {
    log += text;
    const port = /client connections on 127\.0\.0\.1:(\d+)/.exec(log)?.[1];
    if (port !== undefined) resolve(`127.0.0.1:${port}`);
  });
  server.once('error', reject);
  return promise;
}
