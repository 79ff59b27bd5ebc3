/** One field line as it is sent: its name as written, its value without surrounding whitespace. */
export type HeaderField = readonly [name: string, value: string];

/** The fields of a message (RFC 9110, section 5), found by name in any case. */
export interface HttpHeaders extends Iterable<HeaderField> {
  /** How many field lines there are. */
  readonly size: number;
  has(name: string): boolean;
  /** The value, those of several lines joined by `, ` (section 5.3); `undefined` when there is none. */
  get(name: string): string | undefined;
  /** The value of each line. */
  values(name: string): readonly string[];
}

/** {@link HttpHeaders} over a list of field lines whose names are already in lower case. */
export class HeaderList implements HttpHeaders {
  readonly #fields: readonly HeaderField[];

  constructor(fields: readonly HeaderField[]) {
    this.#fields = fields;
  }

  get size(): number {
    return this.#fields.length;
  }

  has(name: string): boolean {
    return this.get(name) !== undefined;
  }

  get(name: string): string | undefined {
    const wanted = name.toLowerCase();
    let found: string | undefined;
    for (const [field, value] of this.#fields) {
      if (field === wanted) found = found === undefined ? value : `${found}, ${value}`;
    }
    return found;
  }

  values(name: string): readonly string[] {
    const wanted = name.toLowerCase();
    return this.#fields.filter(([field]) => field === wanted).map(([, value]) => value);
  }

  [Symbol.iterator](): Iterator<HeaderField> {
    return this.#fields[Symbol.iterator]();
  }
}

/** No field at all. */
export const noHeaders: HttpHeaders = new HeaderList([]);
