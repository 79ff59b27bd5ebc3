import { createHash, timingSafeEqual } from 'node:crypto';
import { apr1Crypt, shaCrypt } from './crypt.ts';

/** One password to be held against one hash, as it goes to a worker thread. */
export interface VerificationTask {
  readonly password: string;
  readonly hash: string;
}

/** The ways of hashing that Apache's htpasswd file may hold and that are read here. */
export const hashKinds = ['bcrypt', 'sha512', 'sha256', 'apr1', 'sha1'] as const;

export type HashKind = (typeof hashKinds)[number];

const patterns: readonly (readonly [HashKind, RegExp])[] = [
  ['bcrypt', /^\$2[aby]\$(0[4-9]|1[0-7])\$[./A-Za-z\d]{53}$/],
  ['sha512', /^\$6\$(rounds=\d{1,6}\$)?[^$:]{1,16}\$[./A-Za-z\d]{86}$/],
  ['sha256', /^\$5\$(rounds=\d{1,6}\$)?[^$:]{1,16}\$[./A-Za-z\d]{43}$/],
  ['apr1', /^\$apr1\$[^$:]{1,8}\$[./A-Za-z\d]{22}$/],
  ['sha1', /^\{SHA\}[A-Za-z\d+/]{27}=$/],
];

/** How a hash was made; `undefined` for what is not read here: crypt of 1979, or a bare password. */
export function kindOf(hash: string): HashKind | undefined {
  return patterns.find(([, pattern]) => pattern.test(hash))?.[0];
}

/** Compares in a time that depends on the lengths alone. */
function isSame(one: string, other: string): boolean {
  const [first, second] = [Buffer.from(one), Buffer.from(other)];
  return first.length === second.length && timingSafeEqual(first, second);
}

/**
 * Whether a password is the one of a hash. It may take a long while, so it is for a thread of its own.
 */
export async function verifyPassword({ password, hash }: VerificationTask): Promise<boolean> {
  const bytes = Buffer.from(password);
  switch (kindOf(hash)) {
    case 'bcrypt': {
      const { compareSync } = await import('bcryptjs');
      return compareSync(password, hash);
    }
    case 'sha256':
    case 'sha512':
      return isSame(shaCrypt(bytes, hash), hash);
    case 'apr1':
      return isSame(apr1Crypt(bytes, hash.split('$')[2] ?? ''), hash);
    case 'sha1':
      return isSame(`{SHA}${createHash('sha1').update(bytes).digest('base64')}`, hash);
    case undefined:
      return false;
  }
}
