import { Buffer } from 'node:buffer';

const nothing = new Uint8Array(0);

/** Up to here a loop copies faster than making the view that `set` needs. */
const fewBytes = 24;

const leastCapacity = 64;

/**
 * The received part of an unfinished frame. It is copied, never kept as views of the chunks: a view of
 * one byte keeps the whole slab behind it alive, and 64 KiB a byte is what a hostile peer would pick.
 */
export class PendingBytes {
  #bytes: Uint8Array = nothing;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  get lastByte(): number | undefined {
    return this.#bytes[this.#length - 1];
  }

  /**
   * Adds `source` from `start` to `end`. Grows to twice what has arrived, so that the copying is
   * linear, and never beyond `expected`, the most that this frame can hold.
   */
  append(source: Uint8Array, start: number, end: number, expected: number): void {
    const length = this.#length + end - start;
    if (length > this.#bytes.length) {
      this.#grow(Math.max(length, Math.min(expected, Math.max(leastCapacity, 2 * length))));
    }
    copy(source, start, end, this.#bytes, this.#length);
    this.#length = length;
  }

  /**
   * The frame made of the bytes held and `source` from `start` to `end`, its last `dropped` bytes left
   * out. The memory goes with the frame; nothing is held afterwards.
   */
  take(source: Uint8Array, start: number, end: number, dropped = 0): Uint8Array {
    const length = this.#length + end - start;
    if (length > this.#bytes.length) this.#grow(length);
    copy(source, start, end, this.#bytes, this.#length);
    const bytes = this.#bytes;
    this.clear();
    return bytes.length === length - dropped ? bytes : bytes.subarray(0, length - dropped);
  }

  clear(): void {
    this.#bytes = nothing;
    this.#length = 0;
  }

  #grow(capacity: number): void {
    // Not from Node's pool, whose slabs would be kept alive; not zeroed, since it is about to be filled.
    const memory = Buffer.allocUnsafeSlow(capacity);
    const bytes = new Uint8Array(memory.buffer, memory.byteOffset, capacity);
    copy(this.#bytes, 0, this.#length, bytes, 0);
    this.#bytes = bytes;
  }
}

function copy(
  source: Uint8Array,
  start: number,
  end: number,
  target: Uint8Array,
  targetStart: number,
): void {
  const length = end - start;
  if (length > fewBytes) {
    target.set(new Uint8Array(source.buffer, source.byteOffset + start, length), targetStart);
    return;
  }
  for (let index = 0; index < length; index += 1) {
    target[targetStart + index] = source[start + index] ?? 0;
  }
}
