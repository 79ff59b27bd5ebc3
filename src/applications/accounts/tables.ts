import type { Kysely, Migration } from '../../store/index.ts';
import { roles } from '../../session/index.ts';
import type { Role } from '../../session/index.ts';

/** Someone who may log in. Times are milliseconds since 1970; flags are 0 and 1. */
export interface AccountRow {
  id: string;
  /** As `normalizeName` gives it. */
  name: string;
  role: Role;
  passwordHash: string;
  hasInitialPassword: number;
  isDisabled: number;
  createdAt: number;
}

export interface SessionRow {
  id: string;
  tokenHash: string;
  account: string;
  openedAt: number;
  lastUsedAt: number;
  address: string;
}

/** What failed under the name of an account, or from an address. */
export interface FailureRow {
  key: string;
  count: number;
  lastAt: number;
}

/** One thing that somebody did, or tried to. */
export interface AuditRow {
  /** Later ones sort later. */
  id: string;
  at: number;
  /** Who: an account that may be gone since, or nobody known. */
  account: string | null;
  name: string | null;
  session: string | null;
  /** What, and about whom or what. */
  method: string;
  subject: string | null;
  /** From where. */
  address: string;
  /** `done`, or the code of what came instead. */
  outcome: string;
}

/** The tables of accounts and sessions. */
export interface AccountsTables {
  accounts: AccountRow;
  sessions: SessionRow;
  loginFailures: FailureRow;
  audit: AuditRow;
}

async function createTables(database: Kysely<unknown>): Promise<void> {
  // Loaded here: a start that finds its tables as they should be does without the query builder.
  const { sql } = await import('kysely');
  const { schema } = database;
  const known = sql.join(roles.map((role) => sql.lit(role)));
  await schema
    .createTable('accounts')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('name', 'text', (column) => column.notNull().unique())
    .addColumn('role', 'text', (column) => column.notNull().check(sql`role in (${known})`))
    .addColumn('passwordHash', 'text', (column) => column.notNull())
    .addColumn('hasInitialPassword', 'integer', (column) => column.notNull())
    .addColumn('isDisabled', 'integer', (column) => column.notNull())
    .addColumn('createdAt', 'bigint', (column) => column.notNull())
    .execute();
  await schema
    .createTable('sessions')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('tokenHash', 'text', (column) => column.notNull().unique())
    .addColumn('account', 'text', (column) =>
      column.notNull().references('accounts.id').onDelete('cascade'),
    )
    .addColumn('openedAt', 'bigint', (column) => column.notNull())
    .addColumn('lastUsedAt', 'bigint', (column) => column.notNull())
    .addColumn('address', 'text', (column) => column.notNull())
    .execute();
  await schema.createIndex('sessionsByAccount').on('sessions').column('account').execute();
  await schema
    .createTable('loginFailures')
    .addColumn('key', 'text', (column) => column.primaryKey())
    .addColumn('count', 'integer', (column) => column.notNull())
    .addColumn('lastAt', 'bigint', (column) => column.notNull())
    .execute();
  await schema
    .createTable('audit')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('account', 'text')
    .addColumn('name', 'text')
    .addColumn('session', 'text')
    .addColumn('method', 'text', (column) => column.notNull())
    .addColumn('subject', 'text')
    .addColumn('address', 'text', (column) => column.notNull())
    .addColumn('outcome', 'text', (column) => column.notNull())
    .execute();
}

/** What makes the tables of accounts and sessions, in order. */
export const accountsMigrations: readonly Migration[] = [{ name: 'accounts-1', up: createTables }];
