import { close, constants, fstat, open, read } from 'node:fs';
import type { BigIntStats } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { ByteSource } from '../handler.ts';

const openDescriptor = promisify(open);
const statDescriptor: (descriptor: number) => Promise<BigIntStats> = (descriptor) =>
  new Promise((resolve, reject) => {
    fstat(descriptor, { bigint: true }, (error, stats) => {
      if (error === null) resolve(stats);
      else reject(error);
    });
  });

/**
 * The coarsest step of a kernel's clock for files, with a margin: two changes nearer to each other may
 * leave the same times.
 */
const clockStep = 20;

/** Milliseconds until a state of a file can no longer be mistaken for another; 0 when that is so. */
function unsettledFor(stats: BigIntStats): number {
  const age = Date.now() - Number(stats.ctimeMs);
  return age < clockStep && age > -clockStep ? clockStep - age : 0;
}

/** Nothing can be lost by a descriptor that was only read from: how it closes tells nothing. */
function closeDescriptor(descriptor: number): void {
  close(descriptor, () => undefined);
}

/** Whether every change of a file from now on will show in its times. */
export function isSettled(stats: BigIntStats): boolean {
  return unsettledFor(stats) === 0;
}

/** A regular file, open for reading; several responses may read it at once. */
export class OpenFile {
  /** The state of the file that is open: not that of what its name stood for before. */
  readonly stats: BigIntStats;
  /** Whether every later change of the file will show in its times. */
  readonly isSettled: boolean;
  readonly #descriptor: number;
  #readsUnderWay = 0;
  #isClosed = false;

  private constructor(descriptor: number, stats: BigIntStats) {
    this.#descriptor = descriptor;
    this.stats = stats;
    this.isSettled = isSettled(stats);
  }

  /**
   * Opens a file that no link stands for. Neither a pipe nor a device put in its place makes this wait.
   *
   * @returns `undefined` when it is no regular file.
   */
  static async open(path: string): Promise<OpenFile | undefined> {
    const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
    const descriptor = await openDescriptor(path, flags);
    try {
      let stats = await statDescriptor(descriptor);
      const wait = unsettledFor(stats);
      if (wait > 0) {
        await delay(wait);
        stats = await statDescriptor(descriptor);
      }
      if (stats.isFile()) return new OpenFile(descriptor, stats);
    } catch (error) {
      closeDescriptor(descriptor);
      throw error;
    }
    closeDescriptor(descriptor);
    return undefined;
  }

  /** Bytes when it was opened. */
  get size(): number {
    return Number(this.stats.size);
  }

  /** For a check of where it really is. */
  get descriptor(): number {
    return this.#descriptor;
  }

  /** The state it has now. */
  restat(): Promise<BigIntStats> {
    return statDescriptor(this.#descriptor);
  }

  /** Reads at most `buffer.length` bytes from `position`; resolves to how many came, 0 at the end. */
  read(buffer: Uint8Array, position: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#readsUnderWay += 1;
      read(this.#descriptor, buffer, 0, buffer.length, position, (error, count) => {
        this.#readsUnderWay -= 1;
        this.#closeWhenIdle();
        if (error === null) resolve(count);
        else reject(error);
      });
    });
  }

  /** All of it; shorter when it shrank meanwhile. */
  async readAll(): Promise<Uint8Array> {
    const bytes = new Uint8Array(this.size);
    let filled = 0;
    while (filled < bytes.length) {
      const count = await this.read(bytes.subarray(filled), filled);
      if (count === 0) break;
      filled += count;
    }
    return bytes.subarray(0, filled);
  }

  /** Closes it, once the reads under way have ended: its number could be another file's by then. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (this.#readsUnderWay === 0) closeDescriptor(this.#descriptor);
  }

  #closeWhenIdle(): void {
    if (this.#isClosed && this.#readsUnderWay === 0) closeDescriptor(this.#descriptor);
  }
}

/** A file lent to one response: what is open is closed when nobody holds it any more. */
class Loan implements ByteSource {
  readonly #file: OpenFile;
  readonly #giveBack: () => void;
  #isOver = false;

  constructor(file: OpenFile, giveBack: () => void) {
    this.#file = file;
    this.#giveBack = giveBack;
  }

  read(buffer: Uint8Array, position: number): Promise<number> {
    return this.#file.read(buffer, position);
  }

  close(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#giveBack();
  }
}

/** Files being sent: all who ask for the same state of the same file read from one descriptor. */
export class OpenFiles {
  readonly #limit: number;
  readonly #shared = new Map<string, { readonly file: OpenFile; loans: number }>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Whether one more may be opened. */
  get hasRoom(): boolean {
    return this.#shared.size < this.#limit;
  }

  /** A file that is already open in that state, as one more loan. */
  borrow(
    fingerprint: string,
  ): { readonly file: OpenFile; readonly source: ByteSource } | undefined {
    const shared = this.#shared.get(fingerprint);
    return shared && { file: shared.file, source: this.#lend(fingerprint, shared) };
  }

  /** Lends a file just opened, or closes it and lends the one that is open in the same state. */
  lend(fingerprint: string, file: OpenFile): ByteSource {
    const shared = this.#shared.get(fingerprint);
    if (shared !== undefined) {
      file.close();
      return this.#lend(fingerprint, shared);
    }
    const first = { file, loans: 0 };
    this.#shared.set(fingerprint, first);
    return this.#lend(fingerprint, first);
  }

  #lend(fingerprint: string, shared: { readonly file: OpenFile; loans: number }): ByteSource {
    shared.loans += 1;
    return new Loan(shared.file, () => {
      shared.loans -= 1;
      if (shared.loans > 0) return;
      this.#shared.delete(fingerprint);
      shared.file.close();
    });
  }
}
