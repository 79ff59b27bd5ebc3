import { isDecimal } from '../shapes.ts';
import { fold } from './columns.ts';

/** Words for what a mark is without being a number, of other programs too, folded. */
const words: ReadonlyMap<string, string> = new Map([
  ['abs', 'ABS'],
  ['abi', 'ABS'],
  ['absent', 'ABS'],
  ['absente', 'ABS'],
  ['exc', 'EXC'],
  ['abj', 'EXC'],
  ['dis', 'EXC'],
  ['excuse', 'EXC'],
  ['excused', 'EXC'],
  ['dispense', 'EXC'],
  ['att', 'ATT'],
  ['pending', 'ATT'],
  ['en attente', 'ATT'],
]);

/** Characters of the longest cell that may be a mark: nobody folds a novel to find that it is none. */
const longestMark = 64;

/** A number whose thousands are parted by spaces; any other space is a slip of whoever wrote it. */
const thousands = /^\d{1,3}(?:\s\d{3})+(?:[.,]\d+)?$/u;

/** A cell as a decimal: `12,5`, `1 000`. */
function readNumber(cell: string): string | undefined {
  const text = cell.trim();
  const number = (thousands.test(text) ? text.replaceAll(/\s/gu, '') : text).replace(',', '.');
  return isDecimal(number) ? number : undefined;
}

/** A cell as a mark: empty for none, `undefined` for what is neither. */
export function readMark(cell: string): string | undefined {
  if (cell === '' || cell === '-' || cell === '–') return '';
  if (cell.length > longestMark) return undefined;
  return readNumber(cell) ?? words.get(fold(cell));
}

/** Whether a cell is a number above a limit. Floats tell numbers of twelve digits apart. */
export function isAbove(cell: string, limit: number): boolean {
  if (cell === '' || cell.length > longestMark) return false;
  const number = readNumber(cell);
  return number !== undefined && Number(number) > limit;
}
