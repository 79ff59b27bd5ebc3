import { CallError } from '../../service/index.ts';
import type { CallErrorCode } from '../../service/index.ts';
import { SessionError } from '../../session/index.ts';
import type { SessionErrorCode } from '../../session/index.ts';
import { StoreError } from '../../store/index.ts';
import type { StoreErrorCode } from '../../store/index.ts';

const ofSessions: Readonly<Record<SessionErrorCode, CallErrorCode>> = {
  ACCESS_DENIED: 'FORBIDDEN',
  LOGIN_BUSY: 'OVERLOADED',
  LOGIN_REFUSED: 'UNAUTHENTICATED',
  PASSWORD_UNFIT: 'FAILED',
  SESSION_NEEDED: 'UNAUTHENTICATED',
};

/** What callers are told of the store's failures; of all others they learn nothing. */
const ofStores: ReadonlyMap<StoreErrorCode, readonly [CallErrorCode, string]> = new Map([
  ['STORE_BUSY', ['OVERLOADED', 'the store is held by another process; try again later']],
  ['STORE_CLOSED', ['OVERLOADED', 'the server is stopping']],
  ['STORE_CONFLICT', ['CONFLICT', 'others kept changing the same at the same time; try again']],
  ['STORE_FULL', ['OVERLOADED', 'the store has no room left; nothing was changed']],
  ['STORE_OVERLOADED', ['OVERLOADED', 'too much is waiting for the store; try again later']],
  ['STORE_TIMEOUT', ['DEADLINE_EXCEEDED', 'the store took too long; nothing was changed']],
  [
    'STORE_UNCERTAIN',
    [
      'FAILED',
      'the store was lost while committing: look whether it was done before you repeat it',
    ],
  ],
  ['STORE_UNREACHABLE', ['OVERLOADED', 'the store cannot be reached; try again later']],
]);

/** A failure of sessions or of the store as a call's; anything else comes back as it is. */
export function toCallError(error: unknown): unknown {
  if (error instanceof SessionError) {
    const { code, message, details } = error;
    return new CallError(ofSessions[code], message, {
      cause: error,
      data: { ...details, reason: code },
    });
  }
  if (!(error instanceof StoreError)) return error;
  const told = ofStores.get(error.code);
  if (told === undefined) return error;
  const [code, message] = told;
  return new CallError(code, message, { cause: error, data: { reason: error.code } });
}
