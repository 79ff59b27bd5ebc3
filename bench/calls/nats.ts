import { spawn } from 'node:child_process';
import { connect as connectNats } from '@nats-io/transport-node';
import { move, toBytes } from './peer.ts';
import type { CallPeer, Point } from './peer.ts';

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
