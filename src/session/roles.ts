/** What an account may be. */
export const roles = ['administrator', 'teacher', 'student'] as const;

/** `administrator` looks after the accounts · `teacher` holds promotions · `student` sees their own. */
export type Role = (typeof roles)[number];

/** Whether a text names a role. */
export function isRole(text: string): text is Role {
  return roles.some((role) => role === text);
}

/** Who is speaking, as their session says. */
export interface Identity {
  /** The session's identifier, which is not its token. */
  readonly session: string;
  /** The account's identifier. */
  readonly account: string;
  /** The account's name. */
  readonly name: string;
  readonly role: Role;
  /** Whether the password is still one that somebody else chose. */
  readonly hasInitialPassword: boolean;
  /** When the session was opened, and when it ends whatever happens; milliseconds since 1970. */
  readonly openedAt: number;
  readonly expiresAt: number;
}

/** The form in which names are kept and compared: two that look alike are the same. */
export function normalizeName(name: string): string {
  return name.normalize('NFKC').trim().toLowerCase();
}
