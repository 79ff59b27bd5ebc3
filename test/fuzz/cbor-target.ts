import assert from 'node:assert/strict';
import { cbor, CodecError, Simple, Tagged } from '../../src/presentation/index.ts';
import { tryRoundTrip } from './round-trip.ts';
import { isSameGraph } from './same-graph.ts';
import type { FuzzTarget } from './target.ts';

const plain = cbor();
const deterministic = cbor({ deterministic: true });

/** The first byte of an input chooses one. */
const codecs = [
  plain,
  cbor({ sharing: false }),
  cbor({ maxDepth: 8, maxItems: 20, maxBigIntBytes: 16 }),
];

function createPromotion(): unknown {
  const promotion = { name: 'L3', students: [] as unknown[] };
  for (const name of ['Zoé', 'Ali'])
    promotion.students.push({ name, promotion, marks: [12.5, 17] });
  return promotion;
}

function createSelf(): unknown {
  const list = [1, -300, { name: true }];
  const self: Record<string, unknown> = { list, map: new Map([['a', Float64Array.of(1)]]) };
  self['self'] = [self, list];
  return self;
}

const values: readonly unknown[] = [
  createPromotion(),
  createSelf(),
  [0, 23, 24, 255, 256, 65_536, 2 ** 32, -1, -25, -257, 2 ** 53, 1n, 2n ** 64n, -(2n ** 70n)],
  [0.5, -0, 1e300, Number.NaN, Infinity, true, false, null, undefined, '', 'é'.repeat(20)],
  new Map<unknown, unknown>([
    ['a', 1],
    [1, new Set(['a', [], new Set()])],
    [{ key: 1 }, new Map([['b', 2]])],
  ]),
  [new Date(0), new Date(1.5), Uint8Array.of(1, 2, 3), Float64Array.of(1.5), Int16Array.of(-1)],
  [
    new Tagged(32, 'http://example.org'),
    new Tagged(2n ** 60n, []),
    new Simple(16),
    new Simple(255),
  ],
];

/** What an encoder of ours does not write, but others do; in hexadecimal. */
const foreign = [
  '9f018202039fffff',
  'bf6161019f02ff6162bfffff',
  '7f616162c3a9ff',
  '5f4101420203ff',
  'd9d9f783f97e00fa7fc00000fb7ff0000000000000',
  'd81c82d81d00d81c80',
  'd81c65626f6e6a72',
  'd81ca36161d81d000161626163d9d9f7fa7f7fffff',
  'c074323031332d30332d32315432303a30343a30305a',
  'c11a514b67b0c1fb41d452d9ec200000',
  'c249010000000000000000c34101c240',
  'd90102820102d90103a1616102d90103a0',
  'a26161d81c80d81d0000',
  'd84445000102030405d8564800000000000000f0d84e44ffffff7f',
];

/** The object graphs of the cbor codec, in all its ways. */
export const cborTarget: FuzzTarget = {
  name: 'cbor',
  seeds: [
    ...values.map((value) => Buffer.concat([Uint8Array.of(0), cbor().encode(value)])),
    ...foreign.map((hex, index) => Buffer.from(`0${index % codecs.length}${hex}`, 'hex')),
    Buffer.from(`00${'81'.repeat(600)}00`, 'hex'),
  ],
  tokens:
    'd81c d81d00 d81d01 d90102 d90103 d9d9f7 c0 c1 c249 c3 9f bf 5f 7f ff 80 a0 82 a1 60 6161 '
      .concat('40 f6 f7 f97e00 1b 9bffffffffffffffff bb7fffffffffffffff 5b0000000100000000 ')
      .concat('695f5f70726f746f5f5f')
      .split(' ')
      .map((hex) => Buffer.from(hex, 'hex')),
  run(bytes) {
    const codec = codecs[(bytes[0] ?? 0) % codecs.length] ?? plain;
    const trip = tryRoundTrip(codec, bytes.subarray(1));
    if (typeof trip === 'string') return;
    const { value, encoded, again } = trip;
    assert.ok(isSameGraph(again, value, [Simple]));
    assert.equal(Buffer.compare(codec.encode(again), encoded), 0);
    checkDeterministic(value);
  },
};

/** The deterministic encoding, which refuses maps whose keys are equal or hold a cycle. */
function checkDeterministic(value: unknown): void {
  let encoded: Uint8Array;
  try {
    encoded = deterministic.encode(value);
  } catch (error) {
    if (!(error instanceof CodecError)) throw error;
    if (error.code !== 'TOO_DEEP') assert.match(error.message, /two equal keys/);
    return;
  }
  const again = deterministic.decode(encoded);
  assert.equal(Buffer.compare(deterministic.encode(again), encoded), 0);
}
