import { implement } from '../../service/index.ts';
import type { CallContext, ImplementedService } from '../../service/index.ts';
import { SessionError, checkNewPassword, normalizeName } from '../../session/index.ts';
import type { Identity, OpenedSession, SessionKeeper } from '../../session/index.ts';
import type { Store } from '../../store/index.ts';
import type { AuditLog } from './audit.ts';
import { addressOf, bindSession, identityOf, throttleAddressOf } from './guard.ts';
import { deleteSessionsOf, findSessionOwner, insertSession } from './queries.ts';
import { session } from './session-service.ts';
import type { AccountsTables } from './tables.ts';

/** What the services of accounts and sessions work with. */
export interface AccountsParts {
  readonly store: Store<AccountsTables>;
  readonly keeper: SessionKeeper;
  readonly audit: AuditLog;
  /** Told when what nobody waits for went wrong. */
  readonly onError: (error: unknown) => void;
}

function formatTime(time: number): string {
  return new Date(time).toISOString();
}

/** The session service, on the store. */
export function implementSession(parts: AccountsParts): ImplementedService {
  const { store, keeper, audit, onError } = parts;

  const tell = (identity: Identity) => ({
    account: identity.account,
    name: identity.name,
    role: identity.role,
    session: identity.session,
    openedAt: formatTime(identity.openedAt),
    expiresAt: formatTime(identity.expiresAt),
    idleTime: keeper.idleTime,
    hasInitialPassword: identity.hasInitialPassword,
  });

  const hand = (opened: OpenedSession, context: CallContext) => {
    bindSession(context, opened.kept.tokenHash);
    return { token: opened.token, ...tell(opened.identity) };
  };

  /** Writes down that somebody was not let in. What was typed as a name may be a password: it is not kept. */
  const noteRefusal = async (name: string, method: string, address: string, code: string) => {
    const known = await store.read((query) =>
      query
        .selectFrom('accounts')
        .select('name')
        .where('name', '=', normalizeName(name))
        .executeTakeFirst(),
    );
    await audit.recordRefusal({
      by: undefined,
      method,
      address,
      outcome: code,
      subject: known?.name,
    });
  };

  /** Checks a name and a password; that they were refused is written down after the answer. */
  const authenticate = async (name: string, password: string, context: CallContext) => {
    try {
      return await keeper.authenticate(name, password, throttleAddressOf(context));
    } catch (error) {
      if (error instanceof SessionError) {
        noteRefusal(name, context.method, addressOf(context), error.code).catch(onError);
      }
      throw error;
    }
  };

  return implement(session, {
    async open({ name, password }, context) {
      const address = addressOf(context);
      const account = await authenticate(name, password, context);
      return hand(await keeper.open(account, address), context);
    },

    async close(_, context) {
      const identity = identityOf(context);
      await keeper.close(identity.session, identity, addressOf(context));
      bindSession(context, undefined);
      return { closed: true };
    },

    whoami: (_, context) => tell(identityOf(context)),

    async list({ account }, context) {
      const identity = identityOf(context);
      const name = account === undefined ? identity.name : normalizeName(account);
      const oldest = keeper.now() - keeper.idleTime;
      const rows = await store.read((query) =>
        query
          .selectFrom('sessions')
          .innerJoin('accounts', 'accounts.id', 'sessions.account')
          .select(['sessions.id', 'openedAt', 'lastUsedAt', 'address'])
          .where('accounts.name', '=', name)
          .where('openedAt', '>', keeper.now() - keeper.absoluteTime)
          .where('lastUsedAt', '>', oldest)
          .orderBy('lastUsedAt', 'desc')
          .limit(1_000)
          .execute(),
      );
      return rows.map(({ id, openedAt, lastUsedAt, address }) => ({
        session: id,
        openedAt: formatTime(openedAt),
        lastUsedAt: formatTime(lastUsedAt),
        expiresAt: formatTime(openedAt + keeper.absoluteTime),
        address,
        isCurrent: id === identity.session,
      }));
    },

    async revoke({ session: id }, context) {
      const identity = identityOf(context);
      const { rows } = await store.read((_, run) => run(findSessionOwner, { id }));
      await keeper.close(id, identity, addressOf(context));
      return { revoked: rows.length > 0 };
    },

    async changePassword({ currentPassword, newPassword }, context) {
      const identity = identityOf(context);
      checkNewPassword(newPassword, identity.name);
      const account = await authenticate(identity.name, currentPassword, context);
      const passwordHash = await keeper.hasher.hash(newPassword);
      const address = addressOf(context);
      const opened = keeper.makeSession({ ...account, hasInitialPassword: false }, address);
      await store.write(async (query, run) => {
        await query
          .updateTable('accounts')
          .set({ passwordHash, hasInitialPassword: 0 })
          .where('id', '=', account.id)
          .execute();
        await run(deleteSessionsOf, { account: account.id });
        await run(insertSession, opened.kept);
        await audit.note(run, { by: identity, method: context.method, address });
      });
      keeper.forget((other) => other.account === account.id);
      return hand(opened, context);
    },
  });
}
