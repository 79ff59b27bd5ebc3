import type { Identity, Role } from './roles.ts';

/** When a role may call a method that it may not call always. */
export interface Condition<Resources> {
  /** As the table reads: `own`, `holds the promotion`. */
  readonly name: string;
  /** Whether it holds for these parameters, which have not been validated. */
  holds(
    identity: Identity,
    params: Readonly<Record<string, unknown>>,
    resources: Resources,
  ): boolean | Promise<boolean>;
}

/** Who may call a method: `anyone`, without a session too, or each role that is named. */
export type AccessRow<Resources> =
  | 'anyone'
  | { readonly [Name in Role]?: 'always' | Condition<Resources> };

/** Every method, or every method of a service as `calculator.*`, and who may call it. Nobody else may. */
export type AccessTable<Resources> = Readonly<Record<string, AccessRow<Resources>>>;

/** What the table says of a call. */
export type Verdict = 'allowed' | 'session needed' | 'denied';

/**
 * Looks calls up in an {@link AccessTable}.
 *
 * @example
 * ```ts
 * import { AccessRules } from 'guichet/session';
 * const identity = {
 *   session: 's1', account: 'a1', name: 'ada', role: 'teacher', hasInitialPassword: false,
 *   openedAt: 0, expiresAt: 1,
 * } as const;
 * const rules = new AccessRules({ 'clock.now': 'anyone', 'clock.set': { administrator: 'always' } }, undefined);
 * if (rules.judge('clock.now', undefined, {}) !== 'allowed') throw new Error('not open');
 * if (rules.judge('clock.set', identity, {}) !== 'denied') throw new Error('not closed');
 * if (rules.judge('clock.stop', identity, {}) !== 'denied') throw new Error('open by default');
 * ```
 */
export class AccessRules<Resources> {
  readonly #rows: ReadonlyMap<string, AccessRow<Resources>>;
  readonly #resources: Resources;

  constructor(table: AccessTable<Resources>, resources: Resources) {
    this.#rows = new Map(Object.entries(table));
    this.#resources = resources;
  }

  /** The row of a method; `undefined` for one that nobody may call. */
  rowOf(method: string): AccessRow<Resources> | undefined {
    return this.#rows.get(method) ?? this.#rows.get(`${method.split('.', 1)[0]}.*`);
  }

  /** Whether a method needs no session. */
  isOpen(method: string): boolean {
    return this.rowOf(method) === 'anyone';
  }

  /** Whether somebody may make a call; at once unless a condition has to look something up. */
  judge(
    method: string,
    identity: Identity | undefined,
    params: unknown,
  ): Verdict | Promise<Verdict> {
    const row = this.rowOf(method);
    if (row === 'anyone') return 'allowed';
    if (identity === undefined) return 'session needed';
    const grant = row?.[identity.role];
    if (grant === undefined) return 'denied';
    if (grant === 'always') return 'allowed';
    const fields =
      typeof params === 'object' && params !== null
        ? (params as Readonly<Record<string, unknown>>)
        : {};
    const holds = grant.holds(identity, fields, this.#resources);
    return holds instanceof Promise ? holds.then(toVerdict) : toVerdict(holds);
  }
}

function toVerdict(holds: boolean): Verdict {
  return holds ? 'allowed' : 'denied';
}

/** What the table has in the cell of a method and a role, as people read it. */
export function describeGrant<Resources>(row: AccessRow<Resources>, role: Role): string {
  if (row === 'anyone') return 'anyone';
  const grant = row[role];
  return typeof grant === 'object' ? grant.name : (grant ?? 'never');
}
