import { SessionError } from './errors.ts';
import { PasswordHasher } from './passwords.ts';
import type { PasswordHasherOptions } from './passwords.ts';
import type { Account, KeptSession, KnownSession, SessionRepository } from './repository.ts';
import { normalizeName } from './roles.ts';
import type { Identity } from './roles.ts';
import { accountKey, addressKey, throttleDefaults, waitingTime } from './throttle.ts';
import type { ThrottleRules } from './throttle.ts';
import { hashToken, looksLikeToken, newToken } from './tokens.ts';
import { TurnQueue } from './turns.ts';

/** How long sessions live, and what is remembered of them. */
export interface SessionOptions extends PasswordHasherOptions {
  /** Milliseconds without a call until a session ends. Default 30 minutes. */
  readonly idleTime?: number;
  /** Milliseconds until it ends however busy it is. Default 12 hours. */
  readonly absoluteTime?: number;
  /**
   * Milliseconds for which what is known of a session is relied on; a session that another node revokes
   * ends here so much later. Default 1,000.
   */
  readonly cacheTime?: number;
  /** Sessions known at a time without looking. Default 10,000. */
  readonly maxCached?: number;
  /** Milliseconds between two notes that a session is used. Default 60,000. */
  readonly touchInterval?: number;
  /** Attempts at one account waiting for their turn. Default 200. */
  readonly maxTurns?: number;
  readonly throttle?: ThrottleRules;
  /** The time in milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number;
  /** Makes identifiers. Default random UUIDs. */
  readonly newId?: () => string;
}

/** The finite defaults of {@link SessionOptions}. */
export const sessionDefaults = {
  idleTime: 1_800_000,
  absoluteTime: 43_200_000,
  cacheTime: 1_000,
  maxCached: 10_000,
  touchInterval: 60_000,
  maxTurns: 200,
} as const;

/** A session just opened; its token is told this once. */
export interface OpenedSession {
  readonly token: string;
  readonly kept: KeptSession;
  readonly identity: Identity;
}

interface Cached {
  readonly identity: Identity;
  readonly checkedAt: number;
  lastUsedAt: number;
  notedAt: number;
}

/** Opens sessions, and knows whom a token speaks for. */
export class SessionKeeper {
  readonly hasher: PasswordHasher;
  /** Milliseconds. */
  readonly idleTime: number;
  /** Milliseconds. */
  readonly absoluteTime: number;
  readonly #repository: SessionRepository;
  readonly #options: Required<Omit<SessionOptions, keyof PasswordHasherOptions>>;
  readonly #turns: TurnQueue;
  readonly #cached = new Map<string, Cached>();
  /** Counts what was forgotten: what was looked up before is not remembered after. */
  #changes = 0;

  constructor(repository: SessionRepository, options: SessionOptions = {}) {
    this.#repository = repository;
    this.#options = {
      ...sessionDefaults,
      throttle: throttleDefaults,
      now: Date.now,
      newId: () => crypto.randomUUID(),
      ...options,
    };
    this.idleTime = this.#options.idleTime;
    this.absoluteTime = this.#options.absoluteTime;
    this.#turns = new TurnQueue(this.#options.maxTurns);
    this.hasher = new PasswordHasher(options);
  }

  /** The time as this keeper has it. */
  now(): number {
    return this.#options.now();
  }

  /**
   * The account of a name and a password. One attempt at an account at a time: as many at once as there
   * are connections would all be made before the first of them counted.
   *
   * @throws {SessionError} `LOGIN_REFUSED`, `LOGIN_BUSY`.
   */
  authenticate(name: string, password: string, address: string): Promise<Account> {
    const key = accountKey(name);
    return this.#turns.take(key, () =>
      this.#authenticate(name, password, key, addressKey(address)),
    );
  }

  /** Opens a session for an account whose password has been checked, and forgets what failed before. */
  async open(account: Account, address: string): Promise<OpenedSession> {
    const opened = this.makeSession(account, address);
    await this.#repository.addSession(opened.kept, account, accountKey(account.name));
    return opened;
  }

  /** Makes a session that is not kept yet, for an account whose password has been checked. */
  makeSession(account: Account, address: string): OpenedSession {
    const { newId, absoluteTime } = this.#options;
    const token = newToken();
    const openedAt = this.now();
    const kept: KeptSession = {
      id: newId(),
      tokenHash: hashToken(token),
      account: account.id,
      openedAt,
      lastUsedAt: openedAt,
      address,
    };
    const identity: Identity = {
      session: kept.id,
      account: account.id,
      name: account.name,
      role: account.role,
      hasInitialPassword: account.hasInitialPassword,
      openedAt,
      expiresAt: openedAt + absoluteTime,
    };
    return { token, kept, identity };
  }

  /** Whom a token speaks for; nobody when it is no token, or its session is over. */
  identify(token: string): Identity | undefined | Promise<Identity | undefined> {
    return looksLikeToken(token) ? this.identifyHash(hashToken(token)) : undefined;
  }

  /** As {@link SessionKeeper.identify}, by the token's hash; at once where it was asked a moment ago. */
  identifyHash(tokenHash: string): Identity | undefined | Promise<Identity | undefined> {
    const cached = this.#cached.get(tokenHash);
    const now = this.now();
    // A clock that was set back says nothing of how long ago that was.
    const isFresh =
      cached !== undefined &&
      now >= cached.checkedAt &&
      now - cached.checkedAt < this.#options.cacheTime;
    if (!isFresh) {
      return this.#look(tokenHash, cached?.lastUsedAt);
    }
    return this.#use(tokenHash, cached, now);
  }

  /** Ends a session. */
  async close(session: string, by: Identity, address: string): Promise<void> {
    await this.#repository.removeSession(session, by, address);
    this.forget((identity) => identity.session === session);
  }

  /** Looks anew, at the next call, at the sessions that are chosen: something about them has changed. */
  forget(isMeant: (identity: Identity) => boolean): void {
    this.#changes++;
    for (const [tokenHash, { identity }] of this.#cached) {
      if (isMeant(identity)) this.#cached.delete(tokenHash);
    }
  }

  async #authenticate(
    name: string,
    password: string,
    ofAccount: string,
    ofAddress: string,
  ): Promise<Account> {
    const { throttle } = this.#options;
    const { forgetAfter } = throttle;
    const failures = await this.#repository.findFailures([ofAccount, ofAddress]);
    const now = this.now();
    const waiting = Math.max(
      waitingTime(failures.get(ofAccount), throttle.account, now, forgetAfter),
      waitingTime(failures.get(ofAddress), throttle.address, now, forgetAfter),
    );
    if (waiting > 0) throw refusal(waiting);
    const account = await this.#repository.findAccount(normalizeName(name));
    const isRight = await this.hasher.verify(password, account?.passwordHash);
    if (isRight && account !== undefined && !account.isDisabled) return account;
    const failedAt = this.now();
    await this.#repository.addFailure([ofAccount, ofAddress], failedAt, failedAt - forgetAfter);
    throw refusal(0);
  }

  async #look(tokenHash: string, lastUsedAt: number = 0): Promise<Identity | undefined> {
    let changes: number;
    let session: KnownSession | undefined;
    do {
      changes = this.#changes;
      session = await this.#repository.findSession(tokenHash);
    } while (changes !== this.#changes);
    this.#cached.delete(tokenHash);
    if (session === undefined || session.isDisabled) return undefined;
    const identity = this.#identityOf(session);
    const used = Math.max(session.lastUsedAt, lastUsedAt);
    const cached = this.#remember(tokenHash, identity, used, session.lastUsedAt);
    return this.#use(tokenHash, cached, this.now());
  }

  #identityOf(session: KnownSession): Identity {
    return {
      session: session.id,
      account: session.account,
      name: session.name,
      role: session.role,
      hasInitialPassword: session.hasInitialPassword,
      openedAt: session.openedAt,
      expiresAt: session.openedAt + this.#options.absoluteTime,
    };
  }

  #remember(
    tokenHash: string,
    identity: Identity,
    lastUsedAt: number,
    notedAt: number = lastUsedAt,
  ): Cached {
    const cached = { identity, checkedAt: this.now(), lastUsedAt, notedAt };
    this.#cached.set(tokenHash, cached);
    if (this.#cached.size > this.#options.maxCached) {
      const [oldest] = this.#cached.keys();
      if (oldest !== undefined) this.#cached.delete(oldest);
    }
    return cached;
  }

  /** One more call of a session, unless it has expired. */
  #use(tokenHash: string, cached: Cached, now: number): Identity | undefined {
    const { identity } = cached;
    const { idleTime, touchInterval } = this.#options;
    if (now >= identity.expiresAt || now - cached.lastUsedAt >= idleTime) {
      this.#cached.delete(tokenHash);
      return undefined;
    }
    cached.lastUsedAt = now;
    if (now - cached.notedAt >= touchInterval) {
      cached.notedAt = now;
      // A note that fails is made again in a while; the call it belongs to need not wait for it.
      this.#repository.touchSession(identity.session, now).catch(() => {
        cached.notedAt = 0;
      });
    }
    return identity;
  }
}

/** The same whatever the reason, which only whoever knows the account may guess. */
function refusal(retryAfter: number): SessionError {
  return new SessionError(
    'LOGIN_REFUSED',
    'the name or the password is wrong, or too many attempts have failed: check both, and wait before you try again',
    { details: retryAfter > 0 ? { retryAfter: Math.ceil(retryAfter) } : {} },
  );
}
