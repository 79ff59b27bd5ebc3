import { AccessRules, SessionKeeper } from '../../session/index.ts';
import type { SessionOptions } from '../../session/index.ts';
import type { CallContext, ImplementedService, Interceptor } from '../../service/index.ts';
import { newIdentifier, openStore } from '../../store/index.ts';
import type { Migration, Store, StoreOptions } from '../../store/index.ts';
import { accessTable } from '../access-table.ts';
import {
  AuditLog,
  SessionGuard,
  StoredSessions,
  accountsMigrations,
  firstName,
  identityOf,
  implementAccounts,
  implementSession,
  keepHouse,
  makeFirstAdministrator,
} from '../accounts/index.ts';
import type { AccountsTables } from '../accounts/index.ts';
import { implementGradebook } from '../gradebook/implement.ts';
import type { FindAccount } from '../gradebook/caller.ts';
import { gradebookMigrations } from '../gradebook/tables.ts';
import type { GradebookTables } from '../gradebook/tables.ts';

/** The migrations of everything that keeps something in the store, oldest first. */
export const migrations: readonly Migration[] = [...accountsMigrations, ...gradebookMigrations];

/** What a service that keeps something is made with. */
export interface StoredParts {
  /** See it with the service's own tables: `store.withTables<…>()`. */
  readonly store: Store<AccountsTables>;
  /** Writes down who did what: within a write by `note`, on its own by `record`. */
  readonly audit: AuditLog;
  readonly keeper: SessionKeeper;
  /** Told when what nobody waits for went wrong. */
  readonly onError: (error: unknown) => void;
}

/** Milliseconds until a store that was there already is looked at for accounts. */
const lookDelay = 500;

/** An account as the gradebook knows it: both are kept in one store. */
const findAccount: FindAccount = (query, account) =>
  query
    .withTables<Pick<AccountsTables, 'accounts'>>()
    .selectFrom('accounts')
    .select(['name', 'role'])
    .where('id', '=', account)
    .executeTakeFirst();

/** Every service that keeps something; each is called only by whom `access-table.ts` names. */
const storedServices: readonly ((
  parts: StoredParts,
) => ImplementedService | Promise<ImplementedService>)[] = [
  implementSession,
  implementAccounts,
  ({ store }) =>
    implementGradebook(store.withTables<GradebookTables>(), identityOf, { findAccount }),
];

/** The services that keep something, ready to be served. */
export interface StoredServices extends AsyncDisposable {
  /** What they were made with. */
  readonly parts: StoredParts;
  readonly services: readonly ImplementedService[];
  /** Stands before every method of every service served beside these too. */
  readonly interceptor: Interceptor;
  /** Whose a call's idempotency key is: the account's, for a new session may repeat what one lost. */
  readonly scopeOf: (context: CallContext) => string | undefined;
}

/** How {@link openStoredServices} goes about it. */
export interface StoredOptions {
  readonly session?: SessionOptions;
  readonly store?: StoreOptions;
  /** Told when what nobody waits for went wrong. */
  readonly onError?: (error: unknown) => void;
  /** Told of the administrator that was made, where there was no account: its name, password, and store. */
  readonly onFirstAccount?: (name: string, password: string, place: string) => void;
}

/**
 * Opens the store and what is served on it.
 * @param place as {@link openStore} takes it.
 * @throws {StoreError}
 */
export async function openStoredServices(
  place: string,
  options: StoredOptions = {},
): Promise<StoredServices> {
  const { onError = () => undefined } = options;
  const store = await openStore<AccountsTables>(place, migrations, options.store);
  try {
    const now = options.session?.now ?? Date.now;
    const audit = new AuditLog(store, now);
    const keeper = new SessionKeeper(new StoredSessions(store, audit), {
      newId: newIdentifier,
      ...options.session,
    });
    const parts: StoredParts = { store, audit, keeper, onError };
    const services = await Array.fromAsync(storedServices, (implementOne) => implementOne(parts));
    const rules = new AccessRules(accessTable, { store });
    const guard = new SessionGuard(keeper, rules, audit, onError);
    const begin = (): Promise<void> => makeFirst(parts, options.onFirstAccount);
    if (store.isMigrated) await begin();
    // A store that was there already has accounts, all but surely: serving need not wait for the look.
    const looking = setTimeout(() => {
      if (!store.isMigrated) begin().catch(onError);
    }, lookDelay).unref();
    const housekeeping = keepHouse(store, keeper, onError);
    return {
      parts,
      services,
      interceptor: guard.intercept,
      scopeOf: (context) =>
        rules.isOpen(context.method) ? undefined : identityOf(context).account,
      async [Symbol.asyncDispose]() {
        clearTimeout(looking);
        housekeeping[Symbol.dispose]();
        await store.close();
      },
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}

async function makeFirst(parts: StoredParts, tell: StoredOptions['onFirstAccount']): Promise<void> {
  const password = await makeFirstAdministrator(parts);
  if (password !== undefined) tell?.(firstName, password, parts.store.place);
}
