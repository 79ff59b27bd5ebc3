import { StoreError, storeError } from './errors.ts';
import type { StoreErrorCode } from './errors.ts';

/** SQLSTATE codes (PostgreSQL, appendix A) and what they are here. */
const codes: ReadonlyMap<string, StoreErrorCode> = new Map([
  ['23503', 'STORE_REFERENCE'],
  ['23505', 'STORE_DUPLICATE'],
  ['40001', 'STORE_CONFLICT'],
  ['40P01', 'STORE_CONFLICT'],
  ['53100', 'STORE_FULL'],
  ['55P03', 'STORE_BUSY'],
  ['XX001', 'STORE_CORRUPT'],
  ['XX002', 'STORE_CORRUPT'],
  ['28P01', 'STORE_UNREACHABLE'],
  ['28000', 'STORE_UNREACHABLE'],
  ['3D000', 'STORE_UNREACHABLE'],
]);

/** The server is stopping, starting, or full; or the network failed: SQLSTATE and what Node calls it. */
const lostCodes: ReadonlySet<string> = new Set([
  '57P01',
  '57P02',
  '57P03',
  '53300',
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
]);

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : '';
}

/** Whether the connection is lost, or could not be had, and a later one may do. */
export function isLost(error: unknown): boolean {
  const code = codeOf(error);
  if (lostCodes.has(code) || code.startsWith('08')) return true;
  // The driver gives these no code.
  return (
    error instanceof Error &&
    code === '' &&
    /terminated|not queryable|timeout exceeded|Connection ended|closed/i.test(error.message)
  );
}

/** Whether the same work may succeed when it is done again. */
export function isConflict(error: unknown): boolean {
  const code = codeOf(error);
  return code === '40001' || code === '40P01';
}

/** What `pg` threw, as the store's error; errors of other sorts come back as they are. */
export function fromPostgres(error: unknown, place: string): unknown {
  if (error instanceof StoreError || !(error instanceof Error)) return error;
  if (isLost(error)) return storeError('STORE_UNREACHABLE', place, error.message, error);
  const code = codeOf(error);
  if (!/^[0-9A-Z]{5}$/.test(code)) return error;
  const known = codes.get(code) ?? (code.startsWith('23') ? 'STORE_CONSTRAINT' : 'STORE_FAILED');
  return storeError(known, place, error.message, error);
}
