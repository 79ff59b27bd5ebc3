import { makePassword } from '../../session/index.ts';
import { newIdentifier } from '../../store/index.ts';
import type { AccountsParts } from './methods-session.ts';
import { insertAccount } from './queries.ts';

/** The account that is made when there is none. */
export const firstName = 'admin';

/**
 * Makes an administrator where there is no account at all.
 * @returns its password, for whoever started the server; `undefined` when there are accounts already.
 */
export async function makeFirstAdministrator(parts: AccountsParts): Promise<string | undefined> {
  const { store, keeper, audit } = parts;
  const hasAccounts = async (): Promise<boolean> => {
    const rows = await store.read((query) =>
      query.selectFrom('accounts').select('id').limit(1).execute(),
    );
    return rows.length > 0;
  };
  if (await hasAccounts()) return undefined;
  const password = makePassword();
  const passwordHash = await keeper.hasher.hash(password);
  const isMade = await store.write(async (query, run) => {
    // Another node may have started at the same time: one of the two comes first.
    const before = await query.selectFrom('accounts').select('id').limit(1).execute();
    if (before.length > 0) return false;
    await run(insertAccount, {
      id: newIdentifier(keeper.now()),
      name: firstName,
      role: 'administrator',
      passwordHash,
      hasInitialPassword: 1,
      isDisabled: 0,
      createdAt: keeper.now(),
    });
    const subject = `${firstName} administrator`;
    await audit.note(run, { by: undefined, method: 'accounts.create', subject, address: 'start' });
    return true;
  });
  return isMade ? password : undefined;
}
