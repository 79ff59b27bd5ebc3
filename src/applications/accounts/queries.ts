import { prepare } from '../../store/index.ts';
import type { Given, Kysely } from '../../store/index.ts';
import type { AccountRow, AccountsTables, AuditRow, SessionRow } from './tables.ts';

type Query = Kysely<AccountsTables>;

export const findAccountByName = prepare((query: Query, given: Given<{ name: string }>) =>
  query.selectFrom('accounts').selectAll().where('name', '=', given('name')),
);

export const insertAccount = prepare((query: Query, given: Given<AccountRow>) =>
  query.insertInto('accounts').values({
    id: given('id'),
    name: given('name'),
    role: given('role'),
    passwordHash: given('passwordHash'),
    hasInitialPassword: given('hasInitialPassword'),
    isDisabled: given('isDisabled'),
    createdAt: given('createdAt'),
  }),
);

export const findSessionByHash = prepare((query: Query, given: Given<{ tokenHash: string }>) =>
  query
    .selectFrom('sessions')
    .innerJoin('accounts', 'accounts.id', 'sessions.account')
    .select([
      'sessions.id',
      'sessions.tokenHash',
      'sessions.account',
      'sessions.openedAt',
      'sessions.lastUsedAt',
      'sessions.address',
      'accounts.name',
      'accounts.role',
      'accounts.hasInitialPassword',
      'accounts.isDisabled',
    ])
    .where('sessions.tokenHash', '=', given('tokenHash')),
);

export const findSessionOwner = prepare((query: Query, given: Given<{ id: string }>) =>
  query.selectFrom('sessions').select('account').where('id', '=', given('id')),
);

export const insertSession = prepare((query: Query, given: Given<SessionRow>) =>
  query.insertInto('sessions').values({
    id: given('id'),
    tokenHash: given('tokenHash'),
    account: given('account'),
    openedAt: given('openedAt'),
    lastUsedAt: given('lastUsedAt'),
    address: given('address'),
  }),
);

export const touchSession = prepare(
  (query: Query, given: Given<{ id: string; lastUsedAt: number }>) =>
    query
      .updateTable('sessions')
      .set({ lastUsedAt: given('lastUsedAt') })
      .where('id', '=', given('id'))
      .where('lastUsedAt', '<', given('lastUsedAt')),
);

export const deleteSession = prepare((query: Query, given: Given<{ id: string }>) =>
  query.deleteFrom('sessions').where('id', '=', given('id')),
);

export const deleteSessionsOf = prepare((query: Query, given: Given<{ account: string }>) =>
  query.deleteFrom('sessions').where('account', '=', given('account')),
);

/** Sessions of one account at a time; one more ends the one that was used longest ago. */
export const maxSessions = 1_000;

export const deleteOldestSessions = prepare((query: Query, given: Given<{ account: string }>) =>
  query
    .deleteFrom('sessions')
    .where('account', '=', given('account'))
    .where('id', 'not in', (sessions) =>
      sessions
        .selectFrom('sessions')
        .select('id')
        .where('account', '=', given('account'))
        .orderBy('lastUsedAt', 'desc')
        .orderBy('id', 'desc')
        .limit(maxSessions),
    ),
);

export const deleteFailure = prepare((query: Query, given: Given<{ key: string }>) =>
  query.deleteFrom('loginFailures').where('key', '=', given('key')),
);

export const insertAudit = prepare((query: Query, given: Given<AuditRow>) =>
  query.insertInto('audit').values({
    id: given('id'),
    at: given('at'),
    account: given('account'),
    name: given('name'),
    session: given('session'),
    method: given('method'),
    subject: given('subject'),
    address: given('address'),
    outcome: given('outcome'),
  }),
);
