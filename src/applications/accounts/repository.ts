import type {
  Account,
  Failures,
  Identity,
  KeptSession,
  KnownSession,
  SessionRepository,
} from '../../session/index.ts';
import type { Store } from '../../store/index.ts';
import type { AuditLog } from './audit.ts';
import {
  deleteFailure,
  deleteOldestSessions,
  deleteSession,
  findAccountByName,
  findSessionByHash,
  insertSession,
  touchSession,
} from './queries.ts';
import type { AccountRow, AccountsTables } from './tables.ts';

/** Logins from one look at the number of sessions to the next, on average. */
const trimEvery = 50;

/** An account as the session layer knows it. */
export function readAccount(row: AccountRow): Account {
  const { id, name, role, passwordHash, hasInitialPassword, isDisabled } = row;
  return {
    id,
    name,
    role,
    passwordHash,
    hasInitialPassword: hasInitialPassword === 1,
    isDisabled: isDisabled === 1,
  };
}

/** Keeps accounts, sessions and failures in the store, and writes down who came and went. */
export class StoredSessions implements SessionRepository {
  readonly #store: Store<AccountsTables>;
  readonly #audit: AuditLog;

  constructor(store: Store<AccountsTables>, audit: AuditLog) {
    this.#store = store;
    this.#audit = audit;
  }

  async findAccount(name: string): Promise<Account | undefined> {
    const { rows } = await this.#store.read((_, run) => run(findAccountByName, { name }));
    const [row] = rows;
    return row === undefined ? undefined : readAccount(row);
  }

  async findSession(tokenHash: string): Promise<KnownSession | undefined> {
    const { rows } = await this.#store.read((_, run) => run(findSessionByHash, { tokenHash }));
    const [row] = rows;
    if (row === undefined) return undefined;
    const { hasInitialPassword, isDisabled } = row;
    return {
      ...row,
      hasInitialPassword: hasInitialPassword === 1,
      isDisabled: isDisabled === 1,
    };
  }

  async addSession(session: KeptSession, account: Account, forget: string): Promise<void> {
    await this.#store.write(async (_, run) => {
      await run(insertSession, session);
      await run(deleteFailure, { key: forget });
      // Now and then: on PostgreSQL, logins that each read all sessions of the account would conflict.
      if (Math.random() < 1 / trimEvery) await run(deleteOldestSessions, { account: account.id });
      const by = { account: account.id, name: account.name, session: session.id };
      await this.#audit.note(run, { by, method: 'session.open', address: session.address });
    });
  }

  async touchSession(id: string, lastUsedAt: number): Promise<void> {
    await this.#store.write((_, run) => run(touchSession, { id, lastUsedAt }));
  }

  async removeSession(id: string, by: Identity, address: string): Promise<void> {
    await this.#store.write(async (_, run) => {
      await run(deleteSession, { id });
      const isOwn = id === by.session;
      const method = isOwn ? 'session.close' : 'session.revoke';
      await this.#audit.note(run, { by, method, address, subject: isOwn ? undefined : id });
    });
  }

  findFailures(keys: readonly string[]): Promise<ReadonlyMap<string, Failures>> {
    return this.#store.read(async (query) => {
      const rows = await query
        .selectFrom('loginFailures')
        .selectAll()
        .where('key', 'in', keys)
        .execute();
      return new Map(rows.map(({ key, count, lastAt }) => [key, { count, lastAt }]));
    });
  }

  async addFailure(keys: readonly string[], now: number, forgottenBefore: number): Promise<void> {
    await this.#store.write(async (query) => {
      for (const key of keys) {
        const before = await query
          .selectFrom('loginFailures')
          .select(['count', 'lastAt'])
          .where('key', '=', key)
          .executeTakeFirst();
        if (before === undefined) {
          await query.insertInto('loginFailures').values({ key, count: 1, lastAt: now }).execute();
          continue;
        }
        const count = before.lastAt < forgottenBefore ? 1 : before.count + 1;
        await query
          .updateTable('loginFailures')
          .set({ count, lastAt: now })
          .where('key', '=', key)
          .execute();
      }
    });
  }
}
