import write from 'write-excel-file/node';
import { Rational } from '../rational.ts';
import { unpackRow } from './sheet.ts';
import type { PackedSheet } from './sheet.ts';

/** A sheet as an XLSX file. */
export async function writeXlsx({ name, headings, rows }: PackedSheet): Promise<Uint8Array> {
  const data = [
    headings.map((heading) => ({ value: heading, type: String, fontWeight: 'bold' as const })),
    ...rows.map((row) =>
      unpackRow(row).map((cell) =>
        'number' in cell
          ? { value: Rational.parse(cell.number).toNumber(), type: Number }
          : // Typed as text, it is text to a spreadsheet whatever it begins with.
            { value: cell.text, type: String },
      ),
    ),
  ];
  return write(data, { sheet: name }).toBuffer();
}
