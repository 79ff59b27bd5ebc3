import assert from 'node:assert/strict';
import { CodecError } from '../../src/presentation/index.ts';
import type { Codec } from '../../src/presentation/index.ts';

/** What a codec made of an input that it took. */
export interface RoundTrip<Value> {
  readonly value: Value;
  readonly encoded: Uint8Array;
  readonly again: Value;
}

/**
 * Decodes, encodes and decodes again. Bytes may be refused by a documented error that points into
 * them, whose code is the result; what was decoded must be encodable, and come back.
 */
export function tryRoundTrip<Value>(
  codec: Codec<Value, never>,
  bytes: Uint8Array,
): RoundTrip<Value> | string {
  const before = Buffer.from(bytes);
  let value: Value;
  try {
    value = codec.decode(bytes);
  } catch (error) {
    return checkRefusal(error, bytes);
  } finally {
    if (!before.equals(bytes)) assert.fail('the input was changed');
  }
  // A codec encodes what it decodes, though its types do not say so.
  const encoded = codec.encode(value as never);
  return { value, encoded, again: codec.decode(encoded) };
}

function checkRefusal(error: unknown, bytes: Uint8Array): string {
  if (!(error instanceof CodecError)) throw error;
  const { offset } = error.details;
  if (offset === undefined && error.code !== 'TOO_LARGE')
    assert.fail(`no offset: ${error.message}`);
  if (typeof offset === 'number' && !(offset >= 0 && offset <= bytes.length)) {
    assert.fail(`offset ${offset} of ${bytes.length} bytes`);
  }
  if (error.message.includes('\n')) assert.fail(`more than one line: ${error.message}`);
  return error.code;
}
