import type { Store } from '../../store/index.ts';
import { AuditLog } from './audit.ts';
import type { AccountsTables } from './tables.ts';

/**
 * Ends every session, for whoever can open the store: so that a backup that was put back revives none that
 * was closed or revoked since. The audit tells of it.
 *
 * @param by what was done, as the audit names it.
 * @param address from where, and who.
 * @returns how many sessions there were.
 */
export async function endAllSessions(
  store: Store<AccountsTables>,
  by: string,
  address: string,
  now: () => number = Date.now,
): Promise<number> {
  const audit = new AuditLog(store, now);
  return store.write(async (query, run) => {
    const ended = await query.deleteFrom('sessions').executeTakeFirstOrThrow();
    await audit.note(run, { by: undefined, method: by, address });
    return Number(ended.numDeletedRows);
  });
}
