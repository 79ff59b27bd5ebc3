import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { gradebook } from '../src/applications/gradebook/index.ts';
import { connect } from '../src/service/index.ts';
import type { Client } from '../src/service/index.ts';
import { findPostgres, startPostgres } from './gradebook/postgres.ts';
import { findMedian, findQuantile, printTable } from './measure.ts';

const rounds = 3;
const server = join(import.meta.dirname, '..', 'test', 'support', 'gradebook-server.ts');
const load = join(import.meta.dirname, 'gradebook', 'load.ts');
const reader = join(import.meta.dirname, 'gradebook', 'reader.py');
const quiet = '--disable-warning=ExperimentalWarning';

const disk = join(import.meta.dirname, 'gradebook', 'disk.ts');

interface Running extends AsyncDisposable {
  readonly port: number;
  readonly child: ChildProcess;
}

async function startServer(folder: string): Promise<Running> {
  const child = spawn(
    'taskset',
    ['-c', '0', process.execPath, quiet, server, join(folder, 'store.sqlite')],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  );
  const [printed] = (await once(child.stdout ?? child, 'data')) as [Buffer];
  return {
    port: Number(printed.toString()),
    child,
    async [Symbol.asyncDispose]() {
      const gone = once(child, 'close');
      child.stdin?.end();
      await gone;
    },
  };
}

/** All that a process prints, once it has ended. */
async function collect(child: ChildProcess): Promise<string> {
  let text = '';
  child.stdout?.on('data', (chunk: Buffer) => (text += chunk.toString()));
  await once(child, 'close');
  return text;
}

/** Commits a second on a disk, one by one, by a process of its own where the servers run. */
async function measureDisk(folder: string, what: string): Promise<number> {
  const child = spawn('taskset', ['-c', '0', process.execPath, quiet, disk, folder, what], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return Number(await collect(child));
}

interface LoadReport {
  readonly rate: number;
  readonly p99: number;
  /** Milliseconds that readings took meanwhile. */
  readonly reads: readonly number[];
}

/** What the clients say before they begin. */
interface Prepared {
  readonly alone: string;
  readonly written: string;
  readonly students: number;
}

interface Case {
  readonly name: string;
  readonly words: readonly string[];
  /** Which promotion of 200 students is read meanwhile. */
  readonly reads?: 'alone' | 'written';
}

function startClient(words: readonly string[]): ChildProcess {
  return spawn('taskset', ['-c', '1', ...words], { stdio: ['pipe', 'pipe', 'inherit'] });
}

/**
 * Clients in a process of their own, on the other core. Who reads meanwhile is another process, which
 * they yield to: what it measures is the server, not what they do with their answers.
 */
async function measure(port: number, { words, reads }: Case): Promise<LoadReport> {
  const shared = ['--port', String(port)];
  const writers = startClient([
    'nice',
    '-n',
    '10',
    process.execPath,
    quiet,
    load,
    ...shared,
    ...words,
  ]);
  const lines = createInterface({ input: writers.stdout ?? process.stdin })[Symbol.asyncIterator]();
  const prepared = JSON.parse(String((await lines.next()).value)) as Prepared;
  let times: readonly number[] = [];
  let reading: Promise<void> | undefined;
  let end: (() => void) | undefined;
  if (reads !== undefined) {
    const { students } = prepared;
    const asked = [String(port), prepared[reads], String(students)];
    const child = startClient(['/usr/bin/python3', reader, ...asked]);
    end = () => child.stdin?.end();
    reading = collect(child).then((text) => {
      times = JSON.parse(text) as number[];
    });
  }
  const report = JSON.parse(String((await lines.next()).value)) as Omit<LoadReport, 'reads'>;
  end?.();
  await reading;
  return { ...report, reads: times };
}

const cases: readonly Case[] = [
  { name: 'addMark, 1 client', words: ['--clients', '1', '--seconds', '2'] },
  { name: 'addMark, 64 clients', words: ['--promotions', '10'] },
  { name: 'the same, with idempotency keys', words: ['--promotions', '10', '--keys'] },
  {
    name: 'the same without, while 200 students are read',
    words: ['--promotions', '10', '--marks', '5'],
    reads: 'alone',
  },
  {
    name: 'while 200 are read who are given marks',
    words: ['--promotions', '10'],
    reads: 'written',
  },
];

const peers: readonly {
  readonly name: string;
  readonly script: 'row' | 'mark';
  readonly clients: number;
}[] = [
  { name: 'PostgreSQL, one row a commit, 1 client', script: 'row', clients: 1 },
  { name: 'PostgreSQL, one row a commit, 64 clients', script: 'row', clients: 64 },
  { name: 'PostgreSQL, the rows of one mark, 64 clients', script: 'mark', clients: 64 },
];

async function compareRates(folder: string, programs: string): Promise<void> {
  const rowRates: number[] = [];
  const markRates: number[] = [];
  const peerRates = peers.map((): number[] => []);
  const reports = cases.map((): LoadReport[] => []);
  for (let round = 0; round < rounds; round++) {
    const place = mkdtempSync(join(folder, 'round-'));
    rowRates.push(await measureDisk(place, 'row'));
    markRates.push(await measureDisk(place, 'mark'));
    await using running = await startServer(place);
    for (const [index, one] of cases.entries()) {
      reports[index]?.push(await measure(running.port, one));
    }
    using postgres = startPostgres(programs, place);
    for (const [index, { script, clients }] of peers.entries()) {
      peerRates[index]?.push(postgres.measure(script, clients));
    }
  }
  const rowRate = findMedian(rowRates);
  const markRate = findMedian(markRates);
  const compare = (rate: number): string[] => [
    Math.round(rate).toLocaleString('en'),
    (rate / rowRate).toFixed(1),
    (rate / markRate).toFixed(1),
  ];
  const rows = cases.map(({ name }, index) => {
    const taken = reports[index] ?? [];
    const rate = findMedian(taken.map((one) => one.rate));
    const p99 = findMedian(taken.map((one) => one.p99));
    const reads = [0.5, 0.99].map((part) => {
      const times = taken.flatMap((one) =>
        one.reads.length === 0 ? [] : [findQuantile(one.reads, part)],
      );
      return times.length === 0 ? '' : findMedian(times).toFixed(1);
    });
    return [name].concat(compare(rate), p99.toFixed(1), ...reads);
  });
  const others = peers.map(({ name }, index) =>
    [name].concat(compare(findMedian(peerRates[index] ?? [])), '', '', ''),
  );
  printTable(`marks at full durability, medians of ${rounds}`, [
    ['', 'marks/s', 'times one row', 'times one mark', 'p99 ms', 'reads p50 ms', 'p99 ms'],
    ['one row a commit, on the same disk', ...compare(rowRate), '', '', ''],
    ['the rows of one mark a commit, the same', ...compare(markRate), '', '', ''],
    ...others,
    ...rows,
  ]);
}

type Book = Client<typeof gradebook>;

const departmentStudents = 20_000;
const marksEach = 50;
const batch = 2_000;

/** One promotion of 20,000 students with 50 marks each: every other division of them is easier. */
async function fill(
  book: Book,
): Promise<{ promotion: string; students: string[]; assessment: string }> {
  const long = { deadline: 120_000 };
  const { promotion } = await book.createPromotion({ name: 'department' });
  const students: string[] = [];
  while (students.length < departmentStudents) {
    const added = await book.addStudents(
      {
        promotion,
        students: Array.from({ length: batch }, (_, index) => ({
          familyName: `Student ${students.length + index}`,
        })),
      },
      long,
    );
    students.push(...added.students.map(({ student }) => student));
  }
  const { assessment } = await book.createAssessment({ promotion, name: 'Exam', scale: '40' });
  for (let mark = 0; mark < marksEach; mark++) {
    for (let first = 0; first < students.length; first += batch) {
      const marks = students.slice(first, first + batch).map((student, index) =>
        mark === 0
          ? { student, assessment, value: String(((first + index) * 7) % 41) }
          : {
              student,
              value: String((((first + index) * 31 + mark * 17) % 81) / 4),
              coefficient: String(1 + ((index + mark) % 4) / 2),
            },
      );
      await book.addMarks({ marks }, long);
    }
  }
  return { promotion, students, assessment };
}

/** The slowest and the middle of several answers, in milliseconds. */
async function time(
  ask: () => Promise<unknown>,
  before: () => Promise<unknown>,
): Promise<string[]> {
  const times: number[] = [];
  for (let turn = 0; turn < 15; turn++) {
    await before();
    const start = performance.now();
    await ask();
    times.push(performance.now() - start);
  }
  const [first = 0, ...others] = times;
  return [first, findMedian(others), Math.max(...others)].map((one) => one.toFixed(1));
}

async function measureDepartment(folder: string): Promise<void> {
  const place = mkdtempSync(join(folder, 'department-'));
  const open = (port: number): Promise<Book> =>
    connect(`json+tcp://127.0.0.1:${port}`, gradebook, { maxFrameBytes: 16_777_216 });
  const begin = performance.now();
  let filled: Awaited<ReturnType<typeof fill>>;
  let justLoaded = 0;
  {
    await using running = await startServer(place);
    await using book = await open(running.port);
    filled = await fill(book);
    const asked = performance.now();
    await book.studentAverage({ student: filled.students[77] ?? '' });
    justLoaded = performance.now() - asked;
  }
  const seconds = ((performance.now() - begin) / 1_000).toFixed(1);
  const { promotion, students, assessment } = filled;
  await using running = await startServer(place);
  await using book = await open(running.port);
  let turn = 0;
  // Each answer comes after a change: nothing that was calculated before can just be given again.
  const change = () =>
    book.addMark({ student: students[(turn++ * 101) % students.length] ?? '', value: '11.5' });
  const rows = [
    ['studentAverage, just loaded', justLoaded.toFixed(1)],
    [
      'studentAverage, from the start on',
      ...(await time(() => book.studentAverage({ student: students[77] ?? '' }), change)),
    ],
    [
      'promotionAverage, of averages',
      ...(await time(() => book.promotionAverage({ promotion }), change)),
    ],
    [
      'promotionAverage, of all marks',
      ...(await time(() => book.promotionAverage({ promotion, method: 'meanOfAllMarks' }), change)),
    ],
    ['statistics of averages', ...(await time(() => book.statistics({ promotion }), change))],
    [
      'statistics of an assessment',
      ...(await time(() => book.statistics({ promotion, assessment }), change)),
    ],
  ];
  printTable(`one promotion of 20,000 students and 1,000,000 marks (loaded in ${seconds} s), ms`, [
    ['after a change each time', 'first', 'median', 'longest'],
    ...rows,
  ]);
}

/** The gradebook's speed: marks at full durability, reads meanwhile, and answers of a whole department. */
export async function run(): Promise<void> {
  const programs = findPostgres();
  if (programs === undefined) {
    console.log('Install first: apt-get install --no-install-recommends postgresql');
    return;
  }
  // Beside the repository, so that it is the same disk, and a disk.
  const folder = mkdtempSync(join(import.meta.dirname, '..', 'node_modules', '.bench-'));
  try {
    await compareRates(folder, programs);
    await measureDepartment(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
