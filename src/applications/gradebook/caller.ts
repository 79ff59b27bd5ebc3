import type { Kysely } from '../../store/index.ts';
import type { GradebookTables } from './tables.ts';

/** What an account may be. */
export type Role = 'administrator' | 'teacher' | 'student';

/** On whose behalf the gradebook is asked. */
export interface Caller {
  /** The account's identifier. */
  readonly account: string;
  readonly role: Role;
}

/** What the gradebook is to know of an account. */
export interface KnownAccount {
  readonly name: string;
  readonly role: Role;
}

/** Looks an account up by its identifier, in the state of a transaction. */
export type FindAccount = (
  query: Kysely<GradebookTables>,
  account: string,
) => Promise<KnownAccount | undefined>;
