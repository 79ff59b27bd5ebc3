import type { Run } from './ansi.ts';
import { countColumns } from './ansi.ts';

/** One terminal of the picture. */
export interface Pane {
  readonly title: string;
  readonly lines: readonly (readonly Run[])[];
}

/** Pixels. A character is as wide as `textLength` makes it, whatever font the reader has. */
const cell = { width: 7.8, height: 18 };
const margin = 14;
const titleHeight = 28;
const gap = 12;

const colors: ReadonlyMap<number, string> = new Map([
  [31, '#ff7b72'],
  [32, '#7ee787'],
  [33, '#e3b341'],
  [36, '#56d4dd'],
]);

/** As the text of an element; spaces in a row would be taken for one. */
function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/ {2,}/g, (spaces) => '\u00a0'.repeat(spaces.length));
}

function drawRun({ text, style }: Run, column: number, y: number): string {
  const visible = text.trimEnd();
  if (visible.trim() === '') return '';
  const start = column + countColumns(visible) - countColumns(visible.trimStart());
  const drawn = visible.trimStart();
  const color = style.map((code) => colors.get(code)).find((known) => known !== undefined);
  const attributes = [
    `x="${(margin + start * cell.width).toFixed(1)}"`,
    `y="${y}"`,
    `textLength="${(countColumns(drawn) * cell.width).toFixed(1)}"`,
    ...(color === undefined ? [] : [`fill="${color}"`]),
    ...(style.includes(2) ? ['opacity="0.65"'] : []),
    ...(style.includes(1) ? ['font-weight="bold"'] : []),
  ];
  return `<text ${attributes.join(' ')}>${escapeXml(drawn)}</text>`;
}

function drawLine(runs: readonly Run[], y: number): string {
  let column = 0;
  return runs
    .map((run) => {
      const drawn = drawRun(run, column, y);
      column += countColumns(run.text);
      return drawn;
    })
    .join('');
}

function drawPane({ title, lines }: Pane, top: number, width: number, height: number): string {
  const parts = [
    `<rect x="0.5" y="${top + 0.5}" width="${width - 1}" height="${height - 1}" rx="8" fill="#0d1117" stroke="#30363d"/>`,
    `<text x="${margin}" y="${top + 19}" fill="#8b949e">${escapeXml(title)}</text>`,
  ];
  for (const [index, runs] of lines.entries()) {
    const line = drawLine(runs, top + titleHeight + (index + 1) * cell.height - 4);
    if (line !== '') parts.push(line);
  }
  return parts.join('\n');
}

/** Terminals one under the other, as an SVG document that needs nothing else. */
export function drawTerminals(panes: readonly Pane[], description: string): string {
  const columns = panes.flatMap(({ lines }) =>
    lines.map((runs) => runs.reduce((sum, { text }) => sum + countColumns(text), 0)),
  );
  const width = Math.ceil(2 * margin + Math.max(...columns) * cell.width);
  let top = 0;
  const drawn = panes.map((pane) => {
    const height = titleHeight + pane.lines.length * cell.height + margin;
    const part = drawPane(pane, top, width, height);
    top += height + gap;
    return part;
  });
  const height = top - gap;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="13" fill="#e6edf3">`,
    `<title>${escapeXml(description)}</title>`,
    ...drawn,
    '</svg>',
    '',
  ].join('\n');
}
