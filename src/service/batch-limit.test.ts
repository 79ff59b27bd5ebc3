import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import * as fc from 'fast-check';
import { CodecError, json } from '../presentation/index.ts';
import { limitBatches } from './batch-limit.ts';

const limit = 5;
const limited = limitBatches(json, limit);

function read(text: string): unknown {
  try {
    return limited.decode(Buffer.from(text));
  } catch (error) {
    if (error instanceof CodecError) return error.code;
    throw error;
  }
}

suite('a codec with a limit of messages in a batch', () => {
  test('refuses arrays that are longer, and reads all else as before', () => {
    const options = { maxLength: 2 * limit };
    const values = fc.oneof(fc.array(fc.jsonValue(), options), fc.jsonValue());
    const space = fc.stringMatching(/^[ \n\r\t]{0,5}$/);
    fc.assert(
      fc.property(values, space, fc.constantFrom(undefined, 1), (value, before, indent) => {
        const text = `${before}${JSON.stringify(value, undefined, indent)}`;
        const isLonger = Array.isArray(value) && value.length > limit;
        assert.deepEqual(read(text), isLonger ? 'TOO_LARGE' : json.decode(Buffer.from(text)));
      }),
    );
  });

  test('looks no further than one message too many, and says where that is', () => {
    const frame = Buffer.from(`[${'1,'.repeat(400_000)}`);
    assert.throws(
      () => limited.decode(frame),
      (error) => {
        assert.ok(error instanceof CodecError);
        assert.equal(error.message, 'a batch of more than 5 is not a request');
        assert.deepEqual(error.details, { path: '', offset: 10, limit, length: frame.length });
        return true;
      },
    );
  });

  test('leaves it to the codec to say what is wrong with text that is not JSON', () => {
    for (const text of ['[1,', '[}{,1', '"'.repeat(30), '[["', `{"a":"${',"'.repeat(9)}`]) {
      assert.match(String(read(text)), /^(MALFORMED|TRUNCATED|TRAILING_BYTES)$/, text);
    }
  });
});
