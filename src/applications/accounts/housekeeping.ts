import type { SessionKeeper } from '../../session/index.ts';
import type { Store } from '../../store/index.ts';
import type { AccountsTables } from './tables.ts';

const day = 86_400_000;

/** How long things are kept that nobody needs any more, in milliseconds. */
export interface RetentionOptions {
  /** Entries of the audit. Default 400 days. */
  readonly auditTime?: number;
  /** Failed attempts to log in. Default 1 day. */
  readonly failureTime?: number;
  /** From one look to the next. Default 1 hour. */
  readonly interval?: number;
}

/** The finite defaults of {@link RetentionOptions}. */
export const retentionDefaults = {
  auditTime: 400 * day,
  failureTime: day,
  interval: 3_600_000,
} as const;

/** Removes sessions that are over, and what is too old to matter. */
export async function removeOld(
  store: Store<AccountsTables>,
  keeper: SessionKeeper,
  options: RetentionOptions = {},
): Promise<void> {
  const { auditTime, failureTime } = { ...retentionDefaults, ...options };
  const now = keeper.now();
  await store.write(async (query) => {
    await query
      .deleteFrom('sessions')
      .where((where) =>
        where.or([
          where('openedAt', '<=', now - keeper.absoluteTime),
          where('lastUsedAt', '<=', now - keeper.idleTime),
        ]),
      )
      .execute();
    await query
      .deleteFrom('loginFailures')
      .where('lastAt', '<=', now - failureTime)
      .execute();
    await query
      .deleteFrom('audit')
      .where('at', '<=', now - auditTime)
      .execute();
  });
}

/** Does so now and then, until disposed of. */
export function keepHouse(
  store: Store<AccountsTables>,
  keeper: SessionKeeper,
  onError: (error: unknown) => void,
  options: RetentionOptions = {},
): Disposable {
  const interval = options.interval ?? retentionDefaults.interval;
  const timer = setInterval(() => {
    removeOld(store, keeper, options).catch(onError);
  }, interval).unref();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
