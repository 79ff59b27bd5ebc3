import { GuichetError } from '../errors.ts';

/**
 * Why somebody was not let in.
 *
 * `LOGIN_REFUSED` the account is unknown or disabled, the password wrong, or too many attempts failed
 * before: which of these is never told · `LOGIN_BUSY` too many are logging in at the same time ·
 * `SESSION_NEEDED` no session, or one that expired or was revoked · `ACCESS_DENIED` the session's role
 * does not allow it · `PASSWORD_UNFIT` a new password is too short, too long or the account's own name.
 */
export type SessionErrorCode =
  | 'ACCESS_DENIED'
  | 'LOGIN_BUSY'
  | 'LOGIN_REFUSED'
  | 'PASSWORD_UNFIT'
  | 'SESSION_NEEDED';

/** `details` has `retryAfter` (milliseconds) where waiting helps, `method` where one was called. */
export class SessionError extends GuichetError<SessionErrorCode> {}
