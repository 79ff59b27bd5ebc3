import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { cbor } from 'guichet/presentation';
import { describeValue, graphs, leaves, rarities } from '../../../test/support/graphs.ts';

/** Python's cbor2, which shares no code and no language with ours. */
const python = '/usr/bin/python3';

/** Reads and writes the descriptions of test/support/graphs.ts, one JSON a line. */
const descriptions = String.raw`
import json, math, re, struct, sys
from datetime import datetime, timedelta, timezone
import cbor2

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)

def text_of(description):
    return json.dumps(description, separators=(',', ':'), ensure_ascii=False).encode()

class Describer:
    def __init__(self):
        self.numbers = {}
        self.held = []

    def describe(self, value):
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, int):
            return {'integer': str(value)}
        if isinstance(value, float):
            is_integer = value.is_integer() and abs(value) < 2 ** 53
            if is_integer and not (value == 0 and math.copysign(1, value) < 0):
                return {'integer': str(int(value))}
            return {'float': struct.pack('>d', math.nan if math.isnan(value) else value).hex()}
        if isinstance(value, str):
            return {'text': value}
        if isinstance(value, bytes):
            return {'bytes': value.hex()}
        if isinstance(value, datetime):
            return {'date': round((value - EPOCH) / timedelta(milliseconds=1))}
        if value is cbor2.undefined:
            return {'undefined': True}
        if isinstance(value, cbor2.CBORSimpleValue):
            return {'simple': value.value}
        if isinstance(value, cbor2.CBORTag) and value.tag != 259:
            return {'tag': str(value.tag), 'content': self.describe(value.value)}
        if id(value) in self.numbers:
            return {'same': self.numbers[id(value)]}
        self.numbers[id(value)] = len(self.numbers)
        self.held.append(value)
        if isinstance(value, list):
            return {'array': [self.describe(element) for element in value]}
        if isinstance(value, set):
            return {'set': sorted((self.describe(element) for element in value), key=text_of)}
        if isinstance(value, cbor2.CBORTag):
            return {'map': self.entries(value.value)}
        is_object = all(isinstance(key, str) for key in value)
        return {'object' if is_object else 'map': self.entries(value)}

    def entries(self, value):
        keyed = [(self.describe(key), item) for key, item in value.items()]
        keyed.sort(key=lambda entry: text_of(entry[0]))
        return [[key, self.describe(item)] for key, item in keyed]

class Builder:
    def __init__(self):
        self.containers = []

    def build(self, description):
        if description is None or isinstance(description, bool):
            return description
        kind, = (key for key in description if key != 'content')
        given = description[kind]
        if kind == 'integer':
            return int(given)
        if kind == 'float':
            return struct.unpack('>d', bytes.fromhex(given))[0]
        if kind == 'text':
            return given
        if kind == 'bytes':
            return bytes.fromhex(given)
        if kind == 'date':
            return EPOCH + timedelta(milliseconds=given)
        if kind == 'undefined':
            return cbor2.undefined
        if kind == 'simple':
            return cbor2.CBORSimpleValue(given)
        if kind == 'tag':
            return cbor2.CBORTag(int(given), self.build(description['content']))
        if kind == 'same':
            return self.containers[given]
        if kind == 'set':
            self.containers.append(None)
            return {self.build(element) for element in given}
        if kind == 'array':
            self.containers.append([])
            array = self.containers[-1]
            array.extend(self.build(element) for element in given)
            return array
        entries = {}
        needs_tag = kind == 'map' and all('text' in (key or {}) for key, _ in given)
        self.containers.append(cbor2.CBORTag(259, entries) if needs_tag else entries)
        container = self.containers[-1]
        for key, item in given:
            entries[self.build(key)] = self.build(item)
        return container
`;

/** Runs a loop of Python over all inputs, a line in and a line out for each. */
function runPython(body: string, inputs: readonly string[]): string[] {
  const { stdout, stderr, status, error } = spawnSync(python, ['-c', `${descriptions}${body}`], {
    input: inputs.join('\n'),
    encoding: 'utf8',
    maxBuffer: 256 * 1_048_576,
  });
  if (error !== undefined) throw error;
  assert.equal(status, 0, stderr);
  const outputs = stdout.trimEnd().split('\n');
  assert.equal(outputs.length, inputs.length);
  return outputs;
}

const decodeThere = String.raw`
for line in sys.stdin:
    print(json.dumps(Describer().describe(cbor2.loads(bytes.fromhex(line)))))
`;

const encodeThere = (options: string): string => String.raw`
for line in sys.stdin:
    print(cbor2.dumps(Builder().build(json.loads(line)), ${options}).hex())
`;

function sample(values: fc.Arbitrary<unknown>, count: number): unknown[] {
  return fc.sample(values, { numRuns: count, ...fc.readConfigureGlobal() });
}

function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

function decodeHex(hex: string): unknown {
  return codec.decode(Buffer.from(hex, 'hex'));
}

const codec = cbor();

describe("Python's cbor2", () => {
  it('reads leaves, sets, tags and simple values that we wrote', () => {
    const values = sample(fc.oneof(leaves, rarities), 2_000);
    const read = runPython(
      decodeThere,
      values.map((value) => toHex(codec.encode(value))),
    );
    for (const [index, value] of values.entries()) {
      assert.deepEqual(JSON.parse(read[index] ?? ''), describeValue(value));
    }
  });

  it('reads graphs that we wrote, every reference leading to the same object', () => {
    const values = sample(graphs, 1_000);
    const read = runPython(
      decodeThere,
      values.map((value) => toHex(codec.encode(value))),
    );
    for (const [index, value] of values.entries()) {
      assert.deepEqual(JSON.parse(read[index] ?? ''), describeValue(value));
    }
  });

  it('writes leaves, sets, tags and simple values that we read', () => {
    const described = sample(fc.oneof(leaves, rarities), 2_000).map((value) =>
      describeValue(value),
    );
    const inputs = described.map((description) => JSON.stringify(description));
    for (const options of ['value_sharing=True', 'canonical=True', 'datetime_as_timestamp=True']) {
      const written = runPython(encodeThere(options), inputs);
      for (const [index, description] of described.entries()) {
        assert.deepEqual(describeValue(decodeHex(written[index] ?? '')), description);
      }
    }
  });

  it('writes graphs that we read, every reference leading to the same object', () => {
    const described = sample(graphs, 1_000).map((value) => describeValue(value));
    const written = runPython(
      encodeThere('value_sharing=True'),
      described.map((description) => JSON.stringify(description)),
    );
    for (const [index, description] of described.entries()) {
      assert.deepEqual(describeValue(decodeHex(written[index] ?? '')), description);
    }
  });

  // Its order of keys is that of RFC 7049, the same as ours among texts and among naturals.
  it('writes canonically the very bytes that we write deterministically', () => {
    const deterministic = cbor({ deterministic: true, sharing: false });
    const trees = fc.letrec((tie) => ({
      tree: fc.oneof(
        { depthSize: 'small' },
        leaves.filter((leaf) => !(leaf instanceof Date)),
        fc.array(tie('tree'), { maxLength: 5 }),
        fc.dictionary(
          fc.string({ unit: 'binary', maxLength: 40 }).filter((key) => key !== '__proto__'),
          tie('tree'),
          { maxKeys: 5, noNullPrototype: true },
        ),
        fc.uniqueArray(fc.nat(), { maxLength: 5 }).map((elements) => new Set(elements)),
      ),
    })).tree;
    const values = sample(trees, 1_000);
    const written = runPython(
      encodeThere('canonical=True'),
      values.map((value) => JSON.stringify(describeValue(value))),
    );
    for (const [index, value] of values.entries()) {
      assert.equal(toHex(deterministic.encode(value)), written[index]);
    }
  });

  it('reads a graph with 70,000 shared objects that we wrote', () => {
    const shared = Array.from({ length: 70_000 }, (_, index) => [index]);
    const [read] = runPython(
      String.raw`
for line in sys.stdin:
    first, second = cbor2.loads(bytes.fromhex(line))
    print(all(a is b and a == [index] for index, (a, b) in enumerate(zip(first, second))))
`,
      [toHex(codec.encode([shared, [...shared]]))],
    );
    assert.equal(read, 'True');
  });

  it('runs the examples of docs/cbor.md', () => {
    const guide = readFileSync(join(import.meta.dirname, '../../../docs/cbor.md'), 'utf8');
    const examples = [...guide.matchAll(/^```python\n(.*?)^```/gms)];
    assert.equal(examples.length, 2);
    const { status, stderr } = spawnSync(
      python,
      ['-c', examples.map(([, code]) => code).join('')],
      {
        encoding: 'utf8',
      },
    );
    assert.equal(status, 0, stderr);
  });
});
