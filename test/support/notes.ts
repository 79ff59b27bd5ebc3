import { prepare } from '../../src/store/index.ts';
import type { Given, Kysely, Migration, Run } from '../../src/store/index.ts';

/** A small database for tests of stores: notes, two to a batch. */
export interface NoteTables {
  notes: { id: string; batch: string };
}

export const noteMigrations: readonly Migration[] = [
  {
    name: 'notes-1',
    up: (database) =>
      database.schema
        .createTable('notes')
        .addColumn('id', 'text', (column) => column.primaryKey())
        .addColumn('batch', 'text', (column) => column.notNull())
        .execute(),
  },
];

const insertNote = prepare((query: Kysely<NoteTables>, given: Given<NoteTables['notes']>) =>
  query.insertInto('notes').values({ id: given('id'), batch: given('batch') }),
);

/** Writes both notes of a batch: both must be there, or neither. */
export async function addBatch(run: Run, batch: string): Promise<void> {
  await run(insertNote, { id: `${batch}-1`, batch });
  await run(insertNote, { id: `${batch}-2`, batch });
}

/** How many notes each batch has. */
export async function countBatches(
  query: Kysely<NoteTables>,
): Promise<ReadonlyMap<string, number>> {
  const rows = await query
    .selectFrom('notes')
    .select(({ fn }) => ['batch', fn.countAll<number>().as('count')])
    .groupBy('batch')
    .execute();
  return new Map(rows.map(({ batch, count }) => [batch, count]));
}
