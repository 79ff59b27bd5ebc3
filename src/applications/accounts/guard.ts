import type {
  CallContext,
  CallHandler,
  InterceptedCall,
  Interceptor,
} from '../../service/index.ts';
import { CallError } from '../../service/index.ts';
import { SessionError } from '../../session/index.ts';
import type { AccessRules, Identity, SessionKeeper, Verdict } from '../../session/index.ts';
import type { AuditLog } from './audit.ts';
import { toCallError } from './errors.ts';

/** Under what a connection remembers the session that was opened over it. */
const boundSession = Symbol('session');

/** Whom calls come from: found out by {@link SessionGuard.intercept}, asked for by implementations. */
const identities = new WeakMap<CallContext, Identity>();

/**
 * Who makes a call.
 * @throws {TypeError} for a method that the access table opens to anyone.
 */
export function identityOf(context: CallContext): Identity {
  const identity = identities.get(context);
  if (identity === undefined) throw new TypeError(`${context.method} is called without a session`);
  return identity;
}

/** From where a call comes: an address without its port, or what stands for one. */
export function addressOf({ caller }: CallContext): string {
  const { family, host } = caller.remote;
  return family === 'unix' || family === 'memory' ? family : host;
}

/**
 * Under what failed attempts of a call's address are counted. The sender of a datagram can be forged: what
 * fails there counts apart, so that nobody locks others out of the connections they can prove.
 */
export function throttleAddressOf(context: CallContext): string {
  const address = addressOf(context);
  return context.caller.isStateless === true ? `stateless ${address}` : address;
}

/**
 * Makes a session that of a connection, so that later calls need not name it. Where each message stands
 * alone, as datagrams do, it travels with every call instead.
 */
export function bindSession({ caller }: CallContext, tokenHash: string | undefined): void {
  if (caller.isStateless === true) return;
  if (tokenHash === undefined) caller.memory.delete(boundSession);
  else caller.memory.set(boundSession, tokenHash);
}

/** Stands before every method, and lets pass what the access table allows: nothing else. */
export class SessionGuard<Resources> {
  readonly #keeper: SessionKeeper;
  readonly #rules: AccessRules<Resources>;
  readonly #audit: AuditLog;
  readonly #onError: (error: unknown) => void;

  /** @param onError told when a refusal could not be written down. */
  constructor(
    keeper: SessionKeeper,
    rules: AccessRules<Resources>,
    audit: AuditLog,
    onError: (error: unknown) => void,
  ) {
    this.#keeper = keeper;
    this.#rules = rules;
    this.#audit = audit;
    this.#onError = onError;
  }

  readonly intercept: Interceptor = (next) => (call) => {
    const { context, params } = call;
    const { method } = context;
    try {
      if (this.#rules.isOpen(method)) return settle(next(call));
      const found = this.#identify(context);
      if (found instanceof Promise) return settle(this.#admitLater(found, call, next));
      const admitted = this.#admit(context, found, params);
      if (admitted !== undefined) return settle(this.#passLater(admitted, call, next));
      return settle(next(call));
    } catch (error) {
      throw toCallError(error);
    }
  };

  /** Whom a call speaks for: the token it carries, else the session of its connection. */
  #identify(context: CallContext): Identity | undefined | Promise<Identity | undefined> {
    const { session: token, caller } = context;
    if (token !== undefined) return this.#keeper.identify(token);
    const bound = caller.isStateless === true ? undefined : caller.memory.get(boundSession);
    return typeof bound === 'string' ? this.#keeper.identifyHash(bound) : undefined;
  }

  async #admitLater(
    found: Promise<Identity | undefined>,
    call: InterceptedCall,
    next: CallHandler,
  ): Promise<unknown> {
    await this.#admit(call.context, await found, call.params);
    return next(call);
  }

  async #passLater(
    admitted: Promise<void>,
    call: InterceptedCall,
    next: CallHandler,
  ): Promise<unknown> {
    await admitted;
    return next(call);
  }

  #admit(
    context: CallContext,
    identity: Identity | undefined,
    params: unknown,
  ): Promise<void> | undefined {
    const verdict = this.#rules.judge(context.method, identity, params);
    if (verdict instanceof Promise) {
      return verdict.then((later) => this.#enforce(context, identity, later));
    }
    this.#enforce(context, identity, verdict);
    return undefined;
  }

  #enforce(context: CallContext, identity: Identity | undefined, verdict: Verdict): void {
    if (verdict === 'allowed') {
      if (identity !== undefined) identities.set(context, identity);
      return;
    }
    const { method } = context;
    const error =
      verdict === 'denied'
        ? new SessionError('ACCESS_DENIED', `${method}: your account does not allow this`, {
            details: { method },
          })
        : new SessionError(
            'SESSION_NEEDED',
            `${method}: a session is needed, and this is none, or one that is over: log in with session.open`,
            { details: { method } },
          );
    this.#audit
      .recordRefusal({ by: identity, method, address: addressOf(context), outcome: error.code })
      .catch(this.#onError);
    throw error;
  }
}

/** Makes failures of sessions and of the store those of a call, also while a stream goes on. */
function settle(result: unknown): unknown {
  if (!(result instanceof Promise)) return isStream(result) ? tellStream(result) : result;
  return result.then(
    (value: unknown) => (isStream(value) ? tellStream(value) : value),
    (error: unknown) => {
      throw tell(error);
    },
  );
}

function tell(error: unknown): Error {
  const told = toCallError(error);
  return told instanceof Error ? told : new CallError('INTERNAL_ERROR');
}

function isStream(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

async function* tellStream(source: AsyncIterable<unknown>): AsyncGenerator {
  try {
    yield* source;
  } catch (error) {
    throw tell(error);
  }
}
