/** One bar of a histogram. */
export interface Bar {
  readonly label: string;
  readonly count: number;
}

/** Eighths of a block, from nothing to a whole one (Unicode, Block Elements). */
const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];
const whole = '█';

/** The longest a bar is drawn, in columns. */
const longest = 60;

/** Bars to the right of their labels, the longest as long as there is room for; counts at their ends. */
export function drawHistogram(bars: readonly Bar[], columns: number): string {
  const labelWidth = Math.max(0, ...bars.map(({ label }) => label.length));
  const most = Math.max(1, ...bars.map(({ count }) => count));
  const room = Math.max(8, Math.min(longest, columns - labelWidth - String(most).length - 4));
  return bars
    .map(({ label, count }) => {
      const length = Math.round((count / most) * room * 8);
      // What is there is seen, however little it is.
      const shown = count > 0 ? Math.max(1, length) : 0;
      const bar = whole.repeat(shown >> 3) + (eighths[shown & 7] ?? '');
      return `${label.padStart(labelWidth)}  ${bar}${count > 0 ? ` ${count}` : ''}`.trimEnd();
    })
    .join('\n');
}
