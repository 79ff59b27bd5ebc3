import type { Caller } from './caller.ts';
import { nextIdentifier } from './identifiers.ts';
import { toPromotionImage } from './images.ts';
import type { PromotionImage } from './images.ts';
import type { Edit, Ledger } from './ledger.ts';
import { nameChange } from './ledger.ts';
import { findPromotion, findTeachers } from './queries.ts';
import type { PromotionShape } from './shapes.ts';
import type { PromotionRow } from './tables.ts';
import { checkVersion } from './versions.ts';
import type { MadeChange } from './write.ts';

/** Writes what a promotion is to become. */
export async function putPromotion(
  ledger: Ledger,
  edit: Edit,
  before: PromotionImage | null,
  after: PromotionImage,
): Promise<void> {
  const { promotion: id, name, year, archived, version } = after;
  edit.items.push({ kind: 'promotion', id, before, after });
  const columns = { name, year, archived: archived ? 1 : 0, version };
  await ledger.query.updateTable('promotions').set(columns).where('id', '=', id).execute();
  const added = after.teachers.filter((account) => before?.teachers.includes(account) !== true);
  const left = before?.teachers.filter((account) => !after.teachers.includes(account)) ?? [];
  if (added.length > 0) {
    await ledger.query
      .insertInto('promotionTeachers')
      .values(added.map((account) => ({ promotion: id, account })))
      .execute();
  }
  if (left.length > 0) {
    await ledger.query
      .deleteFrom('promotionTeachers')
      .where('promotion', '=', id)
      .where('account', 'in', left)
      .execute();
  }
}

/** A promotion as it is now. */
export async function readPromotionImage(
  ledger: Pick<Ledger, 'run'>,
  row: PromotionRow,
): Promise<PromotionImage> {
  const { rows } = await ledger.run(findTeachers, { promotion: row.id });
  return toPromotionImage(
    row,
    rows.map(({ account }) => account),
  );
}

export async function createPromotion(
  ledger: Ledger,
  { name, year = null }: { readonly name: string; readonly year?: string | null | undefined },
): Promise<Edit> {
  const row: PromotionRow = {
    id: nextIdentifier(),
    name,
    year,
    archived: 0,
    version: 1,
    revision: 1,
    epoch: 0,
    students: 0,
  };
  await ledger.query.insertInto('promotions').values(row).execute();
  ledger.adopt(row);
  const edit = ledger.begin(row.id);
  const after = toPromotionImage(row, []);
  edit.items.push({ kind: 'promotion', id: row.id, before: null, after });
  return edit;
}

/** What changes of a promotion; what is left out stays. */
export interface PromotionChanges {
  readonly promotion: string;
  readonly name?: string | undefined;
  readonly year?: string | null | undefined;
  readonly archived?: boolean | undefined;
  readonly version?: number | undefined;
  /** A teacher who is to hold it, or no longer. */
  readonly teacher?: { readonly account: string; readonly isAdded: boolean };
}

function changeTeachers(
  teachers: readonly string[],
  change: PromotionChanges['teacher'],
): string[] {
  if (change === undefined) return [...teachers];
  const others = teachers.filter((account) => account !== change.account);
  return change.isAdded ? [...others, change.account].sort() : others;
}

export async function changePromotion(
  ledger: Ledger,
  caller: Caller,
  changes: PromotionChanges,
): Promise<Edit> {
  const { promotion, name, year, archived, version, teacher } = changes;
  const mayBeArchived = archived !== undefined || teacher !== undefined;
  const row = await ledger.hold(promotion, caller, mayBeArchived);
  const before = await readPromotionImage(ledger, row);
  const after: PromotionImage = {
    ...before,
    name: name ?? before.name,
    year: year === undefined ? before.year : year,
    archived: archived ?? before.archived,
    teachers: changeTeachers(before.teachers, teacher),
    version: before.version + 1,
  };
  checkVersion(version, before, after, (image) => image.name);
  const edit = ledger.begin(promotion);
  await putPromotion(ledger, edit, before, after);
  return edit;
}

/** The promotion that a change made or changed, as its caller is told of it. */
export async function showChangedPromotion(
  { items, row }: MadeChange,
  { run }: Pick<Ledger, 'run'>,
): Promise<PromotionShape> {
  const [item] = items;
  if (item?.kind !== 'promotion' || item.after === null) {
    throw new TypeError(`${nameChange(row.promotion, row.revision)} changed no promotion`);
  }
  const { rows } = await run(findPromotion, { id: item.id });
  return { ...item.after, students: rows[0]?.students ?? 0 };
}
