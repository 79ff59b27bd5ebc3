import type { Identity, Role } from './roles.ts';
import type { Failures } from './throttle.ts';

/** An account as it is kept. */
export interface Account {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  /** In the PHC string format. */
  readonly passwordHash: string;
  readonly hasInitialPassword: boolean;
  readonly isDisabled: boolean;
}

/** A session as it is kept; times in milliseconds since 1970. */
export interface KeptSession {
  readonly id: string;
  /** The SHA-256 of its token. */
  readonly tokenHash: string;
  readonly account: string;
  readonly openedAt: number;
  readonly lastUsedAt: number;
  readonly address: string;
}

/** A session with what its account is at the moment. */
export interface KnownSession extends KeptSession {
  readonly name: string;
  readonly role: Role;
  readonly hasInitialPassword: boolean;
  readonly isDisabled: boolean;
}

/** Where accounts, sessions and failed attempts are kept. Each method is one transaction. */
export interface SessionRepository {
  /** By its name, as `normalizeName` gives it. */
  findAccount(name: string): Promise<Account | undefined>;
  findSession(tokenHash: string): Promise<KnownSession | undefined>;
  /** Keeps a session of an account, and forgets what had failed under `forget`. */
  addSession(session: KeptSession, account: Account, forget: string): Promise<void>;
  /** Notes that a session was used; only ever moves it forward. */
  touchSession(id: string, lastUsedAt: number): Promise<void>;
  /** Ends a session, on behalf of somebody at an address. */
  removeSession(id: string, by: Identity, address: string): Promise<void>;
  /** What failed under each of the keys. */
  findFailures(keys: readonly string[]): Promise<ReadonlyMap<string, Failures>>;
  /** Counts one more failure under each key; those before `forgottenBefore` count no more. */
  addFailure(keys: readonly string[], now: number, forgottenBefore: number): Promise<void>;
}
