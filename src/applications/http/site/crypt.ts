import { createHash } from 'node:crypto';
import type { Hash } from 'node:crypto';

/** The alphabet of the hashes of crypt(3), which is not that of base64. */
const alphabet = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Three bytes, the first of them the highest, as four characters, the lowest six bits first. */
function encodeGroup(bytes: readonly number[], characters: number): string {
  let bits = bytes.reduce((all, byte) => (all << 8) | byte, 0);
  let text = '';
  for (let index = 0; index < characters; index++) {
    text += alphabet.charAt(bits & 63);
    bits >>>= 6;
  }
  return text;
}

/** Encodes the bytes of a digest in the order of their indices, three at a time. */
function encodeInOrder(digest: Uint8Array, order: readonly (readonly number[])[]): string {
  return order
    .map((group) =>
      encodeGroup(
        group.map((index) => digest[index] ?? 0),
        group.length === 3 ? 4 : group.length === 2 ? 3 : 2,
      ),
    )
    .join('');
}

/** Feeds as many bytes of a digest as are asked for, the digest repeated. */
function updateRepeated(hash: Hash, digest: Uint8Array, length: number): void {
  for (let left = length; left > 0; left -= digest.length) {
    hash.update(left >= digest.length ? digest : digest.subarray(0, left));
  }
}

const md5Order = [[0, 6, 12], [1, 7, 13], [2, 8, 14], [3, 9, 15], [4, 10, 5], [11]] as const;

/**
 * Apache's variant of the MD5 crypt, `$apr1$`: 1,000 rounds.
 *
 * @param salt at most 8 characters.
 * @returns the whole text, `$apr1$salt$hash`.
 */
export function apr1Crypt(password: Uint8Array, salt: string): string {
  const md5 = (): Hash => createHash('md5');
  const inner = md5().update(password).update(salt).update(password).digest();
  const first = md5().update(password).update('$apr1$').update(salt);
  updateRepeated(first, inner, password.length);
  // The bits of the length choose between a zero byte and the password's first byte, as in 1994.
  for (let bits = password.length; bits > 0; bits >>>= 1) {
    first.update((bits & 1) === 1 ? new Uint8Array(1) : password.subarray(0, 1));
  }
  let digest = first.digest();
  for (let round = 0; round < 1_000; round++) {
    const isOdd = round % 2 === 1;
    const hash = md5().update(isOdd ? password : digest);
    if (round % 3 !== 0) hash.update(salt);
    if (round % 7 !== 0) hash.update(password);
    digest = hash.update(isOdd ? digest : password).digest();
  }
  return `$apr1$${salt}$${encodeInOrder(digest, md5Order)}`;
}

/** The order in which SHA-crypt encodes its digest: three columns that rotate, then the rest. */
function shaOrder(algorithm: 'sha256' | 'sha512'): readonly (readonly number[])[] {
  const third = algorithm === 'sha256' ? 10 : 21;
  const order = Array.from({ length: third }, (_, row) => {
    const columns = [row, row + third, row + 2 * third];
    const turn = algorithm === 'sha256' ? (3 - (row % 3)) % 3 : row % 3;
    return [...columns.slice(turn), ...columns.slice(0, turn)];
  });
  return [...order, algorithm === 'sha256' ? [31, 30] : [63]];
}

/** The rounds of SHA-crypt when it names none, and the bounds it sets itself. */
const shaRounds = { default: 5_000, min: 1_000, max: 999_999_999 } as const;

/** The most rounds that {@link shaCrypt} computes: a hash that asks for more would stop its thread. */
export const maxShaRounds = 1_000_000;

/**
 * Ulrich Drepper's SHA-crypt, `$5$` (SHA-256) and `$6$` (SHA-512).
 *
 * @param setting `$5$salt` or `$5$rounds=N$salt`, what follows the salt left out; salts are cut to 16
 *   characters.
 * @returns the whole text, `$5$salt$hash`.
 * @throws {RangeError} when it is no such setting, or asks for more than {@link maxShaRounds}.
 */
export function shaCrypt(password: Uint8Array, setting: string): string {
  const groups = /^\$([56])\$(?:rounds=(\d{1,9})\$)?([^$]*)/.exec(setting);
  if (groups === null) throw new RangeError('not a setting of SHA-crypt');
  const [, version, asked, whole = ''] = groups;
  const algorithm = version === '5' ? 'sha256' : 'sha512';
  const salt = whole.slice(0, 16);
  const rounds =
    asked === undefined
      ? shaRounds.default
      : Math.min(shaRounds.max, Math.max(shaRounds.min, Number(asked)));
  if (rounds > maxShaRounds) throw new RangeError(`more than ${maxShaRounds} rounds`);
  const start = (): Hash => createHash(algorithm);
  const inner = start().update(password).update(salt).update(password).digest();
  const first = start().update(password).update(salt);
  updateRepeated(first, inner, password.length);
  for (let bits = password.length; bits > 0; bits >>>= 1) {
    first.update((bits & 1) === 1 ? inner : password);
  }
  let digest = first.digest();
  const passwords = start();
  for (let index = 0; index < password.length; index++) passwords.update(password);
  const passwordBytes = repeat(passwords.digest(), password.length);
  const salts = start();
  for (let index = 0; index < 16 + (digest[0] ?? 0); index++) salts.update(salt);
  const saltBytes = repeat(salts.digest(), Buffer.byteLength(salt));
  for (let round = 0; round < rounds; round++) {
    const isOdd = round % 2 === 1;
    const hash = start().update(isOdd ? passwordBytes : digest);
    if (round % 3 !== 0) hash.update(saltBytes);
    if (round % 7 !== 0) hash.update(passwordBytes);
    digest = hash.update(isOdd ? digest : passwordBytes).digest();
  }
  const named = asked === undefined ? '' : `rounds=${rounds}$`;
  return `$${version}$${named}${salt}$${encodeInOrder(digest, shaOrder(algorithm))}`;
}

function repeat(digest: Uint8Array, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at += digest.length) {
    bytes.set(digest.subarray(0, Math.min(digest.length, length - at)), at);
  }
  return bytes;
}
