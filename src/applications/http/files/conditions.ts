import type { HttpHeaders } from '../headers.ts';
import { matchesStrongly, matchesWeakly } from './entity-tags.ts';
import type { EntityTag } from './entity-tags.ts';
import { parseHttpDate } from './http-date.ts';

/** What conditions are held against. */
export interface Validators {
  readonly tag: EntityTag;
  /** Milliseconds since 1970, a whole second; `undefined` for what has no date. */
  readonly modified: number | undefined;
}

/** `proceed` answers, `unchanged` is 304, `failed` is 412. */
export type Verdict = 'proceed' | 'unchanged' | 'failed';

function dateOf(headers: HttpHeaders, name: string): number | undefined {
  const value = headers.get(name);
  return value === undefined ? undefined : parseHttpDate(value);
}

/**
 * Judges the four conditions of GET and HEAD in their precedence (RFC 9110, section 13.2.2). A date that
 * is none, or that the representation has none to compare with, is as if it were not there.
 */
export function judgeConditions(headers: HttpHeaders, validators: Validators): Verdict {
  const { tag, modified } = validators;
  const match = headers.get('if-match');
  if (match !== undefined) {
    if (!matchesStrongly(match, tag)) return 'failed';
  } else if (modified !== undefined) {
    const date = dateOf(headers, 'if-unmodified-since');
    if (date !== undefined && modified > date) return 'failed';
  }
  const noneMatch = headers.get('if-none-match');
  if (noneMatch !== undefined) return matchesWeakly(noneMatch, tag) ? 'unchanged' : 'proceed';
  if (modified === undefined) return 'proceed';
  const since = dateOf(headers, 'if-modified-since');
  return since !== undefined && modified <= since ? 'unchanged' : 'proceed';
}

/**
 * Whether If-Range lets Range through (RFC 9110, section 13.1.5): it names the same tag, strongly, or the
 * very date, once the second that the date speaks of is over. Without the field, it does.
 */
export function allowsRange(
  headers: HttpHeaders,
  validators: Validators,
  now: number = Date.now(),
): boolean {
  const value = headers.get('if-range');
  if (value === undefined) return true;
  if (/^(?:W\/)?"/.test(value)) {
    return value === validators.tag && !value.startsWith('W/');
  }
  const date = parseHttpDate(value);
  return date !== undefined && date === validators.modified && now >= date + 1000;
}
