import type { Kysely } from '../../store/index.ts';
import type { FindAccount, KnownAccount } from './caller.ts';
import { refuse } from './refusal.ts';
import type { ChangeShape } from './shapes.ts';
import type { GradebookTables } from './tables.ts';

/** What the gradebook knows of accounts, which others keep: nothing, unless it was told whom to ask. */
export class AccountBook {
  readonly #find: FindAccount | undefined;

  constructor(find: FindAccount | undefined) {
    this.#find = find;
  }

  /** Makes sure that there is an account. @throws {CallError} `NO_SUCH_ACCOUNT` */
  async require(
    query: Kysely<GradebookTables>,
    account: string,
  ): Promise<KnownAccount | undefined> {
    if (this.#find === undefined) return undefined;
    const found = await this.#find(query, account);
    if (found === undefined) throw refuse('NO_SUCH_ACCOUNT', { account });
    return found;
  }

  /** Makes sure that an account may hold a promotion. @throws {CallError} `NO_SUCH_ACCOUNT` `STUDENT_ACCOUNT` */
  async requireTeacher(query: Kysely<GradebookTables>, account: string): Promise<void> {
    const known = await this.require(query, account);
    if (known?.role === 'student') throw refuse('STUDENT_ACCOUNT', { account, name: known.name });
  }

  /** A history with the names of those who made it. */
  async nameAuthors<History extends { readonly changes: readonly ChangeShape[] }>(
    query: Kysely<GradebookTables>,
    history: History,
  ): Promise<History & { changes: ChangeShape[] }> {
    const names = new Map<string | null, string | undefined>();
    for (const { by } of history.changes) {
      if (by === null || names.has(by)) continue;
      names.set(by, (await this.#find?.(query, by))?.name);
    }
    const changes = history.changes.map((change) => {
      const byName = names.get(change.by);
      return byName === undefined ? change : { ...change, byName };
    });
    return { ...history, changes };
  }
}
