import { mkdtempSync, rmSync, truncateSync, writeFileSync, chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunningPeer } from '../test/http/peers.ts';
import { openIdle, openSlowReaders, openSlowWriters, watch } from './http/clients.ts';
import { contenders, findMissingPackages } from './http/contenders.ts';
import { load } from './http/load.ts';
import type { Load } from './http/load.ts';
import { findFamily, readCpu, readMemory } from './http/processes.ts';
import { findMedian, printTable } from './measure.ts';

const rounds = 5;
const seconds = 2;

/** A thing asked for over and over. */
interface Work {
  readonly title: string;
  readonly path: string;
  /** Whether the client has the file already. */
  readonly isKnown?: boolean;
}

const works: readonly Work[] = [
  { title: '1 KiB', path: '/1k.txt' },
  { title: '1 KiB, unchanged (304)', path: '/1k.txt', isKnown: true },
  { title: '100 KiB', path: '/100k.txt' },
  { title: '10 MiB', path: '/10m.bin' },
];

function createRoot(): string {
  const root = mkdtempSync(join(tmpdir(), 'guichet-bench-http-'));
  chmodSync(root, 0o755);
  for (const [name, size] of Object.entries({ '1k.txt': 1024, '100k.txt': 102_400 })) {
    writeFileSync(join(root, name), 'x'.repeat(size));
  }
  for (const [name, size] of Object.entries({ '10m.bin': 2 ** 20 * 10, '1g.bin': 2 ** 30 })) {
    writeFileSync(join(root, name), '');
    truncateSync(join(root, name), size);
  }
  return root;
}

async function findFields(
  server: RunningPeer,
  { path, isKnown }: Work,
): Promise<readonly string[]> {
  if (isKnown !== true) return [];
  // As wrk asks: of another coding it would be another tag.
  const headers = { 'Accept-Encoding': 'identity' };
  const response = await fetch(`http://127.0.0.1:${server.port}${path}`, { headers });
  await response.arrayBuffer();
  return [`If-None-Match: ${response.headers.get('etag') ?? ''}`];
}

function median(loads: readonly Load[], key: keyof Load): number {
  return findMedian(loads.map((each) => each[key]));
}

/** One piece of work for all contenders, in turn, so that a machine that slows down slows all. */
async function compare(work: Work, root: string): Promise<void> {
  const taken = contenders.map((): Load[] => []);
  for (let round = 0; round < rounds; round++) {
    for (const [index, contender] of contenders.entries()) {
      const server = await contender.start(root);
      try {
        const fields = await findFields(server, work);
        await load(server, work.path, 1, fields);
        taken[index]?.push(await load(server, work.path, seconds, fields));
      } finally {
        await server.stop();
      }
    }
  }
  const ours = taken[0] ?? [];
  const rows = contenders.map(({ name }, index) => {
    const loads = taken[index] ?? [];
    return [
      name,
      median(loads, 'cpu').toFixed(2),
      Math.round(median(loads, 'rate')).toLocaleString('en'),
      median(loads, 'slowest').toFixed(2),
      (median(ours, 'cpu') / median(loads, 'cpu')).toFixed(2),
      (median(ours, 'rate') / median(loads, 'rate')).toFixed(2),
      String(median(loads, 'errors')),
    ];
  });
  const heads = [
    'µs of CPU',
    'requests/s',
    '99 % in ms',
    'CPU ours/its',
    'rate ours/its',
    'errors',
  ];
  printTable(`${work.title}, 64 connections, medians of ${rounds}`, [['', ...heads], ...rows]);
}

async function measureIdle(root: string): Promise<void> {
  const count = 1000;
  const rows: string[][] = [];
  for (const contender of contenders) {
    const server = await contender.start(root);
    try {
      await load(server, '/1k.txt', 1);
      const before = readMemory(findFamily(server.pid));
      using clients = await openIdle(server.port, count, '/1k.txt');
      await watch(500, () => 0);
      const after = readMemory(findFamily(server.pid));
      const { rate } = await load(server, '/1k.txt', seconds);
      rows.push([
        contender.name,
        ((after - before) / count).toFixed(2),
        Math.round(rate).toLocaleString('en'),
        String(clients.alive),
      ]);
    } finally {
      await server.stop();
    }
  }
  const heads = ['KiB each', 'requests/s of 64 others', 'still open'];
  printTable(`${count} idle connections`, [['', ...heads], ...rows]);
}

async function measureSlowDownloads(root: string): Promise<void> {
  const count = 100;
  const rows: string[][] = [];
  for (const contender of contenders) {
    const server = await contender.start(root);
    try {
      using clients = await openSlowReaders(server.port, count, '/1g.bin', 262_144);
      const most = await watch(5000, () => readMemory(findFamily(server.pid)));
      rows.push([contender.name, (most / 1024).toFixed(0), String(clients.alive)]);
    } finally {
      await server.stop();
    }
  }
  printTable(`${count} clients that download 1 GiB slowly`, [['', 'MiB', 'served'], ...rows]);
}

/** Waits until the system's buffers have taken all that they can of what nobody reads. */
async function waitForRest(server: RunningPeer): Promise<void> {
  const family = findFamily(server.pid);
  for (let turn = 0, before = readCpu(family); turn < 50; turn++) {
    await watch(200, () => 0);
    const after = readCpu(family);
    if (after - before < 20_000) return;
    before = after;
  }
}

/** How others fare while many clients are slow. */
async function measureSlowClients(root: string): Promise<void> {
  const count = 300;
  const rows: string[][] = [];
  for (const contender of contenders) {
    const server = await contender.start(root);
    try {
      const alone = await load(server, '/1k.txt', seconds);
      using writers = await openSlowWriters(server.port, count);
      using readers = await openSlowReaders(server.port, count, '/1g.bin');
      await waitForRest(server);
      const among = await load(server, '/1k.txt', seconds);
      rows.push([
        contender.name,
        Math.round(alone.rate).toLocaleString('en'),
        Math.round(among.rate).toLocaleString('en'),
        (among.rate / alone.rate).toFixed(2),
        alone.slowest.toFixed(2),
        among.slowest.toFixed(2),
        String(writers.alive + readers.alive),
      ]);
    } finally {
      await server.stop();
    }
  }
  const heads = ['requests/s', 'among them', 'ratio', '99 % in ms', 'among them', 'still open'];
  printTable(`${count} slow heads and ${count} stalled readers`, [['', ...heads], ...rows]);
}

/**
 * Web servers beside one another, each on one core with the load on another: small and large files,
 * files that are known already, idle connections, slow downloads, slow clients.
 */
export async function run(): Promise<void> {
  const missing = findMissingPackages();
  if (missing.length > 0) {
    console.log(`Install first: apt-get install --no-install-recommends ${missing.join(' ')}`);
    return;
  }
  const root = createRoot();
  try {
    for (const work of works) await compare(work, root);
    await measureIdle(root);
    await measureSlowDownloads(root);
    await measureSlowClients(root);
  } finally {
    rmSync(root, { recursive: true });
  }
}
