import { newIdentifier } from '../../store/index.ts';

/** Crockford's base 32, in order. */
const digits = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const timeLength = 10;

let last = '';

/** The next text of these digits. */
function increment(text: string): string {
  let end = text.length;
  while (end > 0 && text[end - 1] === 'Z') end--;
  const digit = digits[digits.indexOf(text[end - 1] ?? '') + 1] ?? '0';
  return `${text.slice(0, end - 1)}${digit}${'0'.repeat(text.length - end)}`;
}

/**
 * A new identifier that sorts after all that this process made before, even in the same millisecond: what
 * is listed by identifier is listed in the order it was added.
 */
export function nextIdentifier(): string {
  const fresh = newIdentifier();
  const isLater = fresh.slice(0, timeLength) > last.slice(0, timeLength);
  last = isLater || last === '' ? fresh : increment(last);
  return last;
}
