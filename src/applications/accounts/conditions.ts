import { normalizeName } from '../../session/index.ts';
import type { Condition } from '../../session/index.ts';
import type { Store } from '../../store/index.ts';
import { findSessionOwner } from './queries.ts';
import type { AccountsTables } from './tables.ts';

/** What conditions may look at. */
export interface AccessResources {
  readonly store: Store<AccountsTables>;
}

/** The session that is named is one of the caller's own. */
export const ownSession: Condition<AccessResources> = {
  name: 'own',
  async holds(identity, { session }, { store }) {
    if (typeof session !== 'string') return false;
    const { rows } = await store.read((_, run) => run(findSessionOwner, { id: session }));
    return rows[0]?.account === identity.account;
  },
};

/** No account is named, or the caller's own. */
export const ownAccount: Condition<AccessResources> = {
  name: 'own',
  holds: (identity, { account }) =>
    account === undefined ||
    (typeof account === 'string' && normalizeName(account) === identity.name),
};
