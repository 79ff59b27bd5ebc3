import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { findFreePort, peers, startPeer, waitForPort } from '../../test/http/peers.ts';
import type { RunningPeer } from '../../test/http/peers.ts';

/** The core that servers have to themselves; the load has another. */
const wrapper = ['taskset', '-c', '0'];

/** A web server that is measured. */
export interface Contender {
  readonly name: string;
  start(root: string): Promise<RunningPeer>;
}

function inNode(kind: string): Contender {
  return {
    name: kind,
    async start(root) {
      const port = await findFreePort();
      const script = join(import.meta.dirname, 'node-server.ts');
      const words = [...wrapper, process.execPath, script, kind, String(port), root];
      const server = spawn(words[0] ?? '', words.slice(1), {
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()));
      await waitForPort(port, server);
      return {
        name: kind,
        port,
        pid: server.pid ?? 0,
        async stop() {
          server.kill('SIGKILL');
          await ended;
        },
      };
    },
  };
}

/** All of them, ours first. */
export const contenders: readonly Contender[] = [
  inNode('guichet'),
  ...peers
    .filter(({ name }) => name !== 'lighttpd')
    .map((peer): Contender => ({
      name: peer.name,
      start: (root) => startPeer(peer, root, { compress: false, wrapper }),
    })),
  inNode('node'),
  inNode('serve-static'),
];

/** The Debian packages that these measurements need and that are not here. */
export function findMissingPackages(): readonly string[] {
  const wanted: readonly (readonly [name: string, path: string])[] = [
    ['wrk', '/usr/bin/wrk'],
    ['util-linux', '/usr/bin/taskset'],
    ...peers
      .filter(({ name }) => name !== 'lighttpd')
      .map(({ debianPackage, program }) => [debianPackage, program] as const),
  ];
  return wanted.filter(([, path]) => !existsSync(path)).map(([name]) => name);
}
