import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { CodecError, createJson, json } from 'guichet/presentation';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

function encodeText(value: unknown): string {
  return decoder.decode(json.encode(value));
}

function faultOf(text: string): Readonly<Record<string, unknown>> {
  return faultOfBytes(encoder.encode(text));
}

function faultOfBytes(frame: Uint8Array): Readonly<Record<string, unknown>> {
  try {
    json.decode(frame);
  } catch (error) {
    assert.ok(error instanceof CodecError, String(error));
    assert.ok(!error.message.includes('\n'));
    return { code: error.code, message: error.message, ...error.details };
  }
  return { code: 'none' };
}

/** Whether a value of JSON holds no infinity, which `JSON.parse` makes of what is out of range. */
function isFiniteThroughout(value: unknown): boolean {
  return typeof value === 'object' && value !== null
    ? Object.values(value).every(isFiniteThroughout)
    : typeof value !== 'number' || Number.isFinite(value);
}

describe('json, encoding', () => {
  it('gives back every JSON value, in one line', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        const frame = json.encode(value);
        assert.ok(!frame.includes(0x0a));
        // Of all that JSON can say, -0 alone has no text of its own in JSON.stringify.
        assert.deepEqual(json.decode(frame), JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('never holds a raw line feed, whatever the strings and names', () => {
    assert.equal(encodeText({ 'a\nb': '\n\r\u2028' }), '{"a\\nb":"\\n\\r\u2028"}');
  });

  it('carries a lone surrogate as an escape, which gives it back', () => {
    assert.equal(encodeText('\uD800'), '"\\ud800"');
    assert.equal(json.decode(json.encode('\uD800')), '\uD800');
  });

  it('carries what toJSON returns, asked once, with its key', () => {
    const keys: string[] = [];
    const money = {
      toJSON(key: string) {
        keys.push(key);
        return { cents: 250 };
      },
    };
    assert.equal(
      encodeText({ price: money, list: [money] }),
      '{"price":{"cents":250},"list":[{"cents":250}]}',
    );
    assert.deepEqual(keys, ['price', '0']);
    assert.equal(encodeText(new Date(0)), '"1970-01-01T00:00:00.000Z"');
  });

  it('refuses with its path what JSON would drop or alter', () => {
    class Mark {
      value = 12;
    }
    const sparse: number[] = [];
    sparse[1] = 1;
    const cases: [value: unknown, path: string][] = [
      [undefined, ''],
      [() => 1, ''],
      [{ a: undefined }, '.a'],
      [{ a: [1, { 'b c': Symbol('s') }] }, '.a[1]["b c"]'],
      [[1, Number.NaN], '[1]'],
      [{ n: Number.POSITIVE_INFINITY }, '.n'],
      [{ n: 1n }, '.n'],
      [{ when: new Date(Number.NaN), method() {} }, '.method'],
      [sparse, '[0]'],
      [new Map(), ''],
      [{ s: new Set([1]) }, '.s'],
      [[new Uint8Array(2)], '[0]'],
      [{ mark: new Mark() }, '.mark'],
      [{ date: { toJSON: () => 1n } }, '.date'],
    ];
    for (const [value, path] of cases) {
      assert.throws(
        () => json.encode(value),
        (error) => {
          assert.ok(error instanceof CodecError);
          assert.equal(error.code, 'UNENCODABLE');
          assert.equal(error.details['path'], path);
          return true;
        },
      );
    }
  });

  it('refuses a cycle and says where it leads, but not an object met twice', () => {
    const student: Record<string, unknown> = { name: 'Zoé' };
    assert.equal(encodeText([student, student]), '[{"name":"Zoé"},{"name":"Zoé"}]');
    student['friends'] = [{ of: student }];
    assert.throws(() => json.encode({ student }), {
      code: 'UNENCODABLE',
      message: /^\.student\.friends\[0\]\.of is a reference back to \.student,/,
    });
  });

  it('wraps what a getter throws', () => {
    const cause = new RangeError('no');
    const value = {
      get broken() {
        throw cause;
      },
    };
    assert.throws(() => json.encode(value), { name: 'CodecError', code: 'UNENCODABLE', cause });
  });

  it('holds to its limits before taking memory', () => {
    const small = createJson({ maxDepth: 2, maxBytes: 20 });
    assert.equal(decoder.decode(small.encode([['']])), '[[""]]');
    assert.throws(() => small.encode([[[1]]]), {
      code: 'TOO_DEEP',
      details: { path: '[0][0]', limit: 2 },
    });
    assert.equal(small.encode('x'.repeat(18)).length, 20);
    assert.throws(() => small.encode('x'.repeat(19)), { code: 'TOO_LARGE' });
    assert.throws(() => small.encode('é'.repeat(10)), { code: 'TOO_LARGE' });
    let doubled: unknown = 'x';
    for (let level = 0; level < 100; level++) doubled = [doubled, doubled];
    assert.throws(() => json.encode(doubled), { code: 'TOO_LARGE' });
  });

  it('accepts a text of exactly the limit, whatever it is made of', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const { length } = json.encode(value);
        assert.equal(createJson({ maxBytes: length }).encode(value).length, length);
        assert.throws(() => createJson({ maxBytes: length - 1 }).encode(value), {
          code: 'TOO_LARGE',
        });
      }),
    );
  });
});

describe('json, decoding', () => {
  it('names the byte, the line and the column of the fault', () => {
    const cases: [text: string, code: string, offset: number, line: number, column: number][] = [
      ['', 'TRUNCATED', 0, 1, 1],
      ['{"é": tru}', 'MALFORMED', 10, 1, 10],
      ['{\n  "a": 1,\n  "é" 2\n}', 'MALFORMED', 19, 3, 7],
      ['[1,]', 'MALFORMED', 3, 1, 4],
      ['{"a":1,}', 'MALFORMED', 7, 1, 8],
      ['{a:1}', 'MALFORMED', 1, 1, 2],
      ["['a']", 'MALFORMED', 1, 1, 2],
      ['[1', 'TRUNCATED', 2, 1, 3],
      ['"abc', 'TRUNCATED', 4, 1, 5],
      ['"a\nb"', 'MALFORMED', 2, 1, 3],
      ['"\\x"', 'MALFORMED', 2, 1, 3],
      ['"\\u12g4"', 'MALFORMED', 5, 1, 6],
      ['01', 'MALFORMED', 1, 1, 2],
      ['-', 'TRUNCATED', 1, 1, 2],
      ['1.e3', 'MALFORMED', 2, 1, 3],
      ['.5', 'MALFORMED', 0, 1, 1],
      ['NaN', 'MALFORMED', 0, 1, 1],
      ['1 2', 'TRAILING_BYTES', 2, 1, 3],
      ['{} {}', 'TRAILING_BYTES', 3, 1, 4],
      ['[1}', 'MALFORMED', 2, 1, 3],
      ['\uFEFF{}', 'MALFORMED', 0, 1, 1],
    ];
    for (const [text, code, offset, line, column] of cases) {
      const fault = faultOf(text);
      assert.deepEqual(
        {
          code: fault['code'],
          offset: fault['offset'],
          line: fault['line'],
          column: fault['column'],
        },
        { code, offset, line, column },
        text,
      );
    }
    assert.equal(
      faultOf('[1, 2\n 3]')['message'],
      'Not JSON at byte 7 (line 2, column 2): expected "," or "]", got "3"',
    );
  });

  it('finds a fault in the text exactly when the native parser does, where it stops making sense', () => {
    const characters = fc.constantFrom(...Array.from('{}[],:"\\ \n\t-+.0123eEutrfalsnb/é'));
    const mutated = fc
      .tuple(fc.json(), fc.nat(), characters, fc.boolean())
      .map(([text, place, character, replaces]) => {
        const at = place % (text.length + 1);
        return text.slice(0, at) + character + text.slice(replaces ? at + 1 : at);
      });
    fc.assert(
      fc.property(fc.oneof(mutated, fc.string({ unit: characters })), (text) => {
        let expected: unknown;
        try {
          expected = JSON.parse(text);
        } catch (error) {
          assert.ok(error instanceof SyntaxError);
          const fault = faultOf(text);
          assert.notEqual(fault['code'], 'none');
          assert.ok(!String(fault['message']).includes('the text was refused'), text);
          // What stands before the fault can still be completed or, for trailing bytes, is complete.
          const offset = Number(fault['offset']);
          const before = decoder.decode(encoder.encode(text).subarray(0, offset));
          const { code, message } = faultOf(before);
          const isTooGreat = String(message).includes('beyond the range');
          assert.ok(code === 'TRUNCATED' || code === 'none' || isTooGreat, `${text}: ${before}`);
          return;
        }
        if (isFiniteThroughout(expected)) {
          assert.deepEqual(json.decode(encoder.encode(text)), expected);
        } else {
          assert.match(String(faultOf(text)['message']), /beyond the range/);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('refuses ill-formed UTF-8, and random bytes with nothing but its own errors', () => {
    assert.deepEqual(faultOfBytes(Uint8Array.from([0x22, 0xff, 0x22]))['offset'], 1);
    fc.assert(
      fc.property(fc.uint8Array(), (frame) => {
        faultOfBytes(frame);
      }),
    );
  });

  it('refuses every proper beginning of an object as truncated', () => {
    const frame = json.encode({ name: 'Zoé', marks: [12.5, -1e3, true, null], more: { a: '\n' } });
    for (let length = 0; length < frame.length; length++) {
      const fault = faultOfBytes(frame.subarray(0, length));
      const isInsideCharacter = ((frame[length] ?? 0) & 0xc0) === 0x80;
      assert.equal(fault['code'], isInsideCharacter ? 'MALFORMED' : 'TRUNCATED');
    }
  });

  it('keeps a __proto__ member a plain property, both ways', () => {
    const text = '{"__proto__":{"polluted":true},"a":1}';
    const value = json.decode(encoder.encode(text));
    assert.equal(Object.getPrototypeOf(value), Object.prototype);
    assert.equal(encodeText(value), text);
    assert.equal(encodeText([value, new Date(0)]), `[${text},"1970-01-01T00:00:00.000Z"]`);
    assert.equal(Object.hasOwn(Object.prototype, 'polluted'), false);
  });

  it('refuses to nest deeper than its limit, brackets in strings aside', () => {
    const nested = (depth: number): Uint8Array =>
      encoder.encode('[{"a":'.repeat(depth / 2) + '1' + '}]'.repeat(depth / 2));
    assert.doesNotThrow(() => json.decode(nested(512)));
    const fault = faultOfBytes(nested(514));
    assert.equal(fault['code'], 'TOO_DEEP');
    assert.equal(fault['offset'], 6 * 256);
    assert.equal(faultOfBytes(nested(200_000))['code'], 'TOO_DEEP');
    const quoted = '["\\"' + '['.repeat(2000) + '\\\\", "' + '{'.repeat(2000) + '"]';
    assert.equal(faultOf(quoted)['code'], 'none');
  });

  it('refuses a number that no double can hold, and says where it is', () => {
    const cases = { '1e400': '', '[1,-1e309]': '[1]', '{"a":[{"b c":1e999}]}': '.a[0]["b c"]' };
    for (const [sent, path] of Object.entries(cases)) {
      const fault = faultOf(sent);
      assert.deepEqual([fault['code'], fault['path']], ['MALFORMED', path], sent);
      assert.match(String(fault['message']), /beyond the range of doubles: send it as a string$/);
    }
    assert.equal(faultOf('9'.repeat(309))['code'], 'MALFORMED');
    assert.equal(faultOf('[1e308, 1e-400, -0, "1e400"]')['code'], 'none');
  });

  it('refuses a text over its limit unread', () => {
    const small = createJson({ maxBytes: 3 });
    assert.equal(small.decode(encoder.encode('123')), 123);
    assert.throws(() => small.decode(encoder.encode('1234')), { code: 'TOO_LARGE' });
  });
});

it('leaves members that are undefined out where that is asked for, and nothing else', () => {
  const lenient = createJson({ omitsUndefined: true });
  const write = (value: unknown): string => Buffer.from(lenient.encode(value)).toString();
  assert.equal(write({ a: undefined, b: { c: undefined, d: 1 } }), '{"b":{"d":1}}');
  for (const value of [undefined, [undefined], { a: Number.NaN }, { a: () => 1 }]) {
    assert.throws(() => lenient.encode(value), { code: 'UNENCODABLE' });
  }
});
