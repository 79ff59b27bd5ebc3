import { gradebookLimits } from '../limits.ts';
import { refuse } from '../refusal.ts';
import type { ArchivePart } from './archive.ts';

/** The last row of a sheet (ECMA-376: what spreadsheets write), where formatting without content may be. */
const lastRow = 1_048_576;
/** Cells of the rectangle that holds all content. */
const maxCells = 2_000_000;

/**
 * Every attribute `r` under any prefix, the place of a row or a cell, wherever it stands; and whether the element ends with
 * it, so that it has no content.
 */
const places =
  /(?:[^\w:]|(?<!xmlns):)r\s*=\s*(?:"([^"]*)"|'([^']*)')(?=((?:\s+[\w:]+\s*=\s*"[^"<>]*")*\s*\/>)?)/g;

function columnOf(letters: string): number {
  let column = 0;
  for (const letter of letters) column = column * 26 + letter.charCodeAt(0) - 64;
  return column;
}

/**
 * Makes sure that a sheet's table is one that memory can take: a cell says itself where it stands, and the
 * table is as high and as wide as the furthest one, however few there are.
 *
 * @throws {CallError} `FILE_TOO_LONG`, `FILE_UNREADABLE`
 */
export function checkSheetExtent({ content }: ArchivePart): void {
  // No sheet has its cells elsewhere; in other parts `r` is another thing.
  if (!content.includes('sheetData')) return;
  let [rows, columns] = [0, 0];
  for (const [, double, single, isEmpty] of content.toString('latin1').matchAll(places)) {
    const place = /^([A-Z]{0,3})(\d{1,7})$/.exec(double ?? single ?? '');
    if (place === null) throw refuse('FILE_UNREADABLE', { problem: 'NO_WHOLE_XLSX' });
    const [, letters = '', digits] = place;
    const row = Number(digits);
    if (row > lastRow) throw tooLong(gradebookLimits.maxFileLines, 'lines');
    if (letters === '' || isEmpty !== undefined) continue;
    rows = Math.max(rows, row);
    columns = Math.max(columns, columnOf(letters));
  }
  if (rows > gradebookLimits.maxFileLines) throw tooLong(gradebookLimits.maxFileLines, 'lines');
  if (columns > gradebookLimits.maxFileColumns) {
    throw tooLong(gradebookLimits.maxFileColumns, 'columns');
  }
  if (rows * columns > maxCells) throw tooLong(maxCells, 'cells');
}

function tooLong(limit: number, unit: string): Error {
  return refuse('FILE_TOO_LONG', { limit, unit });
}

/**
 * The same part, where cells whose formula failed hold what the spreadsheet shows of them, as `#DIV/0!`:
 * a library that reads them as empty would have them taken for no mark.
 */
export function keepFailures(part: ArchivePart): ArchivePart {
  if (!part.content.includes('sheetData')) return part;
  const text = part.content.toString('latin1');
  const kept = text.replaceAll(/(<(?:\w+:)?c\s[^<>]*?\bt\s*=\s*)(?:"e"|'e')/g, '$1"str"');
  return kept === text ? part : { ...part, content: Buffer.from(kept, 'latin1') };
}
