const months: readonly string[] = [
  'Jan',
  'Feb',
  'Mar',
  'Apr',
  'May',
  'Jun',
  'Jul',
  'Aug',
  'Sep',
  'Oct',
  'Nov',
  'Dec',
];

const dayName = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)';
const longDayName = '(?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)';
const monthName = `(?<month>${months.join('|')})`;
const time = String.raw`(?<hour>\d\d):(?<minute>\d\d):(?<second>\d\d)`;

/** IMF-fixdate, and the two obsolete forms that every recipient must still read. */
const forms: readonly RegExp[] = [
  new RegExp(String.raw`^${dayName}, (?<day>\d\d) ${monthName} (?<year>\d{4}) ${time} GMT$`),
  new RegExp(String.raw`^${longDayName}, (?<day>\d\d)-${monthName}-(?<year>\d\d) ${time} GMT$`),
  new RegExp(String.raw`^${dayName} ${monthName} (?<day>[ \d]\d) ${time} (?<year>\d{4})$`),
];

/** The year meant by two digits: never more than 50 years ahead (RFC 9110, section 5.6.7). */
function expandYear(year: number, now: number): number {
  const current = new Date(now).getUTCFullYear();
  const candidate = current - (current % 100) + year;
  return candidate > current + 50 ? candidate - 100 : candidate;
}

/**
 * Reads a date in any of the three forms of HTTP (RFC 9110, section 5.6.7), to the letter.
 *
 * @param now milliseconds since 1970, what years of two digits are near to.
 * @returns milliseconds since 1970, or `undefined` for what is no date.
 */
export function parseHttpDate(text: string, now: number = Date.now()): number | undefined {
  for (const form of forms) {
    const parts = form.exec(text)?.groups;
    if (parts === undefined) continue;
    const [day, hour, minute] = [parts['day'], parts['hour'], parts['minute']].map(Number);
    // A leap second is read as the one before it: no clock of this kind has it.
    const second = Math.min(Number(parts['second']), 59);
    const digits = parts['year'] ?? '';
    const year = digits.length === 2 ? expandYear(Number(digits), now) : Number(digits);
    const month = months.indexOf(parts['month'] ?? '');
    const date = new Date(0);
    date.setUTCFullYear(year, month, day);
    date.setUTCHours(hour ?? 0, minute, second);
    const isReal =
      date.getUTCDate() === day &&
      date.getUTCMonth() === month &&
      date.getUTCHours() === hour &&
      date.getUTCMinutes() === minute &&
      Number(parts['second']) <= 60;
    return isReal ? date.getTime() : undefined;
  }
  return undefined;
}

/** A date as HTTP sends it, IMF-fixdate (RFC 9110, section 5.6.7), from milliseconds since 1970. */
export function formatHttpDate(milliseconds: number): string {
  return new Date(milliseconds).toUTCString();
}
