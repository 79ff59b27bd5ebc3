import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import {
  gradebook,
  gradebookMigrations,
  sumMarks,
} from '../../src/applications/gradebook/index.ts';
import type { GradebookTables } from '../../src/applications/gradebook/index.ts';
import { CallError, connect } from '../../src/service/index.ts';
import type { Client } from '../../src/service/index.ts';
import { openStore } from '../../src/store/index.ts';

const program = join(import.meta.dirname, 'gradebook-server.ts');
const clientCount = 16;
/** Marks of a batch: there whole or not at all. */
const batchSize = 3;

/** What a run of kills found. */
export interface KillReport {
  readonly kills: number;
  /** Calls that were acknowledged, and how many of them only when they were repeated with their key. */
  readonly acknowledged: number;
  readonly repeated: number;
  readonly marks: number;
}

/** A server that can be killed, at a port that is another one each time it is started. */
class Target {
  readonly #place: string;
  readonly #cache: string;
  #child: ChildProcess | undefined;
  #started = Promise.withResolvers<number>();

  /** @param cache a folder for compiled code, so that starting costs little. */
  constructor(place: string, cache: string) {
    this.#place = place;
    this.#cache = cache;
  }

  /** Where it is; while it is being started anew, where it will be. */
  get port(): Promise<number> {
    return this.#started.promise;
  }

  async start(): Promise<void> {
    const child = spawn(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', program, this.#place],
      {
        stdio: ['pipe', 'pipe', 'inherit'],
        env: { ...process.env, NODE_COMPILE_CACHE: this.#cache },
      },
    );
    this.#child = child;
    const [printed] = (await once(child.stdout ?? child, 'data')) as [Buffer];
    this.#started.resolve(Number(printed.toString()));
  }

  async kill(): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    const gone = once(child, 'close');
    this.#started = Promise.withResolvers();
    child.kill('SIGKILL');
    await gone;
  }

  async stop(): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    const gone = once(child, 'close');
    this.#started = Promise.withResolvers();
    child.stdin?.end();
    await gone;
  }
}

type Book = Client<typeof gradebook>;

/** One client: gives marks, one or a batch at a time, and repeats what was not answered, with its key. */
class Giver {
  readonly #number: number;
  readonly #target: Target;
  readonly #students: readonly string[];
  /** The labels of marks whose call was acknowledged; and of calls that were not, batch by batch. */
  readonly acknowledged: string[][] = [];
  open: string[] | undefined;
  repeated = 0;
  #book: Book | undefined;
  isDone = false;

  constructor(number: number, target: Target, students: readonly string[]) {
    this.#number = number;
    this.#target = target;
    this.#students = students;
  }

  async run(onAcknowledged: () => void): Promise<void> {
    for (let turn = 0; !this.isDone; turn++) {
      const labels = Array.from(
        { length: turn % 2 === 0 ? 1 : batchSize },
        (_, index) => `${this.#number}/${turn}/${index}`,
      );
      this.open = labels;
      const isNew = await this.#giveUntilAnswered(turn, labels);
      if (!isNew) this.repeated++;
      this.acknowledged.push(labels);
      this.open = undefined;
      onAcknowledged();
    }
    await this.#book?.[Symbol.asyncDispose]();
  }

  /** @returns whether the first attempt was answered. */
  async #giveUntilAnswered(turn: number, labels: readonly string[]): Promise<boolean> {
    const marks = labels.map((label, index) => ({
      student: this.#students[(this.#number * 7 + turn + index) % this.#students.length] ?? '',
      value: String((turn % 40) / 2),
      coefficient: '1.5',
      label,
    }));
    const [first] = marks;
    const options = { idempotencyKey: `${this.#number}/${turn}`, deadline: 20_000 };
    for (let attempt = 0; ; attempt++) {
      try {
        this.#book ??= await this.#connect();
        if (marks.length === 1 && first !== undefined) await this.#book.addMark(first, options);
        else await this.#book.addMarks({ marks }, options);
        return attempt === 0;
      } catch (error) {
        const isLost = error instanceof CallError && error.code === 'UNAVAILABLE';
        const isRefused = !(error instanceof CallError);
        if (!isLost && !isRefused) throw error;
        await this.#book?.[Symbol.asyncDispose]();
        this.#book = undefined;
      }
    }
  }

  async #connect(): Promise<Book> {
    const port = await this.#target.port;
    return connect(`json+tcp://127.0.0.1:${port}`, gradebook, {
      pingInterval: 0,
      // The next server is elsewhere: nobody is to look for it where the last one was.
      reconnect: false,
    });
  }
}

/**
 * Kills a server so many times while 16 clients give marks; then looks whether every mark that was
 * acknowledged is there exactly once, no batch is there in part, and the sums are those of the marks.
 *
 * @param folder where the store is made.
 */
export async function killUnderLoad(folder: string, kills: number): Promise<KillReport> {
  const place = join(folder, 'store.sqlite');
  const target = new Target(place, join(folder, 'cache'));
  await target.start();
  const students = await makeStudents(await target.port);
  // Only a process that ends by itself keeps the code it compiled: the next ones start from that.
  await target.stop();
  await target.start();
  let acknowledged = 0;
  let wanted = Promise.withResolvers<void>();
  let limit = Infinity;
  const onAcknowledged = (): void => {
    acknowledged++;
    if (acknowledged >= limit) wanted.resolve();
  };
  const givers = Array.from(
    { length: clientCount },
    (_, number) => new Giver(number, target, students),
  );
  const running = Promise.all(givers.map((giver) => giver.run(onAcknowledged)));
  for (let kill = 0; kill < kills; kill++) {
    // At any moment between two answers: so many calls after the last one.
    limit = acknowledged + 1 + ((kill * 37) % 120);
    wanted = Promise.withResolvers();
    await Promise.race([wanted.promise, running]);
    await target.kill();
    await target.start();
  }
  for (const giver of givers) giver.isDone = true;
  await running;
  await target.stop();
  const marks = await verify(place, givers);
  const repeated = givers.reduce((sum, giver) => sum + giver.repeated, 0);
  return { kills, acknowledged, repeated, marks };
}

async function makeStudents(port: number): Promise<string[]> {
  await using book = await connect(`json+tcp://127.0.0.1:${port}`, gradebook);
  const { promotion } = await book.createPromotion({ name: 'killed' });
  const { students } = await book.addStudents({
    promotion,
    students: Array.from({ length: 40 }, (_, index) => ({ familyName: `Student ${index}` })),
  });
  return students.map(({ student }) => student);
}

/** @returns how many marks there are. */
async function verify(place: string, givers: readonly Giver[]): Promise<number> {
  await using store = await openStore<GradebookTables>(place, gradebookMigrations);
  const { isSound, problems } = await store.check();
  assert.ok(isSound, problems.join('\n'));
  const marks = await store.read((query) => query.selectFrom('marks').selectAll().execute());
  const counts = new Map<string, number>();
  for (const { label } of marks) counts.set(label, (counts.get(label) ?? 0) + 1);
  let expected = 0;
  for (const { acknowledged } of givers) {
    for (const labels of acknowledged) {
      for (const label of labels) assert.equal(counts.get(label), 1, label);
      expected += labels.length;
    }
  }
  assert.equal(marks.length, expected, 'there is what nobody was told of');
  const students = await store.read((query) => query.selectFrom('students').selectAll().execute());
  const byStudent = Map.groupBy(marks, ({ student }) => student);
  for (const { id, weighted, coefficients, counted, marks: count } of students) {
    const own = byStudent.get(id) ?? [];
    const sums = sumMarks(own);
    assert.deepEqual(
      [weighted, coefficients, counted, count],
      [sums.weighted.pack(), sums.coefficients.pack(), sums.count, own.length],
    );
  }
  return marks.length;
}
