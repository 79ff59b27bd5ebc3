import { refuse } from './refusal.ts';

/** A thing of the gradebook as it was, is, or is to become. */
interface Versioned {
  readonly version: number;
}

/**
 * What a thing becomes by the changes that were asked for; what is left out, or undefined, stays.
 * @throws {CallError} `NOTHING_ASKED`
 */
export function applyChanges<Image extends Versioned>(
  before: Image,
  changes: { readonly [Field in keyof Image]?: Image[Field] | undefined },
): Image {
  const given = Object.entries(changes).filter(([, value]) => value !== undefined);
  if (given.length === 0) throw refuse('NOTHING_ASKED');
  return { ...before, ...Object.fromEntries(given), version: before.version + 1 };
}

/**
 * Makes sure that nobody changed a thing since the caller saw it.
 *
 * @param seen the version last seen, if the caller tells one.
 * @param wanted what this call would make of it; null if it would remove it.
 * @param say tells an image in few words.
 * @throws {CallError} `VERSION_CHANGED`, with both.
 */
export function checkVersion<Image extends Versioned>(
  seen: number | undefined,
  current: Image,
  wanted: Image | null,
  say: (image: Image) => string,
): void {
  if (seen === undefined || seen === current.version) return;
  const wantedText = wanted === null ? '—' : say(wanted);
  throw refuse('VERSION_CHANGED', { current, wanted, currentText: say(current), wantedText });
}
