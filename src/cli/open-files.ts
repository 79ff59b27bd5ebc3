import { readFile } from 'node:fs/promises';

/**
 * How many files, connections among them, this process may have open: Node has raised it to the most that
 * the system allows it. Infinity where the system does not tell.
 */
export async function readOpenFileLimit(): Promise<number> {
  // Only Linux has this file.
  const limits = await readFile('/proc/self/limits', 'latin1').catch(() => '');
  const soft = /^Max open files +(\d+) /m.exec(limits)?.[1];
  return soft === undefined ? Infinity : Number(soft);
}

/** Files that a thread, and what looks after all of them, has open before anybody connects. */
const ownFiles = 32;

/**
 * Connections that each thread may have, so that at most three quarters of the files that may be open
 * besides its own are connections: where there is no room for one more, the system has no way to refuse it,
 * and what is served can no longer be opened.
 */
export function fitConnections(asked: number, threads: number, limit: number): number {
  const free = limit - ownFiles * (threads + 1);
  return Math.max(1, Math.min(asked, Math.floor((free * 3) / 4 / threads)));
}
