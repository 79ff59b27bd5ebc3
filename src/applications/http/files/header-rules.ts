import { posix } from 'node:path';
import type { HeaderField } from '../headers.ts';
import type { HeaderRule } from './options.ts';

/** The fields that rules give to a path from the root: those of later rules in place of earlier ones. */
export function fieldsFor(rules: readonly HeaderRule[], path: string): readonly HeaderField[] {
  const fields = new Map<string, HeaderField>();
  for (const { match, headers } of rules) {
    const isName = !match.includes('/');
    const pattern = isName || match.startsWith('/') ? match : `/${match}`;
    if (!posix.matchesGlob(isName ? posix.basename(path) : path, pattern)) continue;
    for (const [name, value] of Object.entries(headers)) {
      fields.set(name.toLowerCase(), [name, value]);
    }
  }
  return [...fields.values()];
}

/** Fields with others in their place; Vary is added to, since each says what it depends on itself. */
export function replaceFields(
  fields: readonly HeaderField[],
  others: readonly HeaderField[],
): readonly HeaderField[] {
  const replaced = new Set(others.map(([name]) => name.toLowerCase()));
  replaced.delete('vary');
  return [...fields.filter(([name]) => !replaced.has(name.toLowerCase())), ...others];
}
