import {
  PasswordHasher,
  accountKey,
  checkNewPassword,
  makePassword,
  normalizeName,
} from '../../session/index.ts';
import type { Role } from '../../session/index.ts';
import type { Kysely, Store } from '../../store/index.ts';
import { AuditLog } from './audit.ts';
import { deleteFailure } from './queries.ts';
import type { AccountRow, AccountsTables } from './tables.ts';

/** Whose password is recovered, and on whose behalf. */
export interface RecoverOptions {
  /** The account's name; without one it is the only administrator. */
  readonly name?: string | undefined;
  /** The new password; one is made unless it is given. */
  readonly password?: string | undefined;
  /** From where, and who: written down in the audit as the address. */
  readonly address: string;
  /** The time in milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number;
}

/** An account whose password was recovered. */
export interface RecoveredAccount {
  readonly name: string;
  readonly role: Role;
  /** The password that was made; none where one was given. */
  readonly password: string | undefined;
  /** How many sessions were open, and are no more. */
  readonly sessionsEnded: number;
  /** A disabled account stays so: nobody logs in to it until an administrator enables it. */
  readonly isDisabled: boolean;
}

/** Nothing was changed: no account was meant, or several; those there are to choose from. */
export interface AccountUnclear {
  readonly administrators: readonly string[];
}

/** Whoever is meant; the names of the administrators when that is nobody, or several. */
async function choose(
  query: Kysely<AccountsTables>,
  name: string | undefined,
): Promise<AccountRow | AccountUnclear> {
  const administrators = await query
    .selectFrom('accounts')
    .selectAll()
    .where('role', '=', 'administrator')
    .orderBy('name')
    .execute();
  const meant =
    name === undefined
      ? administrators.filter(({ isDisabled }) => isDisabled === 0)
      : await query
          .selectFrom('accounts')
          .selectAll()
          .where('name', '=', normalizeName(name))
          .execute();
  const [one, other] = meant;
  if (one !== undefined && other === undefined) return one;
  return { administrators: administrators.map((row) => row.name) };
}

/**
 * Gives an account a new password for whoever can open the store: the way back in when the password of the
 * only administrator is lost. In one transaction the account's sessions end, what failed under its name is
 * forgotten, so that it is not locked out, and the audit tells of it.
 *
 * A server that has the store open goes by it at once for logins, and within a second for sessions.
 *
 * @throws {SessionError} `PASSWORD_UNFIT` @throws {StoreError}
 */
export async function recoverAccount(
  store: Store<AccountsTables>,
  { name, password: given, address, now = Date.now }: RecoverOptions,
): Promise<RecoveredAccount | AccountUnclear> {
  const password = given ?? makePassword();
  const passwordHash = await new PasswordHasher().hash(password);
  const audit = new AuditLog(store, now);
  return store.write(async (query, run) => {
    const chosen = await choose(query, name);
    if ('administrators' in chosen) return chosen;
    if (given !== undefined) checkNewPassword(given, chosen.name);
    const { id } = chosen;
    await query
      .updateTable('accounts')
      .set({ passwordHash, hasInitialPassword: 1 })
      .where('id', '=', id)
      .execute();
    const ended = await query
      .deleteFrom('sessions')
      .where('account', '=', id)
      .executeTakeFirstOrThrow();
    await run(deleteFailure, { key: accountKey(chosen.name) });
    await audit.note(run, {
      by: undefined,
      method: 'accounts.resetPassword',
      subject: chosen.name,
      address,
    });
    return {
      name: chosen.name,
      role: chosen.role,
      password: given === undefined ? password : undefined,
      sessionsEnded: Number(ended.numDeletedRows),
      isDisabled: chosen.isDisabled === 1,
    };
  });
}
