import type { EchoResult } from '../applications/echo/exchange.ts';
import type { EchoTexts } from '../language/echo.ts';
import { hexdump } from '../observe/index.ts';

const width = 16;

/** Where {@link hexdump} draws a byte: offset, two spaces, a gap each 8 bytes; then the characters. */
function columnsOf(index: number): { byte: number; character: number } {
  return { byte: 10 + index * 3 + Math.floor(index / 8), character: 10 + width * 3 + 2 + index };
}

/** The line around the first difference, of both sides, with carets under the byte. */
function drawDifference(texts: EchoTexts, message: Uint8Array, result: EchoResult): string[] {
  const offset = result.firstDifference;
  if (offset === undefined) return [];
  const start = offset - (offset % width);
  const label = Math.max(texts.sent.length, texts.received.length) + 2;
  const draw = (name: string, bytes: Uint8Array): string => {
    const [line] = hexdump(bytes.subarray(start, start + width), { offset: start });
    return `  ${name.padEnd(label)}${line}`;
  };
  const { byte, character } = columnsOf(offset - start);
  const indent = ' '.repeat(2 + label + byte);
  return [
    draw(texts.sent, message),
    draw(texts.received, result.bytes),
    `${indent}^^${' '.repeat(character - byte - 2)}^`,
  ];
}

/** The diagnosis of one exchange: one line when all is well, else what differs, misses, exceeds. */
export function describeEcho(
  texts: EchoTexts,
  message: Uint8Array,
  result: EchoResult,
  stray: Uint8Array,
  timeout: number,
): string {
  const lines: string[] = [];
  if (result.isIdentical && stray.length === 0) {
    lines.push(texts.identical(result.sent, result.milliseconds));
  }
  if (result.firstDifference !== undefined) {
    lines.push(texts.different(result.firstDifference), ...drawDifference(texts, message, result));
  }
  if (result.missing > 0) {
    const why = result.stoppedBy === undefined ? '' : texts.stopped[result.stoppedBy](timeout);
    lines.push(`${texts.missing(result.missing, result.received, result.sent)}${why}`);
  }
  const extra = Buffer.concat([result.bytes.subarray(result.sent), stray]);
  if (extra.length > 0) {
    const offset = Math.min(result.received, result.sent);
    const dump = hexdump(extra, { offset, maxBytes: 64, more: (count) => texts.more(count) });
    const isLate = result.missing > 0;
    const line = isLate ? texts.late(extra.length) : texts.extra(extra.length);
    lines.push(line, ...dump.map((drawn) => `  ${drawn}`));
  }
  return `${lines.join('\n')}\n`;
}

/** The value below which a part of sorted values lies, by the nearest rank. */
export function percentile(sorted: readonly number[], part: number): number {
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? Number.NaN;
}
