import { isAbove } from './cells.ts';
import { readColumns } from './columns.ts';
import type { Columns } from './columns.ts';
import { readTable } from './table.ts';
import type { Table, TableLine } from './table.ts';

/** Stands in no cell: no text and no XML has it, and no reader lets it through. */
const cellEnd = '\0';

/** What a new assessment is usually out of. */
const usualScale = 20;

/** A file as its thread hands it over: in few pieces, for each costs the receiver's thread some time. */
export interface PackedFile extends Pick<Table, 'format' | 'encoding' | 'separator'> {
  readonly columns: Columns;
  /** Columns of marks that have one above 20, from 0. */
  readonly above: readonly number[];
  /** Where each line begins, from 1. */
  readonly numbers: readonly number[];
  /** Each line's cells, joined. */
  readonly texts: readonly string[];
}

/**
 * Reads a file to import, and all of it that needs no look at the gradebook.
 * @throws {CallError} `FILE_UNREADABLE` `FILE_TOO_LONG` `COLUMNS_UNKNOWN` `COLUMN_TWICE`
 */
export async function packFile(bytes: Uint8Array): Promise<PackedFile> {
  const { lines, format, encoding, separator } = await readTable(bytes);
  const all = readColumns(lines[0]?.cells ?? []);
  const people = lines.slice(1);
  // A column that has neither a name nor anything in it is none.
  const isThere = ({ index, name }: Columns['ignored'][number]): boolean =>
    name !== '' || people.some(({ cells }) => (cells[index] ?? '') !== '');
  const columns = { ...all, ignored: all.ignored.filter(isThere) };
  const above = columns.marks
    .map(({ index }) => index)
    .filter((index) => people.some(({ cells }) => isAbove(cells[index] ?? '', usualScale)));
  return {
    format,
    encoding,
    separator,
    columns,
    above,
    numbers: lines.map(({ line }) => line),
    texts: lines.map(({ cells }) => cells.join(cellEnd)),
  };
}

/** A file to import, as it was read. */
export class ImportFile {
  readonly columns: Columns;
  readonly #packed: PackedFile;

  constructor(packed: PackedFile) {
    this.#packed = packed;
    this.columns = packed.columns;
  }

  /** How it was read. */
  get kind(): Pick<Table, 'encoding' | 'separator'> & { readonly format: string } {
    const { encoding, separator, format } = this.#packed;
    return { format: this.columns.isMoodle ? 'moodle' : format, encoding, separator };
  }

  /** The line of the headings, from 1. */
  get firstLine(): number {
    return this.#packed.numbers[0] ?? 1;
  }

  /** Out of what a new assessment is whose heading does not say: 100 is what Moodle begins with. */
  guessScale(column: number): string {
    return this.#packed.above.includes(column) ? '100' : String(usualScale);
  }

  /** The lines after the headings. */
  *lines(): Generator<TableLine> {
    const { numbers, texts } = this.#packed;
    for (let index = 1; index < texts.length; index++) {
      yield { line: numbers[index] ?? 0, cells: (texts[index] ?? '').split(cellEnd) };
    }
  }
}
