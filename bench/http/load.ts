import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { RunningPeer } from '../../test/http/peers.ts';
import { findFamily, readCpu } from './processes.ts';

const runFile = promisify(execFile);

/** What a run of wrk says, and what it cost the server. */
export interface Load {
  /** Requests a second. */
  readonly rate: number;
  /** The server's processor time a request, in microseconds. */
  readonly cpu: number;
  /** Milliseconds within which 99 of 100 requests were answered. */
  readonly slowest: number;
  /** Answers that were errors, and connections that failed. */
  readonly errors: number;
}

/** Asks for a path over 64 connections, from the second core. */
export async function load(
  server: RunningPeer,
  path: string,
  seconds: number,
  fields: readonly string[] = [],
): Promise<Load> {
  const family = findFamily(server.pid);
  const before = readCpu(family);
  const { stdout } = await runFile('taskset', [
    '-c',
    '1',
    'wrk',
    '-t1',
    '-c64',
    `-d${seconds}s`,
    '--latency',
    ...fields.flatMap((field) => ['-H', field]),
    `http://127.0.0.1:${server.port}${path}`,
  ]);
  // Apache may have started processes meanwhile.
  const taken = readCpu([...new Set([...family, ...findFamily(server.pid)])]) - before;
  const requests = Number(/(\d+) requests in/.exec(stdout)?.[1] ?? 0);
  const [, value = '0', unit = 'ms'] = /99%\s+([\d.]+)(us|ms|s|m)/.exec(stdout) ?? [];
  const scale = { us: 0.001, ms: 1, s: 1000, m: 60_000 }[unit] ?? 1;
  const failed = /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(
    stdout,
  );
  const refused = /Non-2xx or 3xx responses: (\d+)/.exec(stdout);
  const errors = [...(failed?.slice(1) ?? []), ...(refused?.slice(1) ?? [])];
  return {
    rate: Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1] ?? 0),
    cpu: taken / requests,
    slowest: Number(value) * scale,
    errors: errors.reduce((sum, each) => sum + Number(each), 0),
  };
}
