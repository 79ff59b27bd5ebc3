import { commonScale, Total } from './averages.ts';
import { formatScaled, Rational, roundHalfUp } from './rational.ts';

/** Digits after the point of everything shown. */
export const shownDigits = 2;

/** A bar of a histogram: from its lower bound, included, to its upper bound, left out but in the last. */
export interface HistogramBar {
  readonly from: string;
  readonly to: string;
  readonly count: number;
}

/** What describes a set of values. Decimals of 2 digits after the point, rounded half up. */
export interface Statistics {
  readonly count: number;
  readonly mean: string;
  readonly median: string;
  /** Of a population: the square root of the mean squared distance to the mean. */
  readonly standardDeviation: string;
  /**
   * Where a quarter, a half and three quarters of the values lie, both ends of the data included
   * (R-7 of Hyndman and Fan, 1996; `statistics.quantiles(…, method='inclusive')` in Python).
   */
  readonly quartiles: readonly [first: string, second: string, third: string];
  readonly minimum: string;
  readonly maximum: string;
  readonly histogram: readonly HistogramBar[];
}

/** A place among others: equal values share it, and the next place is as many further. */
export interface Rank {
  /** From 1, the highest value. */
  readonly rank: number;
  readonly of: number;
  /** How many have exactly this value, this one included. */
  readonly tied: number;
}

interface Entry {
  readonly value: Rational;
  readonly approximation: number;
  readonly count: number;
}

function makeEntry(value: Rational, count: number): Entry {
  return { value, approximation: value.toNumber(), count };
}

/** What means and deviations are made of. */
interface Totals {
  readonly values: Total;
  /** Each under the denominator of the value itself: it is squared once for all that share it. */
  readonly squares: Total;
}

function copyTotals({ values, squares }: Totals): Totals {
  return { values: new Total(values), squares: new Total(squares) };
}

function addTo({ values, squares }: Totals, value: Rational, times: number): void {
  const { numerator, denominator } = value;
  const all = times === 1 ? numerator : numerator * BigInt(times);
  values.add(all, denominator);
  squares.add(all * numerator, denominator);
}

/** Changes up to which each is looked up by itself. */
const fewChanges = 64;

/** Floats this far apart are of different values; closer ones are compared exactly. */
const certainty = 1e-9;

function compareEntries(first: Entry, second: Entry): number {
  const difference = first.approximation - second.approximation;
  return Math.abs(difference) > certainty ? difference : first.value.compare(second.value);
}

/** The largest whole number whose square is not above `square` (Newton's method). */
function floorSquareRoot(square: bigint): bigint {
  if (square < 2n) return square;
  let root = 1n << BigInt((square.toString(2).length + 1) >> 1);
  for (;;) {
    const next = (root + square / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}

/**
 * Values from 0 to 20, in order, each with how often it occurs; what can be said of them is exact and
 * rounded only where it is shown.
 *
 * @example
 * ```ts
 * import { Distribution, Rational } from 'guichet/gradebook';
 * const marks = new Distribution(['8', '12', '12', '15.5'].map((mark) => [Rational.parse(mark), 1]));
 * const { mean, median, quartiles } = marks.describe() ?? {};
 * if (mean !== '11.88' || median !== '12.00' || quartiles?.[0] !== '11.00') throw new Error(mean);
 * if (marks.rank(Rational.parse('12')).tied !== 2) throw new Error('two have 12');
 * ```
 */
export class Distribution {
  #entries: Entry[];
  /** How many values there are before each entry; after the last one, how many there are. */
  #before: readonly number[] | undefined;
  #totals: Totals | undefined;

  constructor(values: Iterable<readonly [value: Rational, count: number]>) {
    const entries = Array.from(values, ([value, count]) => makeEntry(value, count));
    this.#entries = entries.sort(compareEntries);
  }

  /** How many values there are. */
  get count(): number {
    return this.#places.at(-1) ?? 0;
  }

  /**
   * These values with some of them replaced: much quicker than all of them anew. The values to take away
   * are among these.
   */
  replace(removed: readonly Rational[], added: readonly Rational[]): Distribution {
    const next = new Distribution([]);
    next.#entries = [...this.#entries];
    if (this.#totals !== undefined) next.#totals = copyTotals(this.#totals);
    if (removed.length + added.length <= fewChanges) {
      for (const value of removed) next.#change(value, -1);
      for (const value of added) next.#change(value, 1);
    } else {
      next.#merge([
        ...removed.map((value) => makeEntry(value, -1)),
        ...added.map((value) => makeEntry(value, 1)),
      ]);
    }
    return next;
  }

  /** The sum of all values, rounded half up where it is shown; and their mean. */
  get sum(): { readonly sum: string; readonly mean: string } | undefined {
    if (this.count === 0) return undefined;
    const { numerator, denominator } = this.#sums.values.sum();
    return {
      sum: show(numerator, denominator),
      mean: show(numerator, denominator * BigInt(this.count)),
    };
  }

  /** Everything there is to say; `undefined` of no value. */
  describe(bars: number = commonScale): Statistics | undefined {
    if (this.count === 0) return undefined;
    const count = BigInt(this.count);
    const sum = this.#sums.values.sum();
    const [first, second, third] = [1, 2, 3].map((quarter) => this.#quartile(quarter));
    return {
      count: this.count,
      mean: show(sum.numerator, sum.denominator * count),
      median: second ?? '',
      standardDeviation: showDeviation(sum, this.#sums.squares.sum(2n), count),
      quartiles: [first ?? '', second ?? '', third ?? ''],
      minimum: this.#at(0).toDecimal(shownDigits),
      maximum: this.#at(this.count - 1).toDecimal(shownDigits),
      histogram: this.#histogram(bars),
    };
  }

  /** The place of a value among these, 1 for the highest; of a value that is there. */
  rank(value: Rational): Rank {
    const approximation = value.toNumber();
    const sought = { value, approximation, count: 0 };
    const start = this.#search((entry) => compareEntries(entry, sought) >= 0);
    const end = this.#search((entry) => compareEntries(entry, sought) > 0);
    const below = this.#places[start] ?? this.count;
    const upTo = this.#places[end] ?? this.count;
    return { rank: this.count - upTo + 1, of: this.count, tied: upTo - below };
  }

  get #places(): readonly number[] {
    if (this.#before !== undefined) return this.#before;
    const before: number[] = [];
    let total = 0;
    for (const { count } of this.#entries) {
      before.push(total);
      total += count;
    }
    before.push(total);
    this.#before = before;
    return before;
  }

  get #sums(): Totals {
    if (this.#totals !== undefined) return this.#totals;
    const totals = { values: new Total(), squares: new Total() };
    for (const { value, count } of this.#entries) addTo(totals, value, count);
    this.#totals = totals;
    return totals;
  }

  /** Adds a value once, or takes it away. */
  #change(value: Rational, by: 1 | -1): void {
    const sought = makeEntry(value, by);
    const index = this.#search((entry) => compareEntries(entry, sought) >= 0);
    const found = this.#entries[index];
    const count =
      found !== undefined && compareEntries(found, sought) === 0 ? found.count + by : undefined;
    if (count === undefined) this.#entries.splice(index, 0, sought);
    else if (count === 0) this.#entries.splice(index, 1);
    else this.#entries[index] = { ...sought, count };
    if (this.#totals !== undefined) addTo(this.#totals, value, by);
  }

  /** Adds and takes away many values: both in order, entries and changes are gone through side by side. */
  #merge(changes: Entry[]): void {
    changes.sort(compareEntries);
    const merged: Entry[] = [];
    const keep = (entry: Entry): void => {
      const last = merged.at(-1);
      if (last === undefined || compareEntries(last, entry) !== 0) {
        merged.push(entry);
        return;
      }
      const count = last.count + entry.count;
      merged.pop();
      if (count !== 0) merged.push({ ...last, count });
    };
    let index = 0;
    for (const change of changes) {
      for (; index < this.#entries.length; index++) {
        const entry = this.#entries[index];
        if (entry === undefined || compareEntries(entry, change) > 0) break;
        keep(entry);
      }
      keep(change);
      if (this.#totals !== undefined) addTo(this.#totals, change.value, change.count);
    }
    for (const entry of this.#entries.slice(index)) keep(entry);
    this.#entries = merged;
  }

  /** The first entry of which something is true that is true of all after it. */
  #search(isReached: (entry: Entry) => boolean): number {
    let [low, high] = [0, this.#entries.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const entry = this.#entries[middle];
      if (entry === undefined || isReached(entry)) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** The value at a place in ascending order, from 0. */
  #at(place: number): Rational {
    let [low, high] = [0, this.#entries.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#places[middle] ?? 0) <= place) low = middle;
      else high = middle - 1;
    }
    return this.#entries[low]?.value ?? Rational.zero;
  }

  #quartile(quarter: number): string {
    const distance = quarter * (this.count - 1);
    const place = Math.floor(distance / 4);
    const rest = BigInt(distance % 4);
    const lower = this.#at(place);
    if (rest === 0n) return lower.toDecimal(shownDigits);
    const upper = this.#at(place + 1);
    return lower
      .times(Rational.of(4n - rest, 4n))
      .plus(upper.times(Rational.of(rest, 4n)))
      .toDecimal(shownDigits);
  }

  #histogram(bars: number): HistogramBar[] {
    const scale = BigInt(commonScale);
    const counts = Array.from({ length: bars }, () => 0);
    for (const { value, approximation, count } of this.#entries) {
      const guess = (approximation * bars) / commonScale;
      const bar =
        Math.abs(guess - Math.round(guess)) > certainty
          ? Math.floor(guess)
          : Number((value.numerator * BigInt(bars)) / (value.denominator * scale));
      const place = Math.min(bars - 1, Math.max(0, bar));
      counts[place] = (counts[place] ?? 0) + count;
    }
    const bound = (place: number): string => show(BigInt(place) * scale, BigInt(bars));
    return counts.map((count, place) => ({ from: bound(place), to: bound(place + 1), count }));
  }
}

function show(numerator: bigint, denominator: bigint): string {
  return formatScaled(roundHalfUp(numerator, denominator, shownDigits), shownDigits);
}

interface Fraction {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/** Rounded half up without ever rounding before: of `s`, `floor((floor(sqrt(4 s²)) + 1) / 2)`. */
function showDeviation(sum: Fraction, squares: Fraction, count: bigint): string {
  // The mean of the squares less the square of the mean.
  const meanNumerator = sum.numerator * sum.numerator;
  const meanDenominator = sum.denominator * sum.denominator * count * count;
  const numerator =
    squares.numerator * meanDenominator - meanNumerator * squares.denominator * count;
  const denominator = squares.denominator * count * meanDenominator;
  const scaled = (4n * 10n ** BigInt(2 * shownDigits) * numerator) / denominator;
  return formatScaled((floorSquareRoot(scaled) + 1n) / 2n, shownDigits);
}
