import { StoreError, storeError } from './errors.ts';
import type { StoreErrorCode } from './errors.ts';

/** Primary result codes of SQLite (sqlite.org/rescode.html) and what they are here. */
const codes: ReadonlyMap<number, StoreErrorCode> = new Map([
  [5, 'STORE_BUSY'],
  [6, 'STORE_BUSY'],
  [11, 'STORE_CORRUPT'],
  [13, 'STORE_FULL'],
  [14, 'STORE_UNREACHABLE'],
  [19, 'STORE_CONSTRAINT'],
  [26, 'STORE_CORRUPT'],
]);

/** Extended codes that say more. */
const extendedCodes: ReadonlyMap<number, StoreErrorCode> = new Map([
  [787, 'STORE_REFERENCE'],
  [1555, 'STORE_DUPLICATE'],
  [2067, 'STORE_DUPLICATE'],
  [2579, 'STORE_DUPLICATE'],
]);

/** What node:sqlite threw, as the store's error; errors of other sorts come back as they are. */
export function fromSqlite(error: unknown, place: string): unknown {
  if (error instanceof StoreError || !(error instanceof Error) || !('code' in error)) return error;
  if (error.code === 'ERR_OUT_OF_RANGE') {
    return storeError('STORE_FAILED', place, error.message, error);
  }
  if (error.code === 'ERR_INVALID_STATE') return storeError('STORE_CLOSED', place, '', error);
  if (error.code !== 'ERR_SQLITE_ERROR' || !('errcode' in error)) return error;
  const number = Number(error.errcode);
  const code = extendedCodes.get(number) ?? codes.get(number % 256) ?? 'STORE_FAILED';
  return storeError(code, place, error.message, error);
}

/** Whether waiting may help: somebody else holds a lock. */
export function isBusy(error: unknown): boolean {
  return error instanceof StoreError && error.code === 'STORE_BUSY';
}
