import type { HttpResponse } from '../handler.ts';
import type { Encoding } from './encodings.ts';
import type { FileTarget } from './locate.ts';
import type { Representation } from './representation.ts';

/** One form of a small file in memory, with the responses it mostly takes, made once. */
export interface Variant {
  readonly representation: Representation;
  readonly bytes: Uint8Array;
  readonly whole: HttpResponse;
  readonly notModified: HttpResponse;
  readonly lastModified: string | undefined;
}

/** Paths, as sent, that one file is remembered under: `/`, `/index.html`, and some spelt otherwise. */
const maxAliases = 8;
/** Values of Accept-Encoding that the choice is remembered for. Clients send a handful. */
const maxChoices = 16;
/** What a file costs besides its bytes, about. */
const overheadBytes = 2_048;

/** A copy that does not keep alive the longer text it was cut from. */
function detach(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1');
}

/** What is known of a file: its target, and the forms of it that have been read. */
export class CachedFile {
  /** What the cache knows it by. */
  readonly key: string;
  readonly target: FileTarget;
  /** Whether Accept-Encoding may choose another form. */
  readonly isNegotiated: boolean;
  /** The request fields that the answer depends on. */
  readonly vary: readonly string[];
  /** As it is. */
  identity: Variant | undefined;
  readonly variants = new Map<Encoding, Variant>();
  /** Codings that made it no smaller. */
  readonly useless = new Set<Encoding>();
  /** Compressions under way, so that nobody starts another. */
  readonly pending = new Map<Encoding, Promise<Variant | undefined>>();
  /** The form chosen for a value of Accept-Encoding. */
  readonly choices = new Map<string, Variant>();
  readonly aliases: string[] = [];
  /** Whether it was asked for again since the cache last looked for something to drop. */
  isUsed = false;
  bytes: number = overheadBytes;

  constructor(key: string, target: FileTarget, isNegotiated: boolean, vary: readonly string[]) {
    this.key = key;
    this.target = target;
    this.isNegotiated = isNegotiated;
    this.vary = vary;
  }

  remember(accept: string, variant: Variant): void {
    if (this.choices.size >= maxChoices) this.choices.clear();
    this.choices.set(detach(accept), variant);
  }
}

/** A path as sent, and the file it leads to for as long as that is believed. */
export interface Alias {
  readonly file: CachedFile;
  /** When to look again, while it still serves; milliseconds of the monotonic clock. */
  checkAt: number;
  /** When it no longer serves. */
  expiresAt: number;
  isBeingChecked: boolean;
}

/** Files in memory, at most so many and so many bytes of them; what is asked for least goes first. */
export class FileCache {
  readonly #maxBytes: number;
  readonly #maxFiles: number;
  readonly #maxAge: number;
  readonly #files = new Map<string, CachedFile>();
  readonly #aliases = new Map<string, Alias>();
  #bytes = 0;

  constructor(limits: {
    readonly maxBytes: number;
    readonly maxFiles: number;
    readonly maxAge: number;
  }) {
    this.#maxBytes = limits.maxBytes;
    this.#maxFiles = limits.maxFiles;
    this.#maxAge = limits.maxAge;
  }

  /** What all the files take, in bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  get size(): number {
    return this.#files.size;
  }

  /** What a path as sent led to when it was last looked up. */
  alias(path: string): Alias | undefined {
    return this.#aliases.get(path);
  }

  /** A file in the very state it was found in. */
  file(key: string, fingerprint: string): CachedFile | undefined {
    const file = this.#files.get(key);
    return file?.target.fingerprint === fingerprint ? file : undefined;
  }

  /** Puts a file in the place of what had its key. */
  add(file: CachedFile): void {
    const { key } = file;
    this.#drop(key);
    if (this.#maxFiles === 0 || this.#maxBytes === 0) return;
    this.#files.set(key, file);
    this.#bytes += file.bytes;
    this.#makeRoom();
  }

  /** Counts bytes that a file has come to hold; it may be dropped for them. */
  charge(file: CachedFile, bytes: number): void {
    if (this.#files.get(file.key) !== file) return;
    file.bytes += bytes;
    this.#bytes += bytes;
    this.#makeRoom();
  }

  /** Believes, from `now` on, that a path leads to a file. */
  link(path: string, file: CachedFile, now: number): void {
    if (this.#files.get(file.key) !== file) {
      // It was not kept; whatever the path led to before, it no longer does.
      this.unlink(path);
      return;
    }
    const times = { checkAt: now + (this.#maxAge * 3) / 4, expiresAt: now + this.#maxAge };
    const known = this.#aliases.get(path);
    if (known?.file === file) {
      Object.assign(known, times, { isBeingChecked: false });
      return;
    }
    this.unlink(path);
    if (file.aliases.length >= maxAliases) this.unlink(file.aliases[0] ?? '');
    const own = detach(path);
    file.aliases.push(own);
    this.#aliases.set(own, { file, ...times, isBeingChecked: false });
  }

  /** Forgets what a path leads to. */
  unlink(path: string): void {
    const alias = this.#aliases.get(path);
    if (alias === undefined) return;
    this.#aliases.delete(path);
    const { aliases } = alias.file;
    aliases.splice(aliases.indexOf(path), 1);
  }

  clear(): void {
    this.#files.clear();
    this.#aliases.clear();
    this.#bytes = 0;
  }

  #drop(key: string): void {
    const file = this.#files.get(key);
    if (file === undefined) return;
    this.#files.delete(key);
    this.#bytes -= file.bytes;
    for (const path of file.aliases) this.#aliases.delete(path);
    file.aliases.length = 0;
  }

  /** Goes round: who was asked for since the last time stays once more, who was not goes. */
  #makeRoom(): void {
    for (const [key, file] of this.#files) {
      if (this.#bytes <= this.#maxBytes && this.#files.size <= this.#maxFiles) return;
      if (file.isUsed) {
        file.isUsed = false;
        // Behind the others, where this very loop comes to it again.
        this.#files.delete(key);
        this.#files.set(key, file);
      } else {
        this.#drop(key);
      }
    }
  }
}
