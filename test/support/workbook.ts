import { packArchive } from '../../src/applications/gradebook/exchange/archive.ts';
import type { ArchivePart } from '../../src/applications/gradebook/exchange/archive.ts';

const schema = 'http://schemas.openxmlformats.org';
const part = (name: string, content: string): ArchivePart => ({
  name: Buffer.from(name),
  content: Buffer.from(content),
});
/** A cell of a sheet: a number, or a text as XML. */
export const cell = (place: string, value: string | number): string =>
  typeof value === 'number'
    ? `<c r="${place}"><v>${value}</v></c>`
    : `<c r="${place}" t="inlineStr"><is><t>${value}</t></is></c>`;
/** A workbook of one sheet, with what its rows are told to be. */
export function makeWorkbook(rows: string, more: readonly ArchivePart[] = []): Buffer {
  return packArchive([
    part(
      'xl/workbook.xml',
      `<workbook xmlns="${schema}/spreadsheetml/2006/main" xmlns:r="${schema}/officeDocument/2006/relationships"><sheets><sheet name="A" sheetId="1" r:id="rId1"/></sheets></workbook>`,
    ),
    part(
      'xl/_rels/workbook.xml.rels',
      `<Relationships xmlns="${schema}/package/2006/relationships"><Relationship Id="rId1" Type="${schema}/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
    ),
    part(
      'xl/worksheets/sheet1.xml',
      `<worksheet xmlns="${schema}/spreadsheetml/2006/main"><sheetData>${rows}</sheetData></worksheet>`,
    ),
    ...more,
  ]);
}
