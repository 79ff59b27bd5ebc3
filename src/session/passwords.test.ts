import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PasswordHasher, SessionError, checkNewPassword, makePassword } from './index.ts';

test('a password is verified against its hash, and no other is', async () => {
  const hasher = new PasswordHasher();
  const kept = await hasher.hash('correct horse battery');
  assert.match(kept, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
  assert.ok(await hasher.verify('correct horse battery', kept));
  assert.ok(!(await hasher.verify('correct horse batterz', kept)));
  assert.ok(!(await hasher.verify('', kept)));
  assert.notEqual(await hasher.hash('correct horse battery'), kept);
});

test('a hash that another program made is verified', async () => {
  // The example of the reference implementation's command line (P-H-C/phc-winner-argon2), as Argon2id.
  const kept =
    '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc';
  assert.ok(await new PasswordHasher().verify('password', kept));
});

test('two spellings of the same characters are the same password', async () => {
  const hasher = new PasswordHasher();
  const kept = await hasher.hash('caf\u00E9 au lait');
  assert.ok(await hasher.verify('cafe\u0301 au lait', kept));
});

test('no kept hash, or one that is none, takes as long to refuse as a wrong password', async () => {
  const hasher = new PasswordHasher();
  const kept = await hasher.hash('correct horse battery');
  const time = async (against: string | undefined): Promise<number> => {
    const times: number[] = [];
    for (let index = 0; index < 7; index++) {
      const start = performance.now();
      assert.ok(!(await hasher.verify('wrong password', against)));
      times.push(performance.now() - start);
    }
    return times.toSorted((one, other) => one - other)[3] ?? 0;
  };
  const [known, unknown, broken] = [
    await time(kept),
    await time(undefined),
    await time('nonsense'),
  ];
  for (const other of [unknown, broken]) {
    assert.ok(other > known / 2 && other < known * 2, `${known} ms and ${other} ms`);
  }
});

test('a hash that asks for more than a machine has is not worked out', async () => {
  const greedy = '$argon2id$v=19$m=9999999,t=99,p=99$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAA';
  assert.ok(!(await new PasswordHasher().verify('password', greedy)));
});

test('hashes wait for their turn, and what is too much is refused', async () => {
  const hasher = new PasswordHasher({ maxAtOnce: 1, maxWaiting: 2 });
  const outcomes = await Promise.allSettled(
    Array.from({ length: 5 }, () => hasher.verify('password', undefined)),
  );
  const refused = outcomes.filter(
    (one) => one.status === 'rejected' && (one.reason as SessionError).code === 'LOGIN_BUSY',
  );
  assert.equal(refused.length, 2);
  assert.ok(!(await hasher.verify('password', undefined)));
});

test('the event loop goes on while passwords are hashed', async () => {
  const hasher = new PasswordHasher();
  let turns = 0;
  const ticking = setInterval(() => turns++, 1);
  await Promise.all(Array.from({ length: 6 }, () => hasher.hash('correct horse battery')));
  clearInterval(ticking);
  assert.ok(turns > 10, `${turns} turns`);
});

test('a new password that will not do is refused', () => {
  const refusal = (error: unknown): boolean =>
    error instanceof SessionError && error.code === 'PASSWORD_UNFIT';
  checkNewPassword('ten chars!', 'ada');
  for (const [password, name] of [
    ['nine char', 'ada'],
    ['x'.repeat(257), 'ada'],
    ['Ada.Lovelace@Example.ORG', 'ada.lovelace@example.org'],
  ] as const) {
    assert.throws(() => checkNewPassword(password, name), refusal, password);
  }
});

test('passwords that are made are long, clear and different', () => {
  const made = Array.from({ length: 200 }, makePassword);
  assert.equal(new Set(made).size, 200);
  for (const password of made)
    assert.match(password, /^[a-hj-km-np-z2-9]{5}(-[a-hj-km-np-z2-9]{5}){3}$/);
});
