/** What the benchmarks share: CPU time of a piece of work, and tables. */

const runs = 5;

/** The number that this part of the others is below: half of them for 0.5, most for 0.99. */
export function findQuantile(numbers: readonly number[], part: number): number {
  const sorted = numbers.toSorted((first, second) => first - second);
  return sorted[Math.floor(sorted.length * part)] ?? Number.NaN;
}

/** The middle one of the numbers. */
export function findMedian(numbers: readonly number[]): number {
  return findQuantile(numbers, 0.5);
}

/**
 * The CPU time, in nanoseconds, of one of the operations that `work` does and counts: the median of
 * 5 runs of at least `milliseconds` each, after one that is not counted.
 */
export function measureCpu(work: () => number, milliseconds = 100): number {
  runFor(work, milliseconds);
  return findMedian(Array.from({ length: runs }, () => runFor(work, milliseconds)));
}

/** What one operation takes, in nanoseconds. */
export interface Cost {
  readonly cpu: number;
  /** By the clock on the wall. */
  readonly elapsed: number;
}

/**
 * What each of several rivals takes for an operation: the medians of 5 runs of at least `milliseconds`
 * each, after one that is not counted. They take turns, so that none has the machine at its best alone.
 */
export function measureInTurn(
  rivals: readonly (() => unknown)[],
  milliseconds: number = 300,
): readonly Cost[] {
  for (const rival of rivals) measureOnce(rival, milliseconds);
  const costs = rivals.map((): Cost[] => []);
  for (let run = 0; run < runs; run += 1) {
    for (const [index, rival] of rivals.entries()) {
      costs[index]?.push(measureOnce(rival, milliseconds));
    }
  }
  return costs.map((each) => ({
    cpu: findMedian(each.map(({ cpu }) => cpu)),
    elapsed: findMedian(each.map(({ elapsed }) => elapsed)),
  }));
}

function measureOnce(work: () => unknown, milliseconds: number): Cost {
  const start = performance.now();
  let operations = 0;
  const cpu = runFor(() => {
    work();
    operations += 1;
    return 1;
  }, milliseconds);
  return { cpu, elapsed: ((performance.now() - start) * 1e6) / operations };
}

function runFor(work: () => number, milliseconds: number): number {
  const before = process.cpuUsage();
  let operations = 0;
  let microseconds = 0;
  while (microseconds < milliseconds * 1000) {
    operations += work();
    const { user, system } = process.cpuUsage(before);
    microseconds = user + system;
  }
  return (microseconds * 1000) / operations;
}

/** Prints rows under their headings: the first column to the left, the others, numbers, to the right. */
export function printTable(title: string, rows: readonly (readonly string[])[]): void {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  console.log(`\n${title}`);
  for (const row of rows) {
    const cells = row.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
    );
    console.log(cells.join('  '));
  }
}
