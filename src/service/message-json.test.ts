import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import * as fc from 'fast-check';
import { CodecError, createJson, json } from '../presentation/index.ts';
import { messageCodecOf, messageJson, messageJsonUpTo } from './message-json.ts';

/** What a codec gives, or how it refuses. */
function outcomeOf(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    assert.ok(error instanceof CodecError, String(error));
    return [error.code, error.message, error.details];
  }
}

function expectSame(text: string): void {
  const frame = Buffer.from(text);
  assert.deepEqual(
    outcomeOf(() => messageJson.decode(frame)),
    outcomeOf(() => json.decode(frame)),
    text,
  );
  // As a part of a text nothing around it may count.
  if (frame.length !== text.length) return;
  for (const [before, after] of surroundings) {
    const start = before.length;
    assert.deepEqual(
      outcomeOf(() => messageJson.decodeText?.(before + text + after, start, start + text.length)),
      outcomeOf(() => json.decode(frame)),
      text,
    );
  }
}

const surroundings = [
  ['', ''],
  ['{"jsonrpc":"2.0","id":', '7,"result":1}'],
  ['1', '1}}'],
  ['\n', '"result":1}\n'],
  ['{', '}'],
] as const;

const id = fc.oneof(fc.integer(), fc.nat(), fc.string(), fc.constant(null), fc.double());
const payload = fc.oneof(fc.jsonValue(), fc.anything(), fc.constant(Number.POSITIVE_INFINITY));
const meta = fc.oneof(
  fc.record({ deadline: fc.oneof(fc.nat(), fc.double()) }),
  fc.record({ deadline: fc.nat(), session: fc.string() }),
  fc.constant(undefined),
);
const method = fc.oneof(fc.constant('plane.move'), fc.string());
const message = fc.oneof(
  fc.record({ jsonrpc: fc.constant('2.0'), id, result: payload }),
  fc.record({ jsonrpc: fc.constant('2.0'), id, method, params: payload, meta }),
  fc.record({ jsonrpc: fc.constant('2.0'), id, method, params: payload }),
);

suite('the codec of messages', () => {
  test('writes what the codec json writes, without members that are undefined, and refuses what it refuses', () => {
    const lenient = createJson({ omitsUndefined: true });
    fc.assert(
      fc.property(message, (value) => {
        const written = outcomeOf(() => messageJson.encodeText?.(value));
        assert.deepEqual(
          written,
          outcomeOf(() => lenient.encodeText?.(value)),
        );
        const bytes = outcomeOf(() => Buffer.from(messageJson.encode(value)).toString());
        assert.deepEqual(bytes, written);
      }),
      { numRuns: 1_000 },
    );
  });

  test('reads what the codec json reads, and refuses what it refuses', () => {
    const text = fc.oneof(
      fc.jsonValue().map((value) => JSON.stringify(value)),
      fc.constantFrom(
        '',
        ' ',
        '1e400',
        '[1e400]',
        '1,"id":2',
        '{}}',
        '"',
        '\u0001',
        '{"__proto__":1}',
      ),
    );
    const number = fc.constantFrom(
      '0',
      '7',
      '-1',
      '01',
      '1.5',
      '1e3',
      '12345678901234567890',
      '""',
    );
    const name = fc.constantFrom('plane.move', 'a\\u0041', 'é', 'a b', '');
    const tail = fc.constantFrom('}', ' }', '}}', '},', '', ',"meta":{"deadline":007}}');
    fc.assert(
      fc.property(text, number, name, number, tail, (inner, first, called, time, end) => {
        expectSame(`{"jsonrpc":"2.0","id":${first},"result":${inner}${end}`);
        const call = `{"jsonrpc":"2.0","id":${first},"method":"${called}","params":${inner}`;
        expectSame(`${call},"meta":{"deadline":${time}}${end}`);
        expectSame(`${call}${end}`);
      }),
      { numRuns: 2_000 },
    );
  });

  test('reads a call whose parameters look like what follows them', () => {
    expectSame(
      '{"jsonrpc":"2.0","id":1,"method":"a.b","params":{"x":1,"meta":{"deadline":5}},"meta":{"deadline":6}}',
    );
    expectSame('{"jsonrpc":"2.0","id":1,"method":"a.b","params":{"x":1,"meta":{"deadline":5}}}');
    expectSame(
      '{"jsonrpc":"2.0","id":1,"method":"a.b","params":[1],"params":[2],"meta":{"deadline":6}}',
    );
    expectSame('{"jsonrpc":"2.0","id":1,"result":1,"result":2}');
    expectSame('{"jsonrpc":"2.0","id":1,"result":"\ud800"}');
  });

  test('refuses bytes that are no UTF-8, and a byte order mark', () => {
    const text = '{"jsonrpc":"2.0","id":1,"result":"a"}';
    const broken = Buffer.from(text);
    broken[text.length - 3] = 0xff;
    for (const frame of [broken, Buffer.from(`\ufeff${text}`)]) {
      assert.throws(() => messageJson.decode(frame), { code: 'MALFORMED' });
    }
  });
});

test('a message is as long as the frame that carries it may be', () => {
  const answer = { jsonrpc: '2.0', id: 1, result: 'x'.repeat(2_000_000) };
  assert.throws(() => messageJson.encode(answer), { code: 'TOO_LARGE' });
  const { codec } = messageCodecOf({ codec: 'json' }, { maxFrameBytes: 3_000_000 }, 1_000_000);
  assert.ok(codec !== undefined);
  assert.deepEqual(codec.decode((codec as typeof messageJson).encode(answer)), answer);
  assert.throws(() => codec.decode(Buffer.alloc(3_000_001, 0x20)), { code: 'TOO_LARGE' });
  const short = messageCodecOf({ codec: 'json' }, { maxFrameBytes: 100 }, 10);
  assert.equal(short.codec, messageJson);
});

test('a server reads no more items in a long message than allowed, whatever they are', () => {
  const codec = messageJsonUpTo(8_000_000, 100_000);
  const items = (count: number, item: string) => `[${Array.from({ length: count }, () => item)}]`;
  const read = (text: string) => codec.decode(Buffer.from(text.padEnd(2_000_000)));
  for (const item of ['0', '{}', '""', '"a,b:c\\",:"', 'null']) {
    assert.equal((read(items(100_000, item)) as unknown[]).length, 100_000);
    assert.throws(() => read(items(100_001, item)), { code: 'TOO_LARGE', message: /100000 items/ });
  }
  const names = Array.from({ length: 50_001 }, (_, index) => `"k${index}":0`);
  assert.throws(() => read(`{${names.join()}}`), { code: 'TOO_LARGE' });
  assert.equal(Object.keys(read(`{${names.slice(1).join()}}`) as object).length, 50_000);
});
