import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import * as fc from 'fast-check';
import { IncomingCall } from './incoming.ts';
import { IncomingCalls } from './incoming-calls.ts';

const caller = {
  id: 1,
  remote: { host: '127.0.0.1', port: 1, family: 'IPv4' as const },
  memory: new Map<unknown, unknown>(),
  call: () => Promise.reject(new Error('not here')),
  stream: () => {
    throw new Error('not here');
  },
  notify: () => undefined,
};

function makeCall(id: string | number): IncomingCall {
  return new IncomingCall('a.b', caller, id, undefined, 1, 1_000, () => undefined);
}

suite('the calls of one connection', () => {
  test('are found, and taken out, as in a map', () => {
    const key = fc.oneof(
      fc.constantFrom<string | number>('', '1', 1, 0, -0, 2.5, 2.25, 1e300, 'a'),
      fc.integer({ min: -100, max: 100 }),
      fc.integer({ min: 0, max: 100 }).map(String),
    );
    const steps = fc.array(fc.record({ isAdded: fc.boolean(), key }), { maxLength: 300 });
    fc.assert(
      fc.property(steps, (list) => {
        const calls = new IncomingCalls();
        const expected = new Map<string | number, IncomingCall>();
        for (const step of list) {
          if (!step.isAdded) {
            calls.delete(step.key);
            expected.delete(step.key);
          } else if (!expected.has(step.key)) {
            const call = makeCall(step.key);
            calls.add(step.key, call);
            expected.set(step.key, call);
          }
          assert.equal(calls.size, expected.size);
          assert.equal(calls.get(step.key), expected.get(step.key));
        }
        assert.deepEqual(new Set(calls.clear()), new Set(expected.values()));
        assert.equal(calls.size, 0);
      }),
    );
  });

  test('may be their own keys', () => {
    const calls = new IncomingCalls();
    const made = [makeCall(1), makeCall(2)];
    for (const call of made) calls.add(call, call);
    for (const call of made) assert.equal(calls.get(call), call);
    for (const call of made) calls.delete(call);
    assert.equal(calls.size, 0);
  });
});
