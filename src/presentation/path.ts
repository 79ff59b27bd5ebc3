const identifier = /^[\p{ID_Start}_$][\p{ID_Continue}$]*$/u;

/**
 * One step of a path in a value, as `details.path` of a codec's error shows it: `[3]` for an index,
 * `.name` for a key, `["a key"]` for a key that is no identifier.
 */
export function pathStep(key: string | number): string {
  if (typeof key === 'number') return `[${key}]`;
  return identifier.test(key) ? `.${key}` : `[${JSON.stringify(shorten(key))}]`;
}

/** The text, cut to fit in one line of an error. */
export function shorten(text: string, maxLength: number = 60): string {
  return text.length <= maxLength ? text : `${text.slice(0, maxLength)}…`;
}
