import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { session as sessionService } from '../../src/applications/accounts/index.ts';
import { deleteOldestSessions } from '../../src/applications/accounts/queries.ts';
import { openStoredServices } from '../../src/applications/services/stored.ts';
import { Channel, clientOf, serveServices } from '../../src/service/index.ts';
import { eachStore } from '../support/stores.ts';
import { makeWorld, password } from '../access/world.ts';
import type { World } from '../access/world.ts';
import { is } from './is.ts';

const minute = 60_000;
const hour = 60 * minute;

const connect = (world: World): Promise<Channel> =>
  Channel.open(world.endpoint, { pingInterval: 0 });

eachStore(
  'a session stays with its connection, and its token opens it elsewhere',
  async (store) => {
    await using world = await makeWorld(await store.makePlace());
    await using one = await connect(world);
    await using other = await connect(world);
    const client = clientOf(one, sessionService);
    await assert.rejects(client.whoami(), is('UNAUTHENTICATED', 'SESSION_NEEDED'));
    const opened = await client.open({ name: 'ADA', password });
    assert.match(opened.token, /^[\w-]{43}$/);
    assert.deepEqual(
      [opened.name, opened.role, opened.hasInitialPassword],
      ['ada', 'teacher', false],
    );
    assert.equal((await client.whoami()).session, opened.session);
    const elsewhere = clientOf(other, sessionService);
    await assert.rejects(elsewhere.whoami(), is('UNAUTHENTICATED'));
    assert.equal((await elsewhere.whoami({}, { session: opened.token })).name, 'ada');
    // A token that is written out is stronger than the session of the connection.
    const { token } = await world.open('zoe');
    assert.equal((await client.whoami({}, { session: token })).name, 'zoe');
    await assert.rejects(client.whoami({}, { session: 'A'.repeat(43) }), is('UNAUTHENTICATED'));
    assert.equal((await client.whoami()).name, 'ada');
    await client.close();
    await assert.rejects(client.whoami(), is('UNAUTHENTICATED'));
    await assert.rejects(elsewhere.whoami({}, { session: opened.token }), is('UNAUTHENTICATED'));
  },
);

eachStore('only the hash of a token is kept, and every login has a new one', async (store) => {
  await using world = await makeWorld(await store.makePlace());
  const client = clientOf(world.channel, sessionService);
  const first = await client.open({ name: 'ada', password });
  const second = await client.open({ name: 'ada', password });
  assert.notEqual(first.token, second.token);
  const rows = await world.parts.store.read((query) =>
    query.selectFrom('sessions').selectAll().execute(),
  );
  const audit = await world.parts.store.read((query) =>
    query.selectFrom('audit').selectAll().execute(),
  );
  const kept = JSON.stringify([rows, audit]);
  assert.equal(rows.length, 2);
  for (const secret of [first.token, second.token, password]) assert.ok(!kept.includes(secret));
});

eachStore('a session lives on while it is used, and through restarts', async (store) => {
  const place = await store.makePlace();
  const { token, clock } = await (async () => {
    await using world = await makeWorld(place);
    const { token: used } = await world.open('ada');
    const { token: idle } = await world.open('ada');
    const client = clientOf(world.channel, sessionService);
    for (let passed = 0; passed < 5; passed++) {
      world.clock += 29 * minute;
      await client.whoami({}, { session: used });
    }
    await assert.rejects(client.whoami({}, { session: idle }), is('UNAUTHENTICATED'));
    return { token: used, clock: world.clock };
  })();
  for (const [later, isOver] of [
    [29 * minute, false],
    [30 * minute, true],
  ] as const) {
    await using stored = await openStoredServices(place, { session: { now: () => clock + later } });
    const identity = await stored.parts.keeper.identify(token);
    assert.equal(identity === undefined, isOver);
    if (isOver) continue;
    // The look above counted as a use, which is written down by and by: it is taken back for the next one.
    const { store: kept } = stored.parts;
    const isNoted = async (): Promise<boolean> => {
      const rows = await kept.read((query) =>
        query.selectFrom('sessions').select('lastUsedAt').execute(),
      );
      return rows.some(({ lastUsedAt }) => lastUsedAt === clock + later);
    };
    const deadline = performance.now() + 5_000;
    while (!(await isNoted())) {
      assert.ok(performance.now() < deadline, 'the use was not noted');
      await setImmediate();
    }
    await kept.write((query) => query.updateTable('sessions').set({ lastUsedAt: clock }).execute());
  }
});

eachStore('a change of role or password ends the sessions of the account', async (store) => {
  await using world = await makeWorld(await store.makePlace());
  const client = clientOf(world.channel, sessionService);
  const { token: root } = await world.open('root');
  const changes = [
    ['accounts.setRole', { name: 'ada', role: 'student' }],
    ['accounts.resetPassword', { name: 'ada', password }],
    ['accounts.disable', { name: 'ada' }],
  ] as const;
  for (const [method, params] of changes) {
    const { token } = await world.open('ada');
    await client.whoami({}, { session: token });
    await world.channel.call(method, params, { session: root });
    await assert.rejects(client.whoami({}, { session: token }), is('UNAUTHENTICATED'), method);
  }
  await world.channel.call('accounts.enable', { name: 'ada' }, { session: root });
  const one = await client.open({ name: 'ada', password });
  const other = await world.open('ada');
  const newPassword = 'another horse, a battery';
  const changed = await client.changePassword(
    { currentPassword: password, newPassword },
    { session: one.token },
  );
  for (const token of [one.token, other.token]) {
    await assert.rejects(client.whoami({}, { session: token }), is('UNAUTHENTICATED'));
  }
  assert.equal((await client.whoami({}, { session: changed.token })).role, 'student');
  await assert.rejects(client.open({ name: 'ada', password }), is('UNAUTHENTICATED'));
  await client.open({ name: 'ada', password: newPassword });
  await assert.rejects(
    client.changePassword({ currentPassword: newPassword, newPassword: 'short' }),
    is('FAILED', 'PASSWORD_UNFIT'),
  );
});

eachStore(
  'what somebody did is written down, with who, what, when, from where and how',
  async (store) => {
    await using world = await makeWorld(await store.makePlace());
    const { token } = await world.open('root');
    await world.channel.call('session.open', { name: 'ada', password });
    await world.channel
      .call('session.open', { name: 'ada', password: 'not the password' })
      .catch(() => undefined);
    await world.channel
      .call('session.open', { name: 'a password typed here', password: 'x' })
      .catch(() => undefined);
    await world.channel.call('accounts.list', {}).catch(() => undefined);
    await world.channel.call(
      'accounts.create',
      { name: 'New', role: 'student' },
      { session: token },
    );
    // What was refused is written down after its answer.
    const read = async (): Promise<Record<string, unknown>[]> => {
      const { entries } = (await world.channel.call('accounts.audit', {}, { session: token })) as {
        entries: Record<string, unknown>[];
      };
      return entries;
    };
    let entries = await read();
    while (entries.filter(({ outcome }) => outcome === 'LOGIN_REFUSED').length < 2) {
      entries = await read();
    }
    const lines = entries.map(
      ({ name, method, subject, address, outcome }) =>
        `${name} ${method} ${subject} ${address} ${outcome}`,
    );
    for (const expected of [
      'null accounts.create admin administrator start done',
      'ada session.open null 127.0.0.1 done',
      'null session.open ada 127.0.0.1 LOGIN_REFUSED',
      'null session.open null 127.0.0.1 LOGIN_REFUSED',
      'ada accounts.list null 127.0.0.1 ACCESS_DENIED',
      'root accounts.create new student 127.0.0.1 done',
    ]) {
      assert.ok(lines.includes(expected), `${expected} is not in\n${lines.join('\n')}`);
    }
    assert.ok(entries.every(({ at }) => at === new Date(world.clock).toISOString()));
    assert.ok(!JSON.stringify(entries).includes('typed here'));
  },
);

test('one who is refused again and again does not fill the audit', async () => {
  await using world = await makeWorld(':memory:');
  for (let index = 0; index < 200; index++) {
    await world.channel.call('accounts.list').catch(() => undefined);
  }
  const { parts } = world;
  const count = async (): Promise<number> =>
    (await parts.store.read((query) => query.selectFrom('audit').select('id').execute())).length;
  await parts.store.write(() => Promise.resolve());
  assert.equal(await count(), 61);
});

test('over datagrams no session stays, and the token travels with each call', async () => {
  await using world = await makeWorld(':memory:');
  await using listener = await serveServices('json+udp://127.0.0.1:0', world.dispatcher);
  await using channel = await Channel.open(listener.endpoint);
  const client = clientOf(channel, sessionService);
  const { token } = await client.open({ name: 'ada', password });
  await assert.rejects(client.whoami(), is('UNAUTHENTICATED', 'SESSION_NEEDED'));
  assert.equal((await client.whoami({}, { session: token })).name, 'ada');
});

test('an idempotency key belongs to its account, and is no way around the table', async () => {
  await using world = await makeWorld(':memory:');
  const { token: root } = await world.open('root');
  const { token: ada } = await world.open('ada');
  const create = (session?: string): Promise<unknown> =>
    world.channel.call(
      'accounts.create',
      { name: 'twice', role: 'student' },
      { idempotencyKey: 'k', ...(session !== undefined && { session }) },
    );
  const made = await create(root);
  // Another session of the same account, as after the connection was lost, has the first answer.
  assert.deepEqual(await create((await world.open('root')).token), made);
  await assert.rejects(create(ada), is('FORBIDDEN'));
  await assert.rejects(create(), is('UNAUTHENTICATED'));
});

eachStore('what another node revokes ends here within a second', async (store) => {
  const place = await store.makePlace();
  await using here = await makeWorld(place);
  await using there = await openStoredServices(place);
  const { token, session } = await here.open('ada');
  await here.channel.call('session.whoami', {}, { session: token });
  await there.parts.store.write((query) =>
    query.deleteFrom('sessions').where('id', '=', session).execute(),
  );
  here.clock += 1_000;
  await assert.rejects(
    here.channel.call('session.whoami', {}, { session: token }),
    is('UNAUTHENTICATED'),
  );
});

eachStore('the last administrator stays one', async (store) => {
  await using world = await makeWorld(await store.makePlace());
  const { token } = await world.open('root');
  const call = (method: string, params: unknown): Promise<unknown> =>
    world.channel.call(method, params, { session: token });
  await call('accounts.disable', { name: 'admin' });
  await assert.rejects(
    call('accounts.disable', { name: 'root' }),
    is('CONFLICT', 'LAST_ADMINISTRATOR'),
  );
  await assert.rejects(call('accounts.setRole', { name: 'root', role: 'student' }), is('CONFLICT'));
  assert.equal(((await call('session.whoami', {})) as { role: string }).role, 'administrator');
});

eachStore('accounts are listed page by page, and what is over is removed', async (store) => {
  await using world = await makeWorld(await store.makePlace());
  const { removeOld } = await import('../../src/applications/accounts/index.ts');
  const { token } = await world.open('root');
  const names: string[] = [];
  for (let after: string | undefined; ;) {
    const page = (await world.channel.call(
      'accounts.list',
      { limit: 3, ...(after !== undefined && { after }) },
      { session: token },
    )) as { accounts: { name: string }[]; next?: string };
    names.push(...page.accounts.map(({ name }) => name));
    after = page.next;
    if (after === undefined) break;
  }
  assert.deepEqual(names, ['ada', 'admin', 'grace', 'max', 'root', 'target', 'zoe']);
  world.clock += 400 * 24 * hour + minute;
  await removeOld(world.parts.store, world.parts.keeper);
  const left = await world.parts.store.read(async (query) => [
    await query.selectFrom('sessions').select('id').execute(),
    await query.selectFrom('audit').select('id').execute(),
  ]);
  assert.deepEqual(left, [[], []]);
});

eachStore(
  'an account has so many sessions, and those used longest ago make room',
  async (store) => {
    await using world = await makeWorld(await store.makePlace());
    const rows = Array.from({ length: 1_005 }, (_, index) => ({
      id: `session-${String(index).padStart(4, '0')}`,
      tokenHash: `hash-${index}`,
      account: world.accounts.ada.id,
      openedAt: world.clock,
      lastUsedAt: world.clock + index,
      address: '192.0.2.1',
    }));
    await world.parts.store.write((query) => query.insertInto('sessions').values(rows).execute());
    await world.parts.store.write((_, run) =>
      run(deleteOldestSessions, { account: world.accounts.ada.id }),
    );
    const left = await world.parts.store.read((query) =>
      query.selectFrom('sessions').select('id').orderBy('id').execute(),
    );
    assert.deepEqual([left.length, left[0]?.id], [1_000, 'session-0005']);
  },
);

eachStore('a name with what no name holds is refused as any unknown one', async (store) => {
  await using world = await makeWorld(await store.makePlace());
  await using channel = await connect(world);
  const client = clientOf(channel, sessionService);
  for (const name of ['ada\0', '\0', '\ud800']) {
    await assert.rejects(client.open({ name, password }), is('UNAUTHENTICATED', 'LOGIN_REFUSED'));
  }
  await client.open({ name: 'ada', password });
  await assert.rejects(client.revoke({ session: 'a\0' }), is('FORBIDDEN'));
});

eachStore('what another node revokes ends here although the clock is set back', async (store) => {
  const place = await store.makePlace();
  await using world = await makeWorld(place);
  await using channel = await connect(world);
  const client = clientOf(channel, sessionService);
  const { token, session } = await world.open('ada');
  await client.whoami({}, { session: token });
  await using other = await openStoredServices(place);
  await other.parts.store.write((query) =>
    query.deleteFrom('sessions').where('id', '=', session).execute(),
  );
  world.clock -= hour;
  await assert.rejects(client.whoami({}, { session: token }), is('UNAUTHENTICATED'));
});
