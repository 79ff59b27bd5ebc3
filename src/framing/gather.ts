import { Buffer } from 'node:buffer';
import type { Connection } from '../transport/index.ts';

/** Frames at least this long are written by themselves rather than copied together. */
const longFrameBytes = 16_384;

/**
 * So many frames leave before the turn is over, then so many times as many, and so on: the peer works on them
 * while this side makes the next ones. Otherwise each side would wait until the other is done with all it has.
 */
const firstFrames = 12;
const growth = 4;

/**
 * Gathers the frames of one turn of the event loop into one write, many into a few. The turn ends with its
 * microtasks: nothing waits for a timer, and one frame alone is sent as promptly as by itself. Lines of
 * text stay text until then: making bytes of all at once costs half of doing it one by one.
 */
export class FrameGatherer {
  readonly #connection: Connection<unknown>;
  #frames: Uint8Array[] = [];
  #framesLength = 0;
  /** What comes after the frames. */
  #text = '';
  /** Frames that wait, those of the text too, and how many no longer wait. */
  #waiting = 0;
  #mostWaiting = firstFrames;
  #isScheduled = false;
  readonly #onTurn = (): void => {
    this.#isScheduled = false;
    this.#mostWaiting = firstFrames;
    this.flush();
  };

  constructor(connection: Connection<unknown>) {
    this.#connection = connection;
  }

  /** About how many bytes wait for the end of the turn: a character counts as one. */
  get pendingBytes(): number {
    return this.#framesLength + this.#text.length;
  }

  /** Takes one whole frame; false when enough is buffered that the sender should wait for `drain`. */
  add(frame: Uint8Array): boolean {
    if (frame.length >= longFrameBytes) {
      this.flush();
      return this.#connection.write(frame);
    }
    this.#moveText();
    this.#frames.push(frame);
    this.#framesLength += frame.length;
    return this.#schedule();
  }

  /** Takes one whole frame of well-formed text. */
  addText(frame: string): boolean {
    this.#text += frame;
    return this.#schedule();
  }

  /** Writes what was gathered. */
  flush(): boolean {
    this.#waiting = 0;
    if (this.#frames.length === 0) {
      if (this.#text === '') return !this.#connection.isBlocked;
      const text = this.#text;
      this.#text = '';
      return this.#connection.write(Buffer.from(text));
    }
    this.#moveText();
    const frames = this.#frames;
    const bytes =
      frames.length === 1 ? (frames[0] ?? nothing) : Buffer.concat(frames, this.#framesLength);
    this.#frames = [];
    this.#framesLength = 0;
    return this.#connection.write(bytes);
  }

  #schedule(): boolean {
    this.#waiting++;
    if (this.#waiting === this.#mostWaiting) {
      this.#mostWaiting *= growth;
      return this.flush();
    }
    if (this.pendingBytes >= longFrameBytes) return this.flush();
    if (!this.#isScheduled) {
      this.#isScheduled = true;
      queueMicrotask(this.#onTurn);
    }
    return !this.#connection.isBlocked;
  }

  /** Frames follow the text: it takes its place before them. */
  #moveText(): void {
    if (this.#text === '') return;
    const bytes = Buffer.from(this.#text);
    this.#text = '';
    this.#frames.push(bytes);
    this.#framesLength += bytes.length;
  }
}

const nothing = new Uint8Array(0);
