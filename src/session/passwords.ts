import { argon2, randomBytes, randomInt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { SessionError } from './errors.ts';
import { normalizeName } from './roles.ts';

const derive = promisify(argon2);

/** Argon2id as OWASP's "Password Storage Cheat Sheet" has it: KiB of memory, passes, lanes. */
const cost = { memory: 19_456, passes: 2, parallelism: 1, tagLength: 32 } as const;

/** The bounds of the costs that a kept hash may ask for. */
const largestCost = { memory: 1_048_576, passes: 16, parallelism: 16 } as const;

/** Characters, at least; bytes, at most. */
export const passwordBounds = { min: 10, max: 256 } as const;

/** The limits of a {@link PasswordHasher}. */
export interface PasswordHasherOptions {
  /** Hashes worked out at a time, each on a thread with 19 MiB. Default 2. */
  readonly maxAtOnce?: number;
  /** Hashes waiting for their turn; one more is refused. Default 1,000. */
  readonly maxWaiting?: number;
}

/** The finite defaults of {@link PasswordHasherOptions}. */
export const passwordHasherDefaults = { maxAtOnce: 2, maxWaiting: 1_000 } as const;

interface Kept {
  readonly memory: number;
  readonly passes: number;
  readonly parallelism: number;
  readonly salt: Buffer;
  readonly tag: Buffer;
}

/** Reads a hash in the PHC string format; `undefined` if it is none. */
function parse(text: string): Kept | undefined {
  const match = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,2}),p=(\d{1,2})\$([^$]+)\$([^$]+)$/.exec(
    text,
  );
  if (match === null) return undefined;
  const [memory = 0, passes = 0, parallelism = 0] = match.slice(1, 4).map(Number);
  const isWithin =
    memory <= largestCost.memory &&
    passes <= largestCost.passes &&
    parallelism <= largestCost.parallelism;
  if (!isWithin) return undefined;
  return {
    memory,
    passes,
    parallelism,
    salt: Buffer.from(match[4] ?? '', 'base64'),
    tag: Buffer.from(match[5] ?? '', 'base64'),
  };
}

function format(salt: Buffer, tag: Buffer): string {
  const encode = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '');
  const { memory, passes, parallelism } = cost;
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${encode(salt)}$${encode(tag)}`;
}

/** As many bytes as a real hash has, of no password at all. */
const nobody: Kept = { ...cost, salt: randomBytes(16), tag: randomBytes(cost.tagLength) };

/**
 * Hashes passwords with Argon2id (RFC 9106) on the thread pool, a few at a time, the others in a queue of
 * finite length.
 *
 * @example
 * ```ts
 * import { PasswordHasher } from 'guichet/session';
 * const hasher = new PasswordHasher();
 * const kept = await hasher.hash('correct horse battery');
 * if (!(await hasher.verify('correct horse battery', kept))) throw new Error('not the same');
 * if (await hasher.verify('a guess', kept)) throw new Error('the same');
 * ```
 */
export class PasswordHasher {
  readonly #options: Required<PasswordHasherOptions>;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(options: PasswordHasherOptions = {}) {
    this.#options = { ...passwordHasherDefaults, ...options };
  }

  /** A password as it is to be kept, in the PHC string format. */
  async hash(password: string): Promise<string> {
    const salt = randomBytes(16);
    return format(salt, await this.#derive(password, salt, cost));
  }

  /**
   * Whether a password is the one that was kept. Without one, for an account that is not there, it takes
   * the same time to say no.
   */
  async verify(password: string, kept: string | undefined): Promise<boolean> {
    const parsed = kept === undefined ? undefined : parse(kept);
    const against = parsed ?? nobody;
    const tag = await this.#derive(password, against.salt, {
      ...against,
      tagLength: against.tag.length,
    });
    return timingSafeEqual(tag, against.tag) && parsed !== undefined;
  }

  async #derive(
    password: string,
    nonce: Buffer,
    { memory, passes, parallelism, tagLength }: Omit<Kept, 'salt' | 'tag'> & { tagLength: number },
  ): Promise<Buffer> {
    await this.#enter();
    try {
      // The same password typed on two keyboards may be two sequences of code points (RFC 8265, 4.2).
      const message = Buffer.from(password.normalize('NFC'));
      return await derive('argon2id', { message, nonce, memory, passes, parallelism, tagLength });
    } finally {
      this.#running--;
      this.#waiting.shift()?.();
    }
  }

  async #enter(): Promise<void> {
    if (this.#running >= this.#options.maxAtOnce) {
      if (this.#waiting.length >= this.#options.maxWaiting) {
        throw new SessionError(
          'LOGIN_BUSY',
          'too many people are logging in at the same time; try again in a moment',
        );
      }
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
    }
    this.#running++;
  }
}

/** @throws {SessionError} `PASSWORD_UNFIT` for a new password that will not do. */
export function checkNewPassword(password: string, name: string): void {
  const { min, max } = passwordBounds;
  const isFit =
    password.length >= min &&
    Buffer.byteLength(password) <= max &&
    normalizeName(password) !== normalizeName(name);
  if (isFit) return;
  throw new SessionError(
    'PASSWORD_UNFIT',
    `a password has at least ${min} characters, at most ${max} bytes, and is not the account's name`,
    { details: { min, max } },
  );
}

/** Letters and digits that cannot be taken for one another. */
const clear = 'abcdefghjkmnpqrstuvwxyz23456789';

/** A password to be handed to somebody: 4 groups of 5 characters, 99 random bits. */
export function makePassword(): string {
  const group = (): string =>
    Array.from({ length: 5 }, () => clear[randomInt(clear.length)]).join('');
  return [group(), group(), group(), group()].join('-');
}
