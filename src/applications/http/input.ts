const lineFeed = 0x0a;

/** What came over a connection and was not yet read. */
export class Input {
  #bytes: Buffer | undefined;
  #at = 0;

  /** All there is, of which what is before {@link at} has been read; `undefined` when nothing is left. */
  get bytes(): Buffer | undefined {
    return this.#bytes;
  }

  /** Where what was not yet read begins. */
  get at(): number {
    return this.#at;
  }

  /** Bytes not yet read. */
  get length(): number {
    return this.#bytes === undefined ? 0 : this.#bytes.length - this.#at;
  }

  /** Takes what came; returns whether there is a line end in it. */
  append(bytes: Uint8Array): boolean {
    const buffer = Buffer.isBuffer(bytes)
      ? bytes
      : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const isFirst = this.#bytes === undefined;
    this.#bytes = isFirst ? buffer : Buffer.concat([this.rest(), buffer]);
    this.#at = 0;
    return isFirst || buffer.includes(lineFeed);
  }

  /** Marks everything up to a place as read. */
  readTo(place: number): void {
    this.#at = place;
    if (this.#bytes !== undefined && place >= this.#bytes.length) this.clear();
  }

  /** What was not yet read. */
  rest(): Buffer {
    return this.#bytes?.subarray(this.#at) ?? Buffer.alloc(0);
  }

  clear(): void {
    this.#bytes = undefined;
    this.#at = 0;
  }
}
