/** A cell: a number, with how many digits after the point it was written with; or a text. */
export type Cell = { readonly number: string } | { readonly text: string };

/** What is written to a file. */
export interface Sheet {
  readonly headings: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/** Stands in no cell. */
const cellEnd = '\0';
const isNumber = '#';
const isText = '"';

/** A sheet as it goes to another thread: in few pieces, for each costs the sender's thread some time. */
export interface PackedSheet {
  readonly name: string;
  readonly headings: readonly string[];
  readonly rows: readonly string[];
}

/** Packs rows one by one, so that whoever has many can pause. */
export function packRow(row: readonly Cell[]): string {
  return row
    .map((cell) => ('number' in cell ? isNumber + cell.number : isText + cell.text))
    .join(cellEnd);
}

/** The cells of a packed row. */
export function unpackRow(row: string): Cell[] {
  return row
    .split(cellEnd)
    .map((cell) =>
      cell.startsWith(isNumber) ? { number: cell.slice(1) } : { text: cell.slice(1) },
    );
}
