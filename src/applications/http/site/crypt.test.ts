import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, test } from 'node:test';
import { apr1Crypt, shaCrypt } from './crypt.ts';

function openssl(kind: string, salt: string, password: string): string {
  const args = ['passwd', `-${kind}`, '-salt', salt, '-stdin'];
  return execFileSync('openssl', args, { input: `${password}\n`, encoding: 'utf8' }).trim();
}

const passwords = ['a', 'secret', 'été à Zürich', 'x'.repeat(15), 'y'.repeat(16), 'z'.repeat(65)];

describe('hashes of passwords', () => {
  for (const password of passwords) {
    test(`are OpenSSL's for ${JSON.stringify(password)}`, () => {
      const bytes = Buffer.from(password);
      assert.equal(apr1Crypt(bytes, 'saltsalt'), openssl('apr1', 'saltsalt', password));
      assert.equal(shaCrypt(bytes, '$5$saltstring'), openssl('5', 'saltstring', password));
      assert.equal(shaCrypt(bytes, '$6$saltstring'), openssl('6', 'saltstring', password));
    });
  }

  test('take the rounds that the setting names, and refuse too many', () => {
    // The vectors of the specification of SHA-crypt.
    assert.equal(
      shaCrypt(Buffer.from('Hello world!'), '$5$rounds=10000$saltstringsaltstring'),
      '$5$rounds=10000$saltstringsaltst$3xv.VbSHBb41AL9AvLeujZkZRBAwqFMz2.opqey6IcA',
    );
    assert.throws(() => shaCrypt(Buffer.from('x'), '$6$rounds=9999999$salt'), RangeError);
    assert.throws(() => shaCrypt(Buffer.from('x'), '$9$salt'), RangeError);
  });
});
