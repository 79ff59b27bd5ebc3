import { pathStep } from './path.ts';

/**
 * The path of the first infinity in what `JSON.parse` gave, or undefined when there is none: JSON has no
 * infinities, so a number was out of the range of doubles. The value nests no deeper than the codec allows.
 */
export function findInfinity(value: unknown): string | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : '';
  if (typeof value !== 'object' || value === null) return undefined;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) {
      const found = findInfinity(value[index]);
      if (found !== undefined) return pathStep(index) + found;
    }
    return undefined;
  }
  const members = value as Readonly<Record<string, unknown>>;
  // Twice as fast as Object.keys; what a polluted Object.prototype adds was not in the text.
  for (const key in members) {
    const found = findInfinity(members[key]);
    if (found !== undefined) return pathStep(key) + found;
  }
  return undefined;
}
