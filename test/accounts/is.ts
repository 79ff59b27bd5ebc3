import { CallError } from '../../src/service/index.ts';
import type { CallErrorCode } from '../../src/service/index.ts';

/** Whether what was thrown is a call's failure of a code, and of a reason where one is given. */
export function is(code: CallErrorCode, reason?: string) {
  return (error: unknown): boolean =>
    error instanceof CallError &&
    error.code === code &&
    (reason === undefined || error.data?.['reason'] === reason);
}
