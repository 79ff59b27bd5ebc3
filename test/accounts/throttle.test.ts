import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CallError } from '../../src/service/index.ts';
import { eachStore } from '../support/stores.ts';
import { makeWorld, password } from '../access/world.ts';
import { is } from './is.ts';

const minute = 60_000;

eachStore('a wrong password and an unknown name are told alike', async (store) => {
  await using world = await makeWorld(await store.makePlace());
  const attempt = async (name: string): Promise<unknown> => {
    const refusal = await world.channel
      .call('session.open', { name, password: 'not the password' })
      .catch((error: unknown) => error);
    assert.ok(refusal instanceof CallError);
    return refusal.toObject();
  };
  const known = await attempt('ada');
  assert.deepEqual(await attempt('nobody of that name'), known);
  await world.parts.store.write((query) =>
    query.updateTable('accounts').set({ isDisabled: 1 }).where('name', '=', 'max').execute(),
  );
  const disabled = await world.channel
    .call('session.open', { name: 'max', password })
    .catch((error: unknown) => error);
  assert.ok(disabled instanceof CallError);
  assert.deepEqual(disabled.toObject(), known);
});

eachStore(
  'failures slow an account down, then lock it, whether it is there or not',
  async (store) => {
    await using world = await makeWorld(await store.makePlace());
    const open = (name: string, tried: string): Promise<unknown> =>
      world.channel.call('session.open', { name, password: tried });
    for (const name of ['ada', 'nobody']) {
      const waits: number[] = [];
      for (let failures = 0; failures < 11; failures++) {
        const refusal = await open(name, 'not the password').catch((error: unknown) => error);
        assert.ok(is('UNAUTHENTICATED', 'LOGIN_REFUSED')(refusal));
        // What comes too early is not heard, right password or not, and does not count.
        const early = await open(name, password).catch((error: unknown) => error);
        const wait = early instanceof CallError ? Number(early.data?.['retryAfter'] ?? 0) : 0;
        if (name === 'ada' && failures < 3) {
          assert.ok(!(early instanceof Error), 'a right password is let in, and all is forgiven');
          break;
        }
        waits.push(wait);
        world.clock += wait;
      }
      if (name === 'nobody') {
        // The early attempts with `password` failed too while they were free.
        assert.deepEqual(waits.slice(-3), [900_000, 900_000, 900_000]);
        assert.ok(waits.every((wait, index) => wait >= (waits[index - 1] ?? 0)));
      }
    }
  },
);

eachStore('after a lock-out the right password is let in again, and not before', async (store) => {
  await using world = await makeWorld(await store.makePlace());
  const open = (tried: string): Promise<unknown> =>
    world.channel.call('session.open', { name: 'ada', password: tried });
  for (let failures = 0; failures < 10; failures++) {
    await assert.rejects(open('not the password'), is('UNAUTHENTICATED'));
    world.clock += 40_000;
  }
  world.clock += 14 * minute;
  await assert.rejects(open(password), is('UNAUTHENTICATED', 'LOGIN_REFUSED'));
  world.clock += 1 * minute;
  await open(password);
  await assert.rejects(open('not the password'), is('UNAUTHENTICATED'));
  await open(password);
});

test('attempts that come all at once are heard one after the other, and only so many', async () => {
  await using world = await makeWorld(':memory:');
  const attempts = await Promise.all(
    Array.from({ length: 40 }, () =>
      world.channel
        .call('session.open', { name: 'ada', password: 'not the password' })
        .catch((error: unknown) => error),
    ),
  );
  const heard = attempts.filter(
    (error) => error instanceof CallError && error.data?.['retryAfter'] === undefined,
  );
  assert.equal(heard.length, 4);
});

test('an address that tries one account after the other is slowed down as well', async () => {
  await using world = await makeWorld(':memory:');
  let refused = 0;
  for (let index = 0; index < 34 && refused === 0; index++) {
    const error = await world.channel
      .call('session.open', { name: `guess-${index}`, password: 'not the password' })
      .catch((thrown: unknown) => thrown);
    if (error instanceof CallError && error.data?.['retryAfter'] !== undefined) refused = index;
  }
  assert.equal(refused, 30);
  await assert.rejects(
    world.channel.call('session.open', { name: 'ada', password }),
    is('UNAUTHENTICATED', 'LOGIN_REFUSED'),
  );
});

eachStore('many log in to one account at the same time', async (store) => {
  await using world = await makeWorld(await store.makePlace());
  const opened = await Promise.all(
    Array.from({ length: 25 }, () => world.channel.call('session.open', { name: 'ada', password })),
  );
  const tokens = new Set(opened.map((one) => (one as { token: string }).token));
  assert.equal(tokens.size, 25);
});
