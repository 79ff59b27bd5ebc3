import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assert as check, nat, property } from 'fast-check';
import { accountKey, addressKey, throttleDefaults, waitingTime } from './throttle.ts';

const { account: rule, forgetAfter } = throttleDefaults;
const second = 1_000;

test('the delay grows with each failure, up to a lock-out', () => {
  const delays = Array.from({ length: 13 }, (_, count) =>
    waitingTime({ count, lastAt: 0 }, rule, 0, forgetAfter),
  );
  assert.deepEqual(
    delays,
    [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 900, 900, 900].map((seconds) => seconds * second),
  );
  assert.equal(waitingTime({ count: 12, lastAt: 0 }, rule, 899_999, forgetAfter), 1);
  assert.equal(waitingTime({ count: 12, lastAt: 0 }, rule, 900_000, forgetAfter), 0);
  assert.equal(waitingTime(undefined, rule, 0, forgetAfter), 0);
  assert.equal(waitingTime({ count: 99, lastAt: 0 }, rule, forgetAfter, forgetAfter), 0);
});

test('no number of failures makes a wait that is negative, endless or shorter than with fewer', () => {
  check(
    property(nat(1_000_000), nat(10_000_000), (count, now) => {
      const one = waitingTime({ count, lastAt: 0 }, rule, now, forgetAfter);
      const more = waitingTime({ count: count + 1, lastAt: 0 }, rule, now, forgetAfter);
      assert.ok(one >= 0 && one <= rule.lockTime && more >= one);
    }),
  );
});

test('nobody is locked out for as long as the clock was set back', () => {
  const day = 86_400 * second;
  assert.equal(waitingTime({ count: 12, lastAt: day }, rule, 0, forgetAfter), 0);
  // Clocks of nodes may differ a little.
  assert.equal(waitingTime({ count: 12, lastAt: second }, rule, 0, forgetAfter), 901 * second);
});

test('names are counted however they are written, and are not kept as they were typed', () => {
  assert.equal(accountKey('Ada'), accountKey(' ada '));
  assert.equal(accountKey('\u212Bda'), accountKey('\u00C5DA'));
  assert.ok(!accountKey('my password, in the wrong field').includes('password'));
});

test('an address of IPv6 is counted with its whole network, one of IPv4 alone', () => {
  assert.equal(addressKey('192.0.2.7'), 'address:192.0.2.7');
  assert.equal(addressKey('::ffff:192.0.2.7'), 'address:192.0.2.7');
  assert.equal(
    addressKey('2001:db8:0:1::7'),
    addressKey('2001:0DB8:0000:0001:ffff:ffff:ffff:ffff'),
  );
  assert.notEqual(addressKey('2001:db8:0:1::7'), addressKey('2001:db8:0:2::7'));
  assert.equal(addressKey('fe80::1%eth0'), 'address:fe80:0:0:0::/64');
  assert.equal(addressKey('stateless 192.0.2.7'), 'address of stateless:192.0.2.7');
  assert.equal(addressKey('stateless 2001:db8::1'), 'address of stateless:2001:db8:0:0::/64');
  assert.equal(addressKey('::1'), 'address:0:0:0:0::/64');
});
