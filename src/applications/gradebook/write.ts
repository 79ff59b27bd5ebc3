import { hash } from 'node:crypto';
import type { Run, Store } from '../../store/index.ts';
import { StoreError } from '../../store/index.ts';
import type { Caller } from './caller.ts';
import type { ChangeItem } from './images.ts';
import { Ledger, nameChange } from './ledger.ts';
import type { Edit } from './ledger.ts';
import { findChangeByKey } from './queries.ts';
import { refuse } from './refusal.ts';
import type { ChangeShape } from './shapes.ts';
import type { ChangeRow, GradebookTables } from './tables.ts';

/** A call that changes something. */
export interface WriteCall {
  readonly caller: Caller;
  /** The method's name, which the history tells. */
  readonly action: string;
  readonly params: unknown;
  /** The caller's idempotency key. */
  readonly key: string | undefined;
  /** Told of the transaction that carried it out, once that is committed. */
  readonly onCommit: (ledger: Ledger) => void;
}

/** A change that was made, now or by the call that this one repeats. */
export interface MadeChange {
  readonly id: string;
  readonly row: ChangeRow;
  readonly items: readonly ChangeItem[];
}

/** A change as its row in the history tells it. */
export function readChange(row: ChangeRow): MadeChange {
  return {
    id: nameChange(row.promotion, row.revision),
    row,
    items: JSON.parse(row.items) as readonly ChangeItem[],
  };
}

/** Things of a change that are told of one by one, so that a page of changes fits in a message. */
const maxShown = 10;

/** A change as callers see it: all of it counted, and so many things of it told. */
export function showChange({ id, row, items }: MadeChange, limit: number = maxShown): ChangeShape {
  return {
    change: id,
    at: row.at,
    by: row.by,
    action: row.action,
    undone: row.undone === 1,
    count: items.length,
    items: items
      .slice(0, limit)
      .map(({ kind, id: thing, before, after }) => ({ kind, id: thing, before, after })),
  };
}

/** What a call asks for, in few characters: two calls with one key must ask for the same. */
export function digestCall({ action, params }: Pick<WriteCall, 'action' | 'params'>): string {
  return hash('sha256', `${action} ${JSON.stringify(params)}`, 'base64url');
}

/**
 * The change that a call with this key made before.
 * @throws {CallError} `KEY_REUSED` when that call was another one.
 */
export async function findRepeated(
  run: Run,
  { caller, key }: WriteCall,
  digest: string,
): Promise<MadeChange | undefined> {
  if (key === undefined) return undefined;
  const { rows } = await run(findChangeByKey, { by: caller.account, key });
  const [row] = rows;
  if (row === undefined) return undefined;
  if (row.digest !== digest) throw refuse('KEY_REUSED');
  return readChange(row);
}

/**
 * Carries out one call that changes something: what it changes, its history and its idempotency key are
 * committed together, so that the call repeated, even after a crash, gives its first answer and does
 * nothing.
 *
 * @param make does it.
 * @param answer what the caller is told of the change.
 */
export async function makeChange<Result>(
  store: Store<GradebookTables>,
  call: WriteCall,
  make: (ledger: Ledger) => Promise<Edit>,
  answer: (change: MadeChange, ledger: Ledger) => Result | Promise<Result>,
): Promise<Result> {
  const { caller, action, key, onCommit } = call;
  const digest = key === undefined ? '' : digestCall(call);
  const work = async (): Promise<Result> => {
    const done = await store.write(async (query, run) => {
      const ledger = new Ledger(query, run);
      const repeated = await findRepeated(run, call, digest);
      if (repeated !== undefined) return { result: await answer(repeated, ledger), ledger };
      const edit = await make(ledger);
      const row = ledger.enter(edit, action, caller.account, key, digest);
      const result = await answer({ id: edit.id, row, items: edit.items }, ledger);
      await ledger.finish();
      return { result, ledger };
    });
    onCommit(done.ledger);
    return done.result;
  };
  try {
    return await work();
  } catch (error) {
    // Two of the same key at the same time: the one that came second finds the first's answer now.
    const isDuplicate = error instanceof StoreError && error.code === 'STORE_DUPLICATE';
    if (!isDuplicate || key === undefined) throw error;
    return work();
  }
}
