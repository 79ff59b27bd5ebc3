import { TomlError, parse } from 'smol-toml';

/** Lines of a file at most for its errors to be told their line: finding it costs their square. */
const maxLines = 2_000;

function has(value: unknown, path: readonly PropertyKey[]): boolean {
  let at = value;
  for (const key of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return false;
    at = (at as Record<PropertyKey, unknown>)[key];
  }
  return true;
}

function tryParse(text: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    return undefined;
  }
}

/**
 * The line on which a key of a TOML text is set, from 1; `undefined` when it cannot be told. The text up to
 * that line is the first that says anything of the key; where a value takes several lines, it is the line
 * that it begins on.
 */
export function findLine(text: string, path: readonly PropertyKey[]): number | undefined {
  const lines = text.split('\n');
  if (lines.length > maxLines || path.length === 0) return undefined;
  let begin = 0;
  for (let end = 1; end <= lines.length; end++) {
    const parsed = tryParse(lines.slice(0, end).join('\n'));
    if (parsed === undefined) continue;
    if (has(parsed, path)) {
      const statement = lines.slice(begin, end);
      const first = statement.findIndex((line) => !/^\s*(#.*)?\r?$/.test(line));
      return begin + Math.max(0, first) + 1;
    }
    begin = end;
  }
  return undefined;
}
