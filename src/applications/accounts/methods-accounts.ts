import { CallError, implement } from '../../service/index.ts';
import type { CallContext, ImplementedService } from '../../service/index.ts';
import { checkNewPassword, makePassword, normalizeName } from '../../session/index.ts';
import { StoreError, newIdentifier } from '../../store/index.ts';
import type { Kysely, Run } from '../../store/index.ts';
import { addressOf, identityOf } from './guard.ts';
import type { AccountsParts } from './methods-session.ts';
import { deleteSessionsOf, findAccountByName, insertAccount } from './queries.ts';
import { accounts } from './session-service.ts';
import type { AccountRow, AccountsTables } from './tables.ts';

function tell(row: AccountRow) {
  return {
    account: row.id,
    name: row.name,
    role: row.role,
    isDisabled: row.isDisabled === 1,
    hasInitialPassword: row.hasInitialPassword === 1,
    createdAt: new Date(row.createdAt).toISOString(),
  };
}

/** @throws {CallError} when a change would leave nobody who can administer. */
async function keepAnAdministrator(query: Kysely<AccountsTables>): Promise<void> {
  const left = await query
    .selectFrom('accounts')
    .select('id')
    .where('role', '=', 'administrator')
    .where('isDisabled', '=', 0)
    .limit(1)
    .execute();
  if (left.length > 0) return;
  throw new CallError('CONFLICT', 'this is the last administrator: make another one first', {
    data: { reason: 'LAST_ADMINISTRATOR' },
  });
}

/** The administration of accounts, on the store. */
export function implementAccounts({ store, keeper, audit }: AccountsParts): ImplementedService {
  const find = async (run: Run, name: string): Promise<AccountRow> => {
    const { rows } = await run(findAccountByName, { name: normalizeName(name) });
    const [row] = rows;
    if (row !== undefined) return row;
    throw new CallError('NOT_FOUND', `no account "${name}"`, { data: { path: 'name' } });
  };

  /** Changes an account, ends its sessions, and writes both down. */
  const change = async (
    name: string,
    context: CallContext,
    changes: Partial<
      Pick<AccountRow, 'role' | 'passwordHash' | 'hasInitialPassword' | 'isDisabled'>
    >,
  ): Promise<AccountRow> => {
    const changed = await store.write(async (query, run) => {
      const row = await find(run, name);
      await query.updateTable('accounts').set(changes).where('id', '=', row.id).execute();
      await run(deleteSessionsOf, { account: row.id });
      await keepAnAdministrator(query);
      await audit.note(run, {
        by: identityOf(context),
        method: context.method,
        subject: changes.role === undefined ? row.name : `${row.name} ${changes.role}`,
        address: addressOf(context),
      });
      return { ...row, ...changes };
    });
    keeper.forget((identity) => identity.account === changed.id);
    return changed;
  };

  const record = (context: CallContext, subject?: string): Promise<void> =>
    audit.record({
      by: identityOf(context),
      method: context.method,
      subject,
      address: addressOf(context),
    });

  return implement(accounts, {
    async create({ name, role, password }, context) {
      const made = password === undefined ? makePassword() : undefined;
      if (password !== undefined) checkNewPassword(password, name);
      const row: AccountRow = {
        id: newIdentifier(keeper.now()),
        name: normalizeName(name),
        role,
        passwordHash: await keeper.hasher.hash(password ?? made ?? ''),
        hasInitialPassword: 1,
        isDisabled: 0,
        createdAt: keeper.now(),
      };
      try {
        await store.write(async (_, run) => {
          await run(insertAccount, row);
          await audit.note(run, {
            by: identityOf(context),
            method: context.method,
            subject: `${row.name} ${role}`,
            address: addressOf(context),
          });
        });
      } catch (error) {
        if (!(error instanceof StoreError) || error.code !== 'STORE_DUPLICATE') throw error;
        throw new CallError('CONFLICT', `there is an account "${row.name}" already`, {
          data: { path: 'name' },
          cause: error,
        });
      }
      return { ...tell(row), ...(made !== undefined && { password: made }) };
    },

    async list({ after, limit }, context) {
      const rows = await store.read((query) =>
        query
          .selectFrom('accounts')
          .selectAll()
          .where('name', '>', after === undefined ? '' : normalizeName(after))
          .orderBy('name')
          .limit(limit + 1)
          .execute(),
      );
      await record(context);
      const page = rows.slice(0, limit);
      const last = rows.length > limit ? page.at(-1)?.name : undefined;
      return { accounts: page.map(tell), ...(last !== undefined && { next: last }) };
    },

    async setRole({ name, role }, context) {
      return tell(await change(name, context, { role }));
    },

    async resetPassword({ name, password }, context) {
      const made = password === undefined ? makePassword() : undefined;
      if (password !== undefined) checkNewPassword(password, name);
      const passwordHash = await keeper.hasher.hash(password ?? made ?? '');
      const row = await change(name, context, { passwordHash, hasInitialPassword: 1 });
      return { ...tell(row), ...(made !== undefined && { password: made }) };
    },

    async disable({ name }, context) {
      return tell(await change(name, context, { isDisabled: 1 }));
    },

    async enable({ name }, context) {
      return tell(await change(name, context, { isDisabled: 0 }));
    },

    async audit({ account, since, before, limit }, context) {
      const rows = await store.read((query) => {
        let entries = query
          .selectFrom('audit')
          .selectAll()
          .orderBy('id', 'desc')
          .limit(limit + 1);
        if (account !== undefined) entries = entries.where('name', '=', normalizeName(account));
        if (since !== undefined) entries = entries.where('at', '>=', Date.parse(since));
        if (before !== undefined) entries = entries.where('id', '<', before);
        return entries.execute();
      });
      await record(context, account);
      const page = rows.slice(0, limit);
      const last = rows.length > limit ? page.at(-1)?.id : undefined;
      return {
        entries: page.map((row) => ({
          entry: row.id,
          at: new Date(row.at).toISOString(),
          account: row.account,
          name: row.name,
          session: row.session,
          method: row.method,
          subject: row.subject,
          address: row.address,
          outcome: row.outcome,
        })),
        ...(last !== undefined && { next: last }),
      };
    },
  });
}
