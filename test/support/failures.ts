import assert from 'node:assert/strict';
import { CallError } from '../../src/service/index.ts';

/** The error a call must fail with; that it is a {@link CallError} is looked at here. */
export function failureOf(call: Promise<unknown>): Promise<CallError> {
  return call.then(
    (result) => assert.fail(`it was answered ${JSON.stringify(result)}`),
    (error: unknown) => {
      assert.ok(error instanceof CallError, String(error));
      return error;
    },
  );
}
