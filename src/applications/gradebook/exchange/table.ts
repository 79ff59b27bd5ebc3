import { parse, CsvError } from 'csv-parse/sync';
import { gradebookLimits } from '../limits.ts';
import { refuse } from '../refusal.ts';
import { isArchive, packArchive, unpackArchive } from './archive.ts';
import { decodeText } from './decode.ts';
import { checkSheetExtent, keepFailures } from './sheet-extent.ts';

/** One line of a file: its cells as texts, and where it began. */
export interface TableLine {
  /** From 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

/** A file as a table, and how it was read. */
export interface Table {
  readonly format: 'csv' | 'xlsx';
  readonly encoding: string | null;
  readonly separator: string | null;
  readonly lines: readonly TableLine[];
}

const separators = [';', ',', '\t'] as const;

/**
 * The separator of a CSV file: the one that is outside quotes most often in its first line. A semicolon
 * wins a draw: where it separates, commas are in numbers.
 */
export function findSeparator(text: string): string {
  const counts = new Map<string, number>(separators.map((separator) => [separator, 0]));
  let isQuoted = false;
  for (const character of text) {
    if (character === '"') isQuoted = !isQuoted;
    if (isQuoted) continue;
    if (character === '\n' || character === '\r') break;
    const count = counts.get(character);
    if (count !== undefined) counts.set(character, count + 1);
  }
  let best: string = ';';
  for (const [separator, count] of counts) if (count > (counts.get(best) ?? 0)) best = separator;
  return best;
}

/** What the library that reads CSV finds wrong with a line, as we call it. */
const csvProblems: Readonly<Partial<Record<CsvError['code'], string>>> = {
  CSV_QUOTE_NOT_CLOSED: 'QUOTE_NOT_CLOSED',
  CSV_MAX_RECORD_SIZE: 'LINE_TOO_LONG',
};

function readCsv(bytes: Buffer): Table {
  const { text, encoding } = decodeText(bytes);
  // Excel may say in a first line what separates: `sep=;`.
  const declared = /^sep=(.)\r?\n/.exec(text)?.[1];
  const skipped = declared === undefined ? 0 : 1;
  const body = declared === undefined ? text : text.slice(text.indexOf('\n') + 1);
  const separator = declared ?? findSeparator(body);
  const lines: TableLine[] = [];
  let line = 1 + skipped;
  try {
    parse(body, {
      delimiter: separator,
      relax_column_count: true,
      // A quote inside a cell that does not begin with one is part of the cell.
      relax_quotes: true,
      max_record_size: 1_000_000,
      on_record(record: string[], { lines: read }: { readonly lines: number }) {
        lines.push({ line, cells: record.map((cell) => bare(cell.trim())) });
        line = read + 1 + skipped;
        if (lines.length > gradebookLimits.maxFileLines) throw tooManyLines();
        return null;
      },
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const place = typeof error['lines'] === 'number' ? error['lines'] + skipped : line;
    throw refuse('FILE_UNREADABLE', {
      problem: csvProblems[error.code] ?? 'BAD_LINE',
      line: place,
    });
  }
  return { format: 'csv', encoding, separator, lines };
}

/** A text without the apostrophe that kept it from being a formula, as exports write it. */
function bare(cell: string): string {
  return /^'[=+\-@]/.test(cell) ? cell.slice(1) : cell;
}

function tooManyLines(): Error {
  return refuse('FILE_TOO_LONG', { limit: gradebookLimits.maxFileLines, unit: 'lines' });
}

/** A cell of a spreadsheet as text: numbers lose what floats add to their decimals. */
function showCell(cell: unknown): string {
  if (cell === null || cell === undefined) return '';
  if (typeof cell === 'number') return String(Number(cell.toFixed(6)));
  if (cell instanceof Date) return cell.toISOString().slice(0, 10);
  return typeof cell === 'string' ? cell.trim() : JSON.stringify(cell);
}

async function readXlsx(bytes: Buffer): Promise<Table> {
  // Read by us before a library that trusts what a file says of itself, then handed over as we read it.
  const parts = await unpackArchive(bytes);
  for (const part of parts) checkSheetExtent(part);
  const { readSheet } = await import('read-excel-file/node');
  let rows: readonly (readonly unknown[])[];
  try {
    rows = await readSheet(packArchive(parts.map(keepFailures)));
  } catch {
    // Its errors speak of parts of the archive that nobody who made the file knows of.
    throw refuse('FILE_UNREADABLE', { problem: 'NO_WHOLE_XLSX' });
  }
  if (rows.length > gradebookLimits.maxFileLines) throw tooManyLines();
  const lines = rows.map((cells, index) => ({ line: index + 1, cells: cells.map(showCell) }));
  return { format: 'xlsx', encoding: null, separator: null, lines };
}

/**
 * Reads a file as a table: XLSX by what it begins with, anything else as CSV. Some files cost much more time
 * and memory than their length says: on the thread of a server, only short texts are for it.
 * @throws {CallError} `FILE_UNREADABLE`, `FILE_TOO_LONG`
 */
export async function readTable(file: Uint8Array): Promise<Table> {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  const table = isArchive(bytes) ? await readXlsx(bytes) : readCsv(bytes);
  const [first] = table.lines;
  if (first === undefined) throw refuse('FILE_UNREADABLE', { problem: 'EMPTY' });
  if (first.cells.length > gradebookLimits.maxFileColumns) {
    throw refuse('FILE_TOO_LONG', { limit: gradebookLimits.maxFileColumns, unit: 'columns' });
  }
  return table;
}
