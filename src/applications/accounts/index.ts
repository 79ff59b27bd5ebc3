export { AuditLog, type AuditEntry } from './audit.ts';
export { ownAccount, ownSession, type AccessResources } from './conditions.ts';
export { endAllSessions } from './end-sessions.ts';
export { toCallError } from './errors.ts';
export { firstName, makeFirstAdministrator } from './first.ts';
export { SessionGuard, addressOf, bindSession, identityOf } from './guard.ts';
export { keepHouse, removeOld, retentionDefaults, type RetentionOptions } from './housekeeping.ts';
export { implementAccounts } from './methods-accounts.ts';
export { implementSession, type AccountsParts } from './methods-session.ts';
export {
  recoverAccount,
  type AccountUnclear,
  type RecoverOptions,
  type RecoveredAccount,
} from './recover.ts';
export { StoredSessions } from './repository.ts';
export { accounts, session } from './session-service.ts';
export { accountsMigrations } from './tables.ts';
export type { AccountRow, AccountsTables, AuditRow, FailureRow, SessionRow } from './tables.ts';
