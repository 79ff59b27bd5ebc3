import { inspect } from 'node:util';
import { hexdump } from './hexdump.ts';
import { escapeControls } from './printable.ts';
import type { BytesEvent, Direction, FrameEvent, TapEvent } from './tap.ts';

/** The words of a {@link Watch}, in the reader's language. */
export interface WatchTexts {
  opened(transport: string, local: string, remote: string): string;
  listening(transport: string, local: string): string;
  ended(direction: Direction): string;
  closed(reason: string): string;
  chunk(index: number, length: number, from: number, to: number): string;
  datagram(length: number, peer: string): string;
  frame(framing: string, message: number, length: number, payload: number): string;
  /** Where a frame lies among the chunks that came. */
  inChunks(from: number, to: number, chunks: readonly string[]): string;
  at(from: number, to: number): string;
  carries(messages: readonly number[]): string;
  value(codec: string): string;
  refused(code: string, text: string): string;
  readonly layers: Readonly<Record<TapEvent['layer'], string>>;
}

/** How a {@link Watch} writes. */
export interface WatchOptions {
  readonly texts: WatchTexts;
  /** Takes whole lines, line feeds included. */
  readonly print: (text: string) => void;
  /** Colours by ECMA-48 sequences. Default false. */
  readonly color?: boolean;
  /** Bytes drawn of each chunk at most. Default 512. */
  readonly maxBytes?: number;
}

interface Span {
  /** The chunk's number in its direction, from 1; or the message's. */
  readonly index: number;
  readonly from: number;
  readonly to: number;
}

/** What is remembered of one direction of one connection to place frames among chunks. */
interface Progress {
  chunks: number;
  /** The chunks that came and that no frame has yet been made of. */
  received: Span[];
  /** The frames sent whose bytes have not yet been handed to the transport. */
  sent: Span[];
}

const colors = { in: 36, out: 33, error: 31, faint: 2 } as const;

/** How many spans are kept of a connection that delivers bytes and no frames. */
const maxSpans = 256;

/**
 * Writes what passes through the layers for a person to read: give {@link Watch.listener} to
 * `tap.subscribe`. A message going out is seen from the top layer down, one coming in from the bottom up.
 */
export class Watch {
  readonly #texts: WatchTexts;
  readonly #print: (text: string) => void;
  readonly #color: boolean;
  readonly #maxBytes: number;
  readonly #progress = new Map<number, Record<Direction, Progress>>();
  readonly #datagrams = new Set<number>();

  constructor(options: WatchOptions) {
    this.#texts = options.texts;
    this.#print = options.print;
    this.#color = options.color ?? false;
    this.#maxBytes = options.maxBytes ?? 512;
  }

  /** What to subscribe to the tap. */
  readonly listener = (event: TapEvent): void => {
    const texts = this.#texts;
    switch (event.kind) {
      case 'open':
        if (event.transport === 'udp') this.#datagrams.add(event.connection);
        this.#write(
          event,
          '·',
          event.remote === ''
            ? texts.listening(event.transport, event.local)
            : texts.opened(event.transport, event.local, event.remote),
        );
        break;
      case 'bytes':
        this.#writeBytes(event);
        break;
      case 'end':
        this.#write(event, arrow(event.direction), texts.ended(event.direction));
        break;
      case 'close':
        this.#progress.delete(event.connection);
        this.#datagrams.delete(event.connection);
        this.#write(event, '·', texts.closed(event.reason));
        break;
      case 'frame':
        this.#writeFrame(event);
        break;
      case 'value':
        this.#write(
          event,
          arrow(event.direction),
          `${texts.value(event.codec)} ${describeValue(event.value)}`,
        );
        break;
      case 'call':
        this.#write(
          event,
          arrow(event.direction),
          `${event.step} ${escapeControls(event.method)} ${event.id === undefined ? '' : `id ${JSON.stringify(event.id)}`}`.trimEnd(),
        );
        break;
      case 'error':
        this.#write(
          event,
          arrow(event.direction),
          this.#paint(texts.refused(event.code, escapeControls(event.text)), 'error'),
        );
        break;
    }
  };

  #writeBytes(event: BytesEvent): void {
    const { texts, progress } = { texts: this.#texts, progress: this.#of(event) };
    const { length } = event.bytes;
    const from = event.offset;
    const to = from + length;
    const index = ++progress.chunks;
    let text: string;
    if (this.#datagrams.has(event.connection)) {
      text = texts.datagram(length, event.remote ?? '');
    } else {
      text = texts.chunk(index, length, from, to);
      if (event.direction === 'in') {
        progress.received.push({ index, from, to });
        if (progress.received.length > maxSpans) progress.received.shift();
      } else {
        const carried = progress.sent.filter((frame) => frame.from < to);
        progress.sent = progress.sent.filter((frame) => frame.to > to);
        if (carried.length > 0) text += ` ${texts.carries(carried.map((frame) => frame.index))}`;
      }
    }
    const dump = hexdump(event.bytes, { offset: from, maxBytes: this.#maxBytes });
    this.#write(event, arrow(event.direction), text, dump);
  }

  #writeFrame(event: FrameEvent): void {
    const texts = this.#texts;
    const from = event.offset;
    const to = from + event.length;
    let text = texts.frame(event.framing, event.message, event.length, event.bytes.length);
    if (!this.#datagrams.has(event.connection)) {
      const progress = this.#of(event);
      if (event.direction === 'out') {
        progress.sent.push({ index: event.message, from, to });
        if (progress.sent.length > maxSpans) progress.sent.shift();
        text += ` ${texts.at(from, to)}`;
      } else {
        const spans = progress.received.filter((chunk) => chunk.from < to && chunk.to > from);
        progress.received = progress.received.filter((chunk) => chunk.to > to);
        const chunks = spans.map(
          (chunk) => `${chunk.index} [${Math.max(from, chunk.from)}, ${Math.min(to, chunk.to)})`,
        );
        text += ` ${texts.inChunks(from, to, chunks)}`;
      }
    }
    this.#write(event, arrow(event.direction), text);
  }

  #of(event: BytesEvent | FrameEvent): Progress {
    let both = this.#progress.get(event.connection);
    if (both === undefined) {
      both = {
        in: { chunks: 0, received: [], sent: [] },
        out: { chunks: 0, received: [], sent: [] },
      };
      this.#progress.set(event.connection, both);
    }
    return both[event.direction];
  }

  #write(event: TapEvent, sign: string, text: string, details: readonly string[] = []): void {
    const time = formatTime(event.time);
    const layer = this.#texts.layers[event.layer].padEnd(12);
    const head = `${time} #${event.connection} ${sign} ${layer} `;
    const painted = 'direction' in event ? this.#paint(head, event.direction) : head;
    const indent = ' '.repeat(time.length + 1);
    const lines = details.map((line) => `${indent}${this.#paint(line, 'faint')}\n`);
    this.#print(`${painted}${text}\n${lines.join('')}`);
  }

  #paint(text: string, color: keyof typeof colors): string {
    return this.#color ? `\u001b[${colors[color]}m${text}\u001b[0m` : text;
  }
}

function arrow(direction: Direction): string {
  return direction === 'in' ? '←' : '→';
}

/** Local time of day with milliseconds, as a log beside a terminal is read. */
function formatTime(time: number): string {
  const date = new Date(time);
  const two = (part: number): string => String(part).padStart(2, '0');
  const day = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  return `${day}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

function describeValue(value: unknown): string {
  const text = inspect(value, {
    depth: 4,
    maxArrayLength: 32,
    maxStringLength: 512,
    breakLength: Infinity,
    compact: true,
  });
  return escapeControls(text);
}
