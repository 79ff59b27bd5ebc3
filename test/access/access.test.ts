import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accessTable } from '../../src/applications/access-table.ts';
import { CallError } from '../../src/service/index.ts';
import { describeGrant, roles } from '../../src/session/index.ts';
import { readPage } from '../../tools/transcripts.ts';
import { eachStore } from '../support/stores.ts';
import { accessCases, ownerOf } from './cases.ts';
import { makeWorld, speakers } from './world.ts';
import type { World } from './world.ts';

const minute = 60_000;

/** Every method by its name, and those that need a session. */
const listed = Object.keys(accessTable).filter((method) => !method.endsWith('.*'));
const closed = listed.filter((method) => accessTable[method] !== 'anyone');

/** What came of a call: `allowed` whatever else it did, or the code of who was not let through. */
async function tryCall(
  world: World,
  method: string,
  params: unknown,
  session: string | undefined,
): Promise<string> {
  try {
    await world.channel.call(method, params, session === undefined ? {} : { session });
    return 'allowed';
  } catch (error) {
    assert.ok(error instanceof CallError, String(error));
    assert.notEqual(error.code, 'INTERNAL_ERROR', method);
    const isRefused = error.code === 'FORBIDDEN' || error.code === 'UNAUTHENTICATED';
    return isRefused ? error.code : 'allowed';
  }
}

/** Sessions that are none: each must be told the same. */
const invalid: Readonly<Record<string, (world: World) => Promise<string | undefined>>> = {
  'no session': () => Promise.resolve(undefined),
  async 'an idle one'(world) {
    const { token } = await world.open('root');
    world.clock += 30 * minute;
    return token;
  },
  async 'an expired one'(world) {
    const { token } = await world.open('root');
    // Used all along, and still over after twelve hours.
    for (let passed = 0; passed < 12 * 60; passed += 20) {
      assert.equal(await tryCall(world, 'session.whoami', {}, token), 'allowed');
      world.clock += 20 * minute;
    }
    return token;
  },
  async 'a revoked one'(world) {
    const { token, session } = await world.open('ada');
    const root = await world.open('root');
    await world.channel.call('session.revoke', { session }, { session: root.token });
    return token;
  },
  async 'one of a disabled account'(world) {
    const { token } = await world.open('max');
    const { token: root } = await world.open('root');
    await world.channel.call('accounts.disable', { name: 'max' }, { session: root });
    await world.channel.call('accounts.enable', { name: 'max' }, { session: root });
    return token;
  },
  async 'a forged one'(world) {
    const { token } = await world.open('root');
    return token.startsWith('A') ? `B${token.slice(1)}` : `A${token.slice(1)}`;
  },
  'an identifier in place of a token': async (world) => (await world.open('root')).session,
  'the hash of a token': () => Promise.resolve('A'.repeat(43)),
  nonsense: () => Promise.resolve("' OR 1=1 --"),
};

eachStore('every method lets those in whom the table names, and nobody else', async (store) => {
  await using world = await makeWorld(await store.makePlace());
  for (const { method, params, allowed } of accessCases) {
    for (const role of roles) {
      for (const whose of ['own', 'foreign'] as const) {
        const asked = await params(world, ownerOf(role, whose));
        const { token } = await world.open(speakers[role].self);
        const expected = allowed[role][whose] ? 'allowed' : 'FORBIDDEN';
        const cell = `${method} by a ${role}, ${whose}`;
        assert.equal(await tryCall(world, method, asked, token), expected, cell);
      }
    }
  }
});

eachStore('no method lets anybody in without a session that holds', async (store) => {
  await using world = await makeWorld(await store.makePlace());
  for (const [kind, make] of Object.entries(invalid)) {
    const token = await make(world);
    for (const method of closed) {
      const asked = await accessCases.find((one) => one.method === method)?.params(world, 'root');
      const outcome = await tryCall(world, method, asked ?? {}, token);
      assert.equal(outcome, 'UNAUTHENTICATED', `${method} with ${kind}`);
    }
  }
});

test('every method that is served is in the table, and those of accounts and sessions have a case', async () => {
  await using world = await makeWorld(':memory:');
  const served = world.dispatcher.services.flatMap(({ service }) =>
    Object.keys(service.methods).map((name) => `${service.name}.${name}`),
  );
  assert.deepEqual(served.toSorted(), listed.toSorted());
  // Those of the gradebook are tested with promotions and students, beside it.
  const ours = closed.filter((method) => /^(?:session|accounts)\./.test(method));
  assert.deepEqual(accessCases.map(({ method }) => method).toSorted(), ours.toSorted());
});

test('a method that is not in the table is called by nobody', async () => {
  await using world = await makeWorld(':memory:');
  const { AccessRules } = await import('../../src/session/index.ts');
  const rules = new AccessRules(accessTable, world.parts);
  const { keeper } = world.parts;
  const identity = await keeper.identify((await world.open('root')).token);
  for (const method of [
    'gradebook.unheardOf',
    'session.unheardOf',
    'toString',
    '__proto__.x',
    '*',
  ]) {
    assert.equal(rules.judge(method, identity, {}), 'denied', method);
    assert.equal(rules.judge(method, undefined, {}), 'session needed', method);
  }
  assert.equal(rules.judge('calculator.evaluate', undefined, {}), 'allowed');
});

test('the documentation has the table as it is', () => {
  const page = readPage('docs/sessions.md');
  const [, section = ''] = page.split('## Who may do what');
  const rows = Array.from(
    section.matchAll(/^\| `(.*)` \| (.*) \|$/gm),
    ([, method, cells = '']) => [method, ...cells.split(' | ')],
  );
  const expected = Object.entries(accessTable).map(([method, row]) =>
    [method].concat(roles.map((role) => describeGrant(row, role))),
  );
  assert.deepEqual(rows, expected);
});
