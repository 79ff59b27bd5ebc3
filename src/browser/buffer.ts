const utf8Encoder = new TextEncoder();
// A byte order mark stays the character it is, as Node's decoder has it.
const utf8Decoder = new TextDecoder('utf-8', { ignoreBOM: true });

function encodeHex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0');
  return text;
}

function decodeHex(text: string): Uint8Array {
  return Uint8Array.from({ length: text.length / 2 }, (_, index) =>
    Number.parseInt(text.slice(2 * index, 2 * index + 2), 16),
  );
}

/** What the layers use of Node's `Buffer`, for where there is none. */
class BrowserBuffer extends Uint8Array {
  get #view(): DataView {
    return new DataView(this.buffer, this.byteOffset, this.byteLength);
  }

  /** The text of some of the bytes, hexadecimal or UTF-8. */
  override toString(encoding = 'utf8', start = 0, end: number = this.length): string {
    const bytes = this.subarray(start, end);
    return encoding === 'hex' ? encodeHex(bytes) : utf8Decoder.decode(bytes);
  }

  /** Writes UTF-8, whole characters only. @returns the bytes written. */
  write(text: string, position = 0): number {
    return utf8Encoder.encodeInto(text, this.subarray(position)).written;
  }

  /** @returns the bytes copied. */
  copy(target: Uint8Array, at = 0, start = 0, end: number = this.length): number {
    const bytes = this.subarray(start, end);
    target.set(bytes, at);
    return bytes.length;
  }

  readFloatBE(position: number): number {
    return this.#view.getFloat32(position);
  }

  readDoubleBE(position: number): number {
    return this.#view.getFloat64(position);
  }

  /** Each so many bytes backwards, in place. */
  #reverseEach(size: number): this {
    for (let at = 0; at < this.length; at += size) super.subarray(at, at + size).reverse();
    return this;
  }

  swap16(): this {
    return this.#reverseEach(2);
  }

  swap32(): this {
    return this.#reverseEach(4);
  }

  swap64(): this {
    return this.#reverseEach(8);
  }

  /** @returns the position behind what was written. */
  writeUInt8(value: number, position: number): number {
    this[position] = value;
    return position + 1;
  }

  /** @returns the position behind what was written. */
  writeUInt16BE(value: number, position: number): number {
    this.#view.setUint16(position, value);
    return position + 2;
  }

  /** @returns the position behind what was written. */
  writeUInt32BE(value: number, position: number): number {
    this.#view.setUint32(position, value);
    return position + 4;
  }

  readUInt32BE(position: number): number {
    return this.#view.getUint32(position);
  }

  /** @returns the position behind what was written. */
  writeBigUInt64BE(value: bigint, position: number): number {
    this.#view.setBigUint64(position, value);
    return position + 8;
  }

  readBigUInt64BE(position: number): bigint {
    return this.#view.getBigUint64(position);
  }

  /** @returns the position behind what was written. */
  writeFloatBE(value: number, position: number): number {
    this.#view.setFloat32(position, value);
    return position + 4;
  }

  /** @returns the position behind what was written. */
  writeDoubleBE(value: number, position: number): number {
    this.#view.setFloat64(position, value);
    return position + 8;
  }
}

function over(bytes: Uint8Array): BrowserBuffer {
  return new BrowserBuffer(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.byteLength);
}

/** A buffer of zeros: browsers have no memory that was not cleared. */
function alloc(length: number): BrowserBuffer {
  return new BrowserBuffer(length);
}

/** The functions of Node's `Buffer` that the layers use. */
export const Buffer = {
  prototype: BrowserBuffer.prototype,
  alloc,
  allocUnsafe: alloc,
  allocUnsafeSlow: alloc,

  /** The bytes of a text, a copy of other bytes, or a view of memory. */
  from(
    value: string | Uint8Array | ArrayBufferLike,
    encodingOrOffset?: string | number,
    length?: number,
  ): BrowserBuffer {
    if (typeof value === 'string') {
      return over(encodingOrOffset === 'hex' ? decodeHex(value) : utf8Encoder.encode(value));
    }
    if (value instanceof Uint8Array) return over(value.slice());
    const offset = Number(encodingOrOffset ?? 0);
    return new BrowserBuffer(value as ArrayBuffer, offset, length ?? value.byteLength - offset);
  },

  isBuffer: (value: unknown): value is BrowserBuffer => value instanceof BrowserBuffer,

  byteLength: (text: string): number => utf8Encoder.encode(text).length,

  concat(parts: readonly Uint8Array[], total?: number): BrowserBuffer {
    const whole = alloc(total ?? parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  },

  /** -1, 0 or 1: by the first byte that differs, then by length. */
  compare(first: Uint8Array, second: Uint8Array): number {
    const common = Math.min(first.length, second.length);
    for (let index = 0; index < common; index++) {
      const difference = (first[index] ?? 0) - (second[index] ?? 0);
      if (difference !== 0) return Math.sign(difference);
    }
    return Math.sign(first.length - second.length);
  },
};
