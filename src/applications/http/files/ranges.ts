/** Bytes of a representation, both ends included. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

/** What Range asks for: nothing that holds, ranges in the order asked for, or none that there is. */
export type RangeRequest = 'none' | 'unsatisfiable' | readonly ByteRange[];

/** A position of any number of digits; beyond 2^53 only that it is beyond every file matters. */
function readPosition(digits: string): bigint {
  return BigInt(digits);
}

function readRange(spec: string, size: number): ByteRange | 'unsatisfiable' | 'malformed' {
  const match = /^(\d*)-(\d*)$/.exec(spec);
  const [first, last] = [match?.[1] ?? '', match?.[2] ?? ''];
  if (first === '' && last === '') return 'malformed';
  const end = BigInt(size - 1);
  if (first === '') {
    const length = readPosition(last);
    if (length === 0n || size === 0) return 'unsatisfiable';
    return { first: length > end ? 0 : size - Number(length), last: size - 1 };
  }
  const start = readPosition(first);
  const stop = last === '' ? end : readPosition(last);
  if (last !== '' && stop < start) return 'malformed';
  if (start > end) return 'unsatisfiable';
  return { first: Number(start), last: Number(stop > end ? end : stop) };
}

/** Joins the ranges that overlap, each where the first of them was asked for. */
function joinOverlapping(ranges: readonly ByteRange[]): readonly ByteRange[] {
  const ordered = ranges
    .map((range, place) => ({ ...range, place }))
    .sort((one, other) => one.first - other.first);
  const joined: { first: number; last: number; place: number }[] = [];
  for (const range of ordered) {
    const previous = joined.at(-1);
    if (previous === undefined || range.first > previous.last) {
      joined.push(range);
    } else {
      previous.last = Math.max(previous.last, range.last);
      previous.place = Math.min(previous.place, range.place);
    }
  }
  return joined
    .sort((one, other) => one.place - other.place)
    .map(({ first, last }) => ({ first, last }));
}

/**
 * Reads Range (RFC 9110, section 14.2). Another unit, a syntax error, or more than `maxRanges` ranges
 * are as if the field were not there; ranges that overlap are joined (section 15.3.7.2), so that no
 * request is answered with more bytes than there are.
 *
 * @param size bytes of the representation.
 */
export function parseRange(value: string, size: number, maxRanges: number): RangeRequest {
  const equals = value.indexOf('=');
  if (equals === -1 || value.slice(0, equals).toLowerCase() !== 'bytes') return 'none';
  const specs = value
    .slice(equals + 1)
    .split(',', maxRanges * 2 + 1)
    .map((spec) => spec.replace(/^[\t ]+|[\t ]+$/g, ''))
    .filter((spec) => spec !== '');
  if (specs.length === 0 || specs.length > maxRanges) return 'none';
  const ranges: ByteRange[] = [];
  for (const spec of specs) {
    const range = readRange(spec, size);
    if (range === 'malformed') return 'none';
    if (range !== 'unsatisfiable') ranges.push(range);
  }
  if (ranges.length > 0) return ranges.length === 1 ? ranges : joinOverlapping(ranges);
  // The last bytes of nothing are nothing, which no Content-Range can say (section 14.4): all of it is sent.
  return size === 0 && specs.some((spec) => /^-0*[1-9]/.test(spec)) ? 'none' : 'unsatisfiable';
}
