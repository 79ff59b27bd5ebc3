import type { HeaderField } from '../headers.ts';
import { compileGlob } from '../site/globs.ts';
import type { FileHeaderRule } from './options.ts';

/** Tells the fields that rules give to a path: those of later rules in place of earlier ones. */
export type FieldsFor = (path: string) => readonly HeaderField[];

/**
 * Compiles rules.
 *
 * @throws {RangeError} for a glob that stands for too many.
 */
export function compileRules(rules: readonly FileHeaderRule[]): FieldsFor {
  const compiled = rules.map(({ match, headers }) => ({ matches: compileGlob(match), headers }));
  return (path) => {
    const fields = new Map<string, HeaderField>();
    for (const { matches, headers } of compiled) {
      if (matches(path) === undefined) continue;
      for (const [name, value] of Object.entries(headers)) {
        fields.set(name.toLowerCase(), [name, value]);
      }
    }
    return [...fields.values()];
  };
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
