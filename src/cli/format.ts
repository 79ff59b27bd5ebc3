import { inspect } from 'node:util';
import { escapeControls, escapeJson } from '../observe/index.ts';
import { CodecError, json } from '../presentation/index.ts';

/** Columns as wide as their widest cell. */
export function formatTable(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) {
      widths[column] = Math.max(widths[column] ?? 0, cell.length);
    }
  }
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/**
 * A value as one line, safe for a terminal: as JSON if JSON carries it unaltered, else as Node shows it
 * (cycles, maps, big integers, which CBOR carries and JSON does not).
 */
export function formatValue(value: unknown): string {
  if (value === undefined) return 'null';
  try {
    return escapeJson(json.encodeText?.(value) ?? '');
  } catch (error) {
    if (!(error instanceof CodecError)) throw error;
    const options = { depth: Infinity, breakLength: Infinity, maxArrayLength: Infinity };
    return escapeControls(inspect(value, { ...options, maxStringLength: Infinity }));
  }
}
