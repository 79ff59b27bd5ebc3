/** RFC 3339, section 5.6: `date-time`. */
const dateTime =
  /^(\d{4})-(\d\d)-(\d\d)T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/i;

/**
 * The moment an RFC 3339 text names, to the millisecond; undefined when it names none. A leap second
 * is none: a `Date` cannot hold it.
 */
export function parseDateText(text: string): Date | undefined {
  const [, year, month, day] = dateTime.exec(text) ?? [];
  if (year === undefined) return undefined;
  // Date.parse takes the 30th of February for the 2nd of March.
  const start = new Date(Date.UTC(2000, 0));
  start.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  if (start.getUTCMonth() !== Number(month) - 1) return undefined;
  return validate(new Date(text.toUpperCase()));
}

/** The moment so many seconds after 1970, to the millisecond; undefined when a `Date` cannot hold it. */
export function createDate(seconds: number): Date | undefined {
  // In one product, what is to be rounded would already have been rounded.
  const whole = Math.floor(seconds);
  return validate(new Date(whole * 1000 + Math.round((seconds - whole) * 1000)));
}

function validate(date: Date): Date | undefined {
  return Number.isNaN(date.getTime()) ? undefined : date;
}
