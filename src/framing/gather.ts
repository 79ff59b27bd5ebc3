import type { Connection } from '../transport/index.ts';

/** Frames at least this long are written by themselves rather than copied together. */
const longFrameBytes = 16_384;

/**
 * Gathers the frames of one turn of the event loop into one write. The turn ends with its microtasks:
 * nothing waits for a timer, and one frame alone is sent as promptly as by itself.
 */
export class FrameGatherer {
  readonly #connection: Connection<unknown>;
  #frames: Uint8Array[] = [];
  #scheduled = false;
  pendingBytes = 0;

  constructor(connection: Connection<unknown>) {
    this.#connection = connection;
  }

  /** Takes one whole frame; false when enough is buffered that the sender should wait for `drain`. */
  add(frame: Uint8Array): boolean {
    if (frame.length >= longFrameBytes) {
      this.flush();
      return this.#connection.write(frame);
    }
    this.#frames.push(frame);
    this.pendingBytes += frame.length;
    if (this.pendingBytes >= longFrameBytes) return this.flush();
    if (!this.#scheduled) {
      this.#scheduled = true;
      queueMicrotask(() => {
        this.#scheduled = false;
        this.flush();
      });
    }
    return !this.#connection.isBlocked;
  }

  /** Writes what was gathered. */
  flush(): boolean {
    const frames = this.#frames;
    const [first] = frames;
    if (first === undefined) return !this.#connection.isBlocked;
    this.#frames = [];
    const bytes = frames.length === 1 ? first : Buffer.concat(frames, this.pendingBytes);
    this.pendingBytes = 0;
    return this.#connection.write(bytes);
  }
}
