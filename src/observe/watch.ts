import { inspect } from 'node:util';
import { hexdump } from './hexdump.ts';
import { escapeControls, printable } from './printable.ts';
import type {
  BytesEvent,
  CallEvent,
  Direction,
  ErrorEvent,
  FrameEvent,
  OpenEvent,
  TapEvent,
} from './tap.ts';

/** Bytes of one direction, from the first to before the last: half open, as `subarray` takes them. */
export interface WatchSpan {
  /** The chunk's number in its direction, from 1. */
  readonly chunk: number;
  readonly from: number;
  readonly to: number;
}

/** What a transport keeps apart: a datagram, a WebSocket message, the body of an HTTP request or response. */
export type WatchUnit = 'datagram' | 'websocket' | 'request' | 'response';

/** The words of a {@link Watch}, in the reader's language. */
export interface WatchTexts {
  opened(transport: string, local: string): string;
  bound(transport: string, local: string): string;
  /** Messages will be the bodies of requests and responses of that transport. */
  exchanges(transport: string): string;
  ended(direction: Direction): string;
  closed(reason: string): string;
  chunk(span: WatchSpan): string;
  /** Bytes that the transport keeps apart: see {@link WatchUnit}. */
  unit(unit: WatchUnit, length: number): string;
  /** `framing` is its name or, of what the transport itself keeps apart, a {@link WatchUnit}. */
  frame(framing: string, message: number, from: number, length: number, payload: number): string;
  /** The frame is one whole chunk, and the chunk nothing else. */
  isChunk(chunk: WatchSpan): string;
  /** The frame lies inside one chunk, which holds other bytes. */
  insideChunk(chunk: WatchSpan): string;
  /** The frame is cut over several chunks; the spans are the part of it in each. */
  cutOverChunks(parts: readonly WatchSpan[]): string;
  /** The messages that a chunk carries; `isPart` when it carries one of them only in part. */
  carries(messages: readonly number[], isPart: boolean): string;
  bytes(length: number, text: string): string;
  call(step: CallEvent['step'], method: string, id: string): string;
  refused(error: Pick<ErrorEvent, 'code' | 'text' | 'details'>): string;
  more(count: number): string;
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

interface SentFrame {
  readonly message: number;
  readonly from: number;
  readonly to: number;
}

/** What is remembered of one direction of one connection to place frames among chunks. */
interface Progress {
  chunks: number;
  /** The chunks that came and that no frame has yet been made of. */
  received: WatchSpan[];
  /** The frames sent whose bytes have not yet been handed to the transport. */
  sent: SentFrame[];
}

/** What is remembered of a connection. */
interface Watched {
  /** How its peer is called on every line. */
  readonly peer: string;
  /** Where the transport keeps messages apart, what one is that comes, and one that goes. */
  readonly units: Readonly<Record<Direction, WatchUnit>> | undefined;
  readonly progress: Readonly<Record<Direction, Progress>>;
}

const colors = { in: 36, out: 33, error: 31, faint: 2 } as const;

/** How many spans are kept of a connection that delivers bytes and no frames. */
const maxSpans = 256;

/** How many messages' peers are remembered, for the layers that do not know them. */
const maxMessages = 256;

/** What most peers take: an IPv4 address on loopback and a port of 5 digits. */
const usualPeerWidth = '127.0.0.1:12345'.length;

const layerWidth = 12;

/** Keeps a line of the hexdump, 76 characters wide, within the 80 of a terminal. */
const dumpIndent = '   ';

/**
 * Writes what passes through the layers for a person to read: give {@link Watch.listener} to
 * `tap.subscribe`. Each line says when, with which peer, in which direction and in which layer; a message
 * going out is seen from the top layer down, one coming in from the bottom up.
 *
 * @example
 * ```ts
 * import { watchTexts } from 'guichet/language';
 * import { Watch } from 'guichet/observe';
 * let written = '';
 * const watch = new Watch({ texts: watchTexts.en, print: (text) => void (written += text) });
 * const base = { time: 0, connection: 1, direction: 'in', remote: '127.0.0.1:5' } as const;
 * watch.listener({ ...base, layer: 'presentation', kind: 'value', message: 1, codec: 'text', value: 'oui' });
 * if (!written.endsWith("127.0.0.1:5     ← presentation text 'oui'\n")) throw new Error(written);
 * ```
 */
export class Watch {
  readonly #texts: WatchTexts;
  readonly #print: (text: string) => void;
  readonly #color: boolean;
  readonly #maxBytes: number;
  readonly #connections = new Map<number, Watched>();
  readonly #peersOfMessages = new Map<number, string>();
  #peerWidth = usualPeerWidth;

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
        this.#open(event);
        break;
      case 'bytes':
        this.#writeBytes(event);
        break;
      case 'end':
        this.#write(event, texts.ended(event.direction));
        break;
      case 'close':
        this.#write(event, texts.closed(event.reason));
        this.#connections.delete(event.connection);
        break;
      case 'frame':
        this.#writeFrame(event);
        break;
      case 'value':
        this.#write(event, this.#describeValue(event.codec, event.value));
        break;
      case 'call': {
        const id = event.id === undefined ? '' : JSON.stringify(event.id);
        this.#write(
          event,
          texts.call(event.step, escapeControls(event.method), escapeControls(id)),
        );
        break;
      }
      case 'error':
        this.#write(event, this.#paint(escapeControls(texts.refused(event)), 'error'));
        break;
    }
  };

  #open(event: OpenEvent): void {
    const { transport, local, remote, connection } = event;
    // Clients of a Unix socket and of memory have no address of their own.
    const isNamed = transport !== 'unix' && transport !== 'memory';
    const units = unitsOf(event);
    this.#connections.set(connection, {
      peer: isNamed ? remote : `${transport} #${connection}`,
      units,
      progress: { in: makeProgress(), out: makeProgress() },
    });
    const texts = this.#texts;
    let text = texts.opened(transport, local);
    if (units?.in === 'datagram') text = texts.bound(transport, local);
    // No connection is open yet: each request takes one that is free, or makes one.
    else if (units !== undefined && units.in !== 'websocket') text = texts.exchanges(transport);
    this.#write(event, text);
  }

  #writeBytes(event: BytesEvent): void {
    const texts = this.#texts;
    const { bytes, offset } = event;
    const watched = this.#connections.get(event.connection);
    let text: string;
    if (watched === undefined || watched.units !== undefined) {
      text = texts.unit(watched?.units?.[event.direction] ?? 'datagram', bytes.length);
    } else {
      const progress = watched.progress[event.direction];
      const span = { chunk: ++progress.chunks, from: offset, to: offset + bytes.length };
      text = texts.chunk(span);
      if (event.direction === 'in') remember(progress.received, span);
      else text += this.#describeCarried(progress, span);
    }
    const dump = hexdump(bytes, {
      offset,
      maxBytes: this.#maxBytes,
      more: (count) => texts.more(count),
    });
    this.#write(event, text, dump);
  }

  #describeCarried(progress: Progress, { from, to }: WatchSpan): string {
    const carried = progress.sent.filter((frame) => frame.from < to);
    progress.sent = progress.sent.filter((frame) => frame.to > to);
    if (carried.length === 0) return '';
    const isPart = carried.some((frame) => frame.from < from || frame.to > to);
    return this.#texts.carries(
      carried.map((frame) => frame.message),
      isPart,
    );
  }

  #writeFrame(event: FrameEvent): void {
    const { message, offset, length, direction } = event;
    const from = offset;
    const to = from + length;
    const watched = this.#connections.get(event.connection);
    const framing = watched?.units?.[direction] ?? event.framing;
    let text = this.#texts.frame(framing, message, from, length, event.bytes.length);
    if (watched !== undefined && watched.units === undefined) {
      const progress = watched.progress[direction];
      if (direction === 'out') {
        remember(progress.sent, { message, from, to });
      } else {
        const chunks = progress.received.filter((chunk) => chunk.from < to && chunk.to > from);
        progress.received = progress.received.filter((chunk) => chunk.to > to);
        text += this.#placeAmong(chunks, from, to);
      }
    }
    this.#write(event, text);
  }

  #placeAmong(chunks: readonly WatchSpan[], from: number, to: number): string {
    const [first] = chunks;
    if (first === undefined) return '';
    if (chunks.length > 1) {
      const parts = chunks.map((chunk) => ({
        chunk: chunk.chunk,
        from: Math.max(from, chunk.from),
        to: Math.min(to, chunk.to),
      }));
      return this.#texts.cutOverChunks(parts);
    }
    const isWhole = first.from === from && first.to === to;
    return isWhole ? this.#texts.isChunk(first) : this.#texts.insideChunk(first);
  }

  #describeValue(codec: string, value: unknown): string {
    if (value instanceof Uint8Array) {
      const drawn = value.subarray(0, this.#maxBytes);
      const rest = value.length - drawn.length;
      const text = printable(drawn) + (rest > 0 ? this.#texts.more(rest) : '');
      return this.#texts.bytes(value.length, text);
    }
    const text = inspect(value, {
      depth: 4,
      maxArrayLength: 32,
      maxStringLength: 512,
      breakLength: Infinity,
      compact: true,
    });
    return `${codec} ${escapeControls(text)}`;
  }

  #nameOf(event: TapEvent): string {
    const message = 'message' in event ? event.message : undefined;
    const ofConnection = this.#connections.get(event.connection)?.peer;
    if (ofConnection !== undefined && ofConnection !== '') return ofConnection;
    if (event.remote !== undefined) {
      if (message !== undefined) this.#rememberPeer(message, event.remote);
      return event.remote;
    }
    return (message === undefined ? undefined : this.#peersOfMessages.get(message)) ?? '';
  }

  #rememberPeer(message: number, peer: string): void {
    this.#peersOfMessages.set(message, peer);
    if (this.#peersOfMessages.size <= maxMessages) return;
    for (const oldest of this.#peersOfMessages.keys()) {
      this.#peersOfMessages.delete(oldest);
      break;
    }
  }

  #write(event: TapEvent, text: string, details: readonly string[] = []): void {
    const direction = 'direction' in event ? event.direction : undefined;
    const peer = this.#nameOf(event);
    this.#peerWidth = Math.max(this.#peerWidth, peer.length);
    const layer = this.#texts.layers[event.layer].padEnd(layerWidth);
    const sign = direction === undefined ? '·' : arrows[direction];
    const head = `${formatTime(event.time)} ${peer.padEnd(this.#peerWidth)} ${sign} ${layer}`;
    const painted = direction === undefined ? head : this.#paint(head, direction);
    const lines = details.map((line) => `${dumpIndent}${this.#paint(line, 'faint')}\n`);
    this.#print(`${painted} ${text}\n${lines.join('')}`);
  }

  #paint(text: string, color: keyof typeof colors): string {
    return this.#color ? `\u001b[${colors[color]}m${text}\u001b[0m` : text;
  }
}

function unitsOf({ transport, side }: OpenEvent): Watched['units'] {
  switch (transport) {
    case 'udp':
      return { in: 'datagram', out: 'datagram' };
    case 'ws':
    case 'wss':
      return { in: 'websocket', out: 'websocket' };
    case 'http':
    case 'https':
      return side === 'client'
        ? { in: 'response', out: 'request' }
        : { in: 'request', out: 'response' };
    default:
      return undefined;
  }
}

const arrows = { in: '←', out: '→' } as const;

function makeProgress(): Progress {
  return { chunks: 0, received: [], sent: [] };
}

function remember<Span>(spans: Span[], span: Span): void {
  spans.push(span);
  // The first tells where an unfinished frame begins; those between it and the last are not named.
  if (spans.length > maxSpans) spans.splice(1, 1);
}

/** Local time of day with milliseconds, as a log beside a terminal is read. */
function formatTime(time: number): string {
  const date = new Date(time);
  const two = (part: number): string => String(part).padStart(2, '0');
  const day = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  return `${day}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}
