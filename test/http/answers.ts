/** One message of a server, read as strictly as RFC 9112 is written. */
export interface Answer {
  readonly version: string;
  readonly status: number;
  readonly reason: string;
  /** Field lines in their order, names as sent. */
  readonly fields: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
  /** The informational answers that came before this one. */
  readonly informational: readonly Answer[];
  readonly framing: 'none' | 'length' | 'chunked' | 'close';
  readonly trailers: readonly (readonly [name: string, value: string])[];
}

/** What can be read of a stream of answers so far. */
export interface AnswerStream {
  readonly answers: readonly Answer[];
  /** What no correct server sends; nothing more is read after it. */
  readonly fault: string | undefined;
  /** Bytes of an answer that is not whole. */
  readonly rest: number;
}

class Fault extends Error {}

type Fields = readonly (readonly [name: string, value: string])[];

const statusLine = /^HTTP\/(1\.[01]) ([1-5]\d\d) ([\t\x20-\x7e\x80-\xff]*)$/;
const fieldLine = /^([!#$%&'*+\-.^_`|~\dA-Za-z]+):[\t ]*(.*?)[\t ]*$/s;
const fieldValue = /^[\t\x20-\x7e\x80-\xff]*$/;
const chunkLine = /^([\dA-Fa-f]{1,15})(?:[\t ]*;[\t\x20-\x7e\x80-\xff]*)?$/;

/** The values of all lines of that name, in any case. */
export function findValues(fields: Fields, name: string): readonly string[] {
  const wanted = name.toLowerCase();
  return fields.filter(([field]) => field.toLowerCase() === wanted).map(([, value]) => value);
}

/** The value of a field, its lines joined as RFC 9110, section 5.3, says. */
export function findValue(answer: Answer, name: string): string | undefined {
  const values = findValues(answer.fields, name);
  return values.length === 0 ? undefined : values.join(', ');
}

/** Reads lines and lengths out of bytes, and says when there are not enough. */
class Cursor {
  readonly bytes: Buffer;
  at = 0;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  /** A line without its CR LF; `undefined` when its end has not come. */
  line(): string | undefined {
    const end = this.bytes.indexOf(10, this.at);
    if (end === -1) return undefined;
    if (this.bytes[end - 1] !== 13 || end === this.at)
      throw new Fault('a line ends with a bare LF');
    const text = this.bytes.toString('latin1', this.at, end - 1);
    if (text.includes('\r')) throw new Fault('a bare CR in a line');
    this.at = end + 1;
    return text;
  }

  take(length: number): Buffer | undefined {
    if (this.bytes.length - this.at < length) return undefined;
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }
}

function readFields(cursor: Cursor): Fields | undefined {
  const fields: (readonly [string, string])[] = [];
  for (;;) {
    const line = cursor.line();
    if (line === undefined) return undefined;
    if (line === '') return fields;
    const [, name, value] = fieldLine.exec(line) ?? [];
    if (name === undefined || value === undefined || !fieldValue.test(value)) {
      throw new Fault(`no field line: ${JSON.stringify(line)}`);
    }
    fields.push([name, value]);
  }
}

/** Content that ends by itself: its bytes and trailers; `undefined` while it is not whole. */
function readChunks(cursor: Cursor): readonly [Buffer, Fields] | undefined {
  const chunks: Buffer[] = [];
  for (;;) {
    const line = cursor.line();
    if (line === undefined) return undefined;
    const size = chunkLine.exec(line)?.[1];
    if (size === undefined) throw new Fault(`no chunk size: ${JSON.stringify(line)}`);
    const length = Number.parseInt(size, 16);
    if (length === 0) {
      const trailers = readFields(cursor);
      return trailers === undefined ? undefined : [Buffer.concat(chunks), trailers];
    }
    const chunk = cursor.take(length);
    const end = cursor.take(2);
    if (chunk === undefined || end === undefined) return undefined;
    if (end.toString('latin1') !== '\r\n') throw new Fault('no CR LF after a chunk');
    chunks.push(chunk);
  }
}

/** How the content of an answer is delimited (RFC 9112, section 6.3). */
function findFraming(status: number, fields: Fields, method: string): Answer['framing'] {
  const codings = findValues(fields, 'transfer-encoding');
  const lengths = findValues(fields, 'content-length');
  if (codings.length > 0 && lengths.length > 0) throw new Fault('both a length and a coding');
  if (lengths.length > 1) throw new Fault('two lengths');
  if (lengths.length === 1 && !/^\d+$/.test(lengths[0] ?? '')) throw new Fault('no length');
  if (status < 200 || status === 204) {
    if (codings.length + lengths.length > 0) throw new Fault(`framing in a ${status}`);
    return 'none';
  }
  if (method === 'HEAD' || status === 304) return 'none';
  if (codings.length > 0) {
    if (codings.join().toLowerCase() !== 'chunked') throw new Fault(`coding ${codings.join()}`);
    return 'chunked';
  }
  return lengths.length === 1 ? 'length' : 'close';
}

/** One answer; `undefined` when it is not whole. */
function readAnswer(
  cursor: Cursor,
  method: string,
  isClosed: boolean,
  informational: readonly Answer[],
): Answer | undefined {
  const first = cursor.line();
  if (first === undefined) return undefined;
  const [, version, code, reason] = statusLine.exec(first) ?? [];
  if (version === undefined || code === undefined || reason === undefined) {
    throw new Fault(`no status line: ${JSON.stringify(first.slice(0, 80))}`);
  }
  const fields = readFields(cursor);
  if (fields === undefined) return undefined;
  const status = Number(code);
  const framing = findFraming(status, fields, method);
  const answer = { version, status, reason, fields, informational, framing, trailers: [] };
  if (framing === 'none') return { ...answer, body: Buffer.alloc(0) };
  if (framing === 'chunked') {
    if (version === '1.0') throw new Fault('chunks in HTTP/1.0');
    const content = readChunks(cursor);
    return content && { ...answer, body: content[0], trailers: content[1] };
  }
  if (framing === 'close') {
    if (!isClosed) return undefined;
    return { ...answer, body: cursor.take(cursor.bytes.length - cursor.at) ?? Buffer.alloc(0) };
  }
  const body = cursor.take(Number(findValues(fields, 'content-length')[0]));
  return body && { ...answer, body };
}

/**
 * Reads the answers to requests of the given methods out of all that a server has sent.
 *
 * @param isClosed whether the server has ended its side.
 */
export function readAnswers(
  bytes: Buffer,
  methods: readonly string[],
  isClosed: boolean,
): AnswerStream {
  const cursor = new Cursor(bytes);
  const answers: Answer[] = [];
  let informational: Answer[] = [];
  let fault: string | undefined;
  let whole = 0;
  try {
    while (cursor.at < bytes.length) {
      const method = methods[answers.length] ?? 'GET';
      const answer = readAnswer(cursor, method, isClosed, informational);
      if (answer === undefined) break;
      whole = cursor.at;
      if (answer.status < 200) {
        informational.push(answer);
      } else {
        answers.push(answer);
        informational = [];
      }
      if (answer.status === 101) break;
    }
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    fault = error.message;
  }
  return { answers, fault, rest: bytes.length - whole };
}
