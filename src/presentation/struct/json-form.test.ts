import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { CodecError, parseLayout } from '../index.ts';

type Value = Record<string, unknown>;

/** There through JSON text, and back. */
function roundTrip(layout: string, json: string): string {
  const type = parseLayout(layout);
  const bytes = type.encode(type.fromJson(JSON.parse(json)) as Value);
  return JSON.stringify(type.toJson(type.decode(bytes)));
}

test('bytes are hexadecimal text in JSON, with or without spaces, or an array of integers', () => {
  for (const given of ['"0aff00"', '"0a ff 00"', '"0A:FF:00"', '[10, 255, 0]']) {
    assert.equal(roundTrip('key:bytes8', `{"key":${given}}`), '{"key":"0aff00"}');
    assert.equal(roundTrip('key:bytes[3]', `{"key":${given}}`), '{"key":"0aff00"}');
  }
  assert.equal(roundTrip('key:bytes8', '{"key":""}'), '{"key":""}');
  assert.equal(roundTrip('key:bytes8', '{"key":[]}'), '{"key":""}');
});

test('a 64-bit integer is a number in JSON as long as that is exact, and text beyond', () => {
  assert.equal(roundTrip('id:u64', '{"id":7}'), '{"id":7}');
  assert.equal(roundTrip('id:u64', '{"id":"7"}'), '{"id":7}');
  assert.equal(roundTrip('id:i64le', '{"id":"-9"}'), '{"id":-9}');
  const largest = '{"id":"18446744073709551615"}';
  assert.equal(roundTrip('id:u64', largest), largest);
  const edge = '{"id":9007199254740991}';
  assert.equal(roundTrip('id:u64', edge), edge);
});

test('floats without a number are their names in JSON', () => {
  const json = '{"a":"NaN","b":"Infinity","c":"-Infinity","d":0.5}';
  assert.equal(roundTrip('a:f64,b:f32,c:f64le,d:f32le', json), json);
});

test('fields are converted inside structs, arrays, arrays of arrays and unions', () => {
  const layout =
    'at:{key:bytes[2]},all:{id:u64,tag:bytes8}[u8],square:u64[2][2],what:u8<kind>{file=1{body:bytes16},none=2}';
  const json =
    '{"at":{"key":"0102"},"all":[{"id":"9007199254740993","tag":"ff"}],"square":[[1,2],[3,4]],"what":{"kind":"file","body":"00"}}';
  assert.equal(roundTrip(layout, json), json);
  const none = json.replace('{"kind":"file","body":"00"}', '{"kind":"none"}');
  assert.equal(roundTrip(layout, none), none);
});

test('what stands for no value names its place and what was expected', () => {
  const refuse = (layout: string, json: string, message: RegExp): void => {
    assert.throws(
      () => parseLayout(layout).fromJson(JSON.parse(json)),
      (error) => error instanceof CodecError && message.test(error.message),
    );
  };
  refuse('key:bytes[2]', '{"key":"0af"}', /^\.key: expected bytes as hexadecimal text, "0aff"/);
  refuse('key:bytes[2]', '{"key":"zz"}', /^\.key: expected bytes as hexadecimal text.*got "zz"$/);
  refuse('all:{key:bytes8}[u8]', '{"all":[{"key":""},{"key":[256]}]}', /^\.all\[1\]\.key: /);
  refuse('id:u64', '{"id":18446744073709551615}', /^\.id: expected an integer of 2\^53 or more as/);
});

test('what is of another shape is left for encode to refuse', () => {
  const layout = parseLayout('key:bytes8,list:u64[2]');
  for (const value of [null, 7, 'text', [], { list: 5 }, { list: { length: 2 } }, { other: 1 }]) {
    const converted = layout.fromJson(value);
    assert.deepEqual(converted, value);
    assert.throws(() => layout.encode(converted as Value), CodecError);
  }
});

test('a field called like a part of every object is a field like the others', () => {
  assert.equal(
    roundTrip('constructor:bytes8,toString:u64', '{"constructor":"01","toString":2}'),
    '{"constructor":"01","toString":2}',
  );
});

test('any value goes through JSON unchanged', () => {
  const layout = parseLayout('key:bytes16,id:u64,ratio:f64,items:{tag:bytes[3]}[u8]');
  const value = fc.record({
    key: fc.uint8Array({ maxLength: 40 }),
    id: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    ratio: fc.double(),
    items: fc.array(fc.record({ tag: fc.uint8Array({ minLength: 3, maxLength: 3 }) })),
  });
  fc.assert(
    fc.property(value, (given) => {
      const bytes = layout.encode(given);
      const json = JSON.stringify(layout.toJson(layout.decode(bytes)));
      const again = layout.encode(layout.fromJson(JSON.parse(json)) as Value);
      // JSON has no negative zero.
      if (Object.is(given.ratio, -0)) return;
      assert.deepEqual(again, bytes);
    }),
  );
});
