/** What an account may be. */
export type Role = 'administrator' | 'teacher' | 'student';

/** On whose behalf the gradebook is asked. */
export interface Caller {
  /** The account's identifier. */
  readonly account: string;
  readonly role: Role;
}
