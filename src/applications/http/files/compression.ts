import { Readable, pipeline } from 'node:stream';
import type { Transform } from 'node:stream';
import { promisify } from 'node:util';
import {
  brotliCompress,
  constants,
  createBrotliCompress,
  createGzip,
  createZstdCompress,
  gzip,
  zstdCompress,
} from 'node:zlib';
import type { Encoding } from './encodings.ts';
import type { OpenFile } from './open-file.ts';

/** Bytes read at a time from a file that is compressed while it is sent. */
const pieceBytes = 65_536;

const brotliOptions = (quality: number, window: number): { params: Record<number, number> } => ({
  params: {
    [constants.BROTLI_PARAM_QUALITY]: quality,
    // The window is the memory that each stream takes, about four times over.
    [constants.BROTLI_PARAM_LGWIN]: window,
  },
});

const brotliBytes = promisify(brotliCompress);
const gzipBytes = promisify(gzip);
const zstdBytes = promisify(zstdCompress);

const compressors: Readonly<Record<Encoding, (bytes: Uint8Array) => Promise<Uint8Array>>> = {
  br: (bytes) => brotliBytes(bytes, brotliOptions(5, 18)),
  zstd: (bytes) => zstdBytes(bytes),
  gzip: (bytes) => gzipBytes(bytes, { level: 6 }),
};

const streams: Readonly<Record<Encoding, () => Transform>> = {
  br: () => createBrotliCompress(brotliOptions(4, 18)),
  zstd: () => createZstdCompress(),
  gzip: () => createGzip({ level: 5 }),
};

/** What the bytes made here depend on besides their source: part of their tag. */
export const compressionVersion: string = `${process.versions['zlib']}/${process.versions['brotli']}/${process.versions['zstd']}`;

/** At most so many at work at a time; the rest wait in order. */
class Slots {
  readonly #count: number;
  #taken = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(count: number) {
    this.#count = count;
  }

  get areAllTaken(): boolean {
    return this.#taken >= this.#count;
  }

  async take(): Promise<void> {
    if (this.#taken >= this.#count) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
      return;
    }
    this.#taken += 1;
  }

  /** Hands the place to who waits longest. */
  release(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#taken -= 1;
    else next();
  }
}

/** Opens the file anew for one pass over it; rejects when it is no longer the same. */
export type Reopen = () => Promise<OpenFile>;

async function* readPieces(file: OpenFile): AsyncGenerator<Uint8Array> {
  let position = 0;
  while (position < file.size) {
    const piece = new Uint8Array(Math.min(pieceBytes, file.size - position));
    const count = await file.read(piece, position);
    if (count === 0) throw new Error('the file became shorter while it was sent');
    position += count;
    yield piece.subarray(0, count);
  }
}

/** Compresses at most so many contents at a time, since each takes processor and memory. */
export class Compressor {
  readonly #slots: Slots;

  /** @param limit contents at a time. */
  constructor(limit: number) {
    this.#slots = new Slots(limit);
  }

  /** Whether one more would have to wait. */
  get isBusy(): boolean {
    return this.#slots.areAllTaken;
  }

  /** All of a small content, on the thread pool. */
  async compress(bytes: Uint8Array, encoding: Encoding): Promise<Uint8Array> {
    await this.#slots.take();
    try {
      return await compressors[encoding](bytes);
    } finally {
      this.#slots.release();
    }
  }

  /** A large content while it is read. Nothing is open until somebody iterates, nor after. */
  stream(reopen: Reopen, encoding: Encoding): AsyncIterable<Uint8Array> {
    return { [Symbol.asyncIterator]: () => this.#compressPieces(reopen, encoding) };
  }

  async *#compressPieces(reopen: Reopen, encoding: Encoding): AsyncGenerator<Uint8Array> {
    await this.#slots.take();
    try {
      const file = await reopen();
      const source = Readable.from(readPieces(file), { objectMode: true, highWaterMark: 1 });
      const packed = streams[encoding]();
      // What goes wrong in the source ends `packed` with it, and so the loop below.
      pipeline(source, packed, () => file.close());
      for await (const piece of packed) yield piece;
    } finally {
      this.#slots.release();
    }
  }
}
