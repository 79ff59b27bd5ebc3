import type { BigIntStats } from 'node:fs';
import { HttpError } from '../errors.ts';
import { Compressor } from './compression.ts';
import type { Encoding } from './encodings.ts';
import { fingerprintOf } from './entity-tags.ts';
import type { CachedFile, FileCache, Variant } from './file-cache.ts';
import { overloaded } from './file-tree.ts';
import type { FileTree, Found } from './file-tree.ts';
import type { FieldsFor } from './header-rules.ts';
import { OpenFiles } from './open-file.ts';
import type { OpenFile } from './open-file.ts';
import type { FileOptions } from './options.ts';
import { prepareResponse } from '../prepared-response.ts';
import { describeRepresentation, modifiedAt, notModified, tagOf } from './representation.ts';
import type { Representation } from './representation.ts';
import { formatPath } from './request-path.ts';

/** A larger response costs more memory prepared, once a second anew, than it saves time. */
const maxPreparedBytes = 131_072;

/** How a form of a file comes to be: stored as it is sent, or compressed here. */
export type Making = 'stored' | 'compressed';

/** Makes the responses that carry all of it and none of it. */
function makeVariant(representation: Representation, bytes: Uint8Array): Variant {
  const whole = { status: 200, headers: representation.fields, content: bytes };
  return {
    representation,
    bytes,
    whole: bytes.length > maxPreparedBytes ? whole : prepareResponse(whole),
    notModified: prepareResponse(notModified(representation)),
    lastModified: representation.fields.find(([name]) => name === 'Last-Modified')?.[1],
  };
}

/** Reads files, and makes of them what is sent. */
export class Forms {
  readonly openFiles: OpenFiles;
  readonly compressor: Compressor;
  readonly #options: FileOptions;
  readonly #tree: FileTree;
  readonly #cache: FileCache;
  readonly #fieldsFor: FieldsFor;

  constructor(tree: FileTree, cache: FileCache, fieldsFor: FieldsFor, options: FileOptions) {
    this.#fieldsFor = fieldsFor;
    this.#tree = tree;
    this.#cache = cache;
    this.#options = options;
    this.openFiles = new OpenFiles(options.maxOpenFiles);
    this.compressor = new Compressor(options.maxCompressions);
  }

  /**
   * Opens what was found.
   *
   * @throws {HttpError} NOT_FOUND when it is gone, SERVICE_UNAVAILABLE when too many files are open.
   */
  async open(found: Found): Promise<OpenFile> {
    if (!this.openFiles.hasRoom) throw overloaded();
    const opened = await this.#tree.open(found.path);
    if (opened === undefined) throw new HttpError('NOT_FOUND', 'nothing is here');
    return opened;
  }

  /** What is told of a file in one form, by the state it is in. */
  describe(
    file: CachedFile,
    encoding: Encoding | 'identity',
    making: Making,
    stats: BigIntStats,
    isSettled: boolean,
  ): Representation {
    return describeRepresentation({
      tag: tagOf(stats, making === 'compressed'),
      isWeak: !isSettled,
      modified: modifiedAt(stats),
      contentType: file.target.media.contentType,
      encoding,
      size: making === 'compressed' ? undefined : Number(stats.size),
      vary: file.vary,
      cacheControl: this.#options.cacheControl,
      rules: this.#fieldsFor(formatPath(file.target.segments, false)),
    });
  }

  /**
   * Reads a small file, or its sibling, into memory.
   *
   * @returns `undefined` when it keeps changing, or is no longer small.
   */
  async load(
    file: CachedFile,
    encoding: Encoding | 'identity',
    found: Found,
  ): Promise<Variant | undefined> {
    const opened = await this.open(found);
    try {
      const { stats, size, isSettled } = opened;
      if (!isSettled || size > this.#options.maxCachedFileBytes) return undefined;
      const bytes = await opened.readAll();
      const after = await opened.restat();
      if (bytes.length !== size || fingerprintOf(after) !== fingerprintOf(stats)) return undefined;
      const variant = makeVariant(this.describe(file, encoding, 'stored', stats, true), bytes);
      // What changed since it was looked up is true to what is there now, and not to be remembered.
      if (fingerprintOf(stats) === fingerprintOf(found.stats)) this.#keep(file, encoding, variant);
      return variant;
    } finally {
      opened.close();
    }
  }

  /**
   * Compresses a small file, once for all who ask for it.
   *
   * @returns `undefined` when that makes it no smaller, or it keeps changing.
   */
  compress(file: CachedFile, encoding: Encoding): Promise<Variant | undefined> {
    const pending = file.pending.get(encoding);
    if (pending !== undefined) return pending;
    const compressing = this.#compress(file, encoding).finally(() => {
      file.pending.delete(encoding);
    });
    file.pending.set(encoding, compressing);
    return compressing;
  }

  async #compress(file: CachedFile, encoding: Encoding): Promise<Variant | undefined> {
    const { found } = file.target;
    const identity = file.identity ?? (await this.load(file, 'identity', found));
    if (identity === undefined || file.identity !== identity) return undefined;
    const { length } = identity.bytes;
    const bytes = await this.compressor.compress(identity.bytes, encoding);
    if (bytes.length >= length && length >= this.#options.minCompressedBytes) {
      file.useless.add(encoding);
      return undefined;
    }
    const variant = makeVariant(
      this.describe(file, encoding, 'compressed', found.stats, true),
      bytes,
    );
    this.#keep(file, encoding, variant);
    return variant;
  }

  #keep(file: CachedFile, encoding: Encoding | 'identity', variant: Variant): void {
    if (encoding === 'identity') file.identity = variant;
    else file.variants.set(encoding, variant);
    const { length } = variant.bytes;
    // What is prepared holds the bytes once more.
    this.#cache.charge(file, length > maxPreparedBytes ? length : length * 2);
  }
}
