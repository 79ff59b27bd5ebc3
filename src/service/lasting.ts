import { validate } from './schema.ts';
import type { Schema } from './schema.ts';

/** What is remembered of a result that lasts. */
interface Checked {
  readonly schema: Schema;
  readonly value: unknown;
}

/** By the result as its handler gives it; nothing, as long as it was not given to anybody. */
const checked = new WeakMap<object, Checked | undefined>();
/** By the result as it was checked: its JSON text, or nothing as long as it was not written. */
const texts = new WeakMap<object, string | undefined>();

/**
 * Declares that a result will never change again, nor anything in it: a handler that gives the same one
 * to caller after caller has it checked against its schema once, and written as JSON once. What is
 * remembered goes with the result itself.
 *
 * @example
 * ```ts
 * import { connect, defineService, implement, lasting, method, serveServices } from 'guichet/service';
 * import { z } from 'zod';
 *
 * const atlas = defineService('atlas', { rivers: method({ params: z.strictObject({}), result: z.array(z.string()) }) });
 * const rivers = lasting(['Loire', 'Seine', 'Rhône']);
 * await using server = await serveServices('json+tcp://127.0.0.1:0', [
 *   implement(atlas, { rivers: () => rivers }),
 * ]);
 * await using client = await connect(server.endpoint, atlas);
 * if ((await client.rivers()).length !== 3) throw new Error('three rivers');
 * ```
 */
export function lasting<Result extends object>(result: Result): Result {
  if (!checked.has(result)) checked.set(result, undefined);
  return result;
}

/**
 * {@link validate} of a result: once only of one that lasts.
 * @throws {CallError} `INVALID_RESULT`
 */
export function checkResult(schema: Schema, result: unknown, method: string): unknown {
  if (typeof result !== 'object' || result === null || !checked.has(result)) {
    return validate(schema, result, 'INVALID_RESULT', method);
  }
  const known = checked.get(result);
  if (known?.schema === schema) return known.value;
  const value = validate(schema, result, 'INVALID_RESULT', method);
  if (value instanceof Promise) return value;
  checked.set(result, { schema, value });
  if (typeof value === 'object' && value !== null) texts.set(value, undefined);
  return value;
}

/** The text of a result, remembered if the result lasts. */
export function writeLasting(
  result: unknown,
  write: (result: unknown) => string | undefined,
): string | undefined {
  if (typeof result !== 'object' || result === null || !texts.has(result)) return write(result);
  let text = texts.get(result);
  if (text === undefined) {
    text = write(result);
    texts.set(result, text);
  }
  return text;
}
