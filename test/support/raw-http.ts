import { once } from 'node:events';
import { connect } from 'node:net';

/** Milliseconds after which an exchange that has not ended has failed. */
const deadline = 4_000;

/** One response, as a strict reader of our own takes it apart: nothing of the server's code is used. */
export interface RawResponse {
  readonly status: number;
  readonly version: string;
  /** Names in lower case; of a repeated field the last value. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
  readonly trailers: string;
}

/** The whole of what a server sent, and how it ended. */
export interface RawAnswer {
  readonly responses: readonly RawResponse[];
  /** Bytes after the last response that are none. */
  readonly rest: Buffer;
  /** Whether the server ended its direction within the time. */
  readonly isClosed: boolean;
  readonly error: string | undefined;
}

function readOne(
  bytes: Buffer,
  method: string,
): { response: RawResponse; length: number } | undefined {
  const headEnd = bytes.indexOf('\r\n\r\n');
  if (headEnd === -1) return undefined;
  const [first = '', ...lines] = bytes.toString('latin1', 0, headEnd).split('\r\n');
  const status = /^(HTTP\/1\.1) (\d{3}) [\x20-\x7e]*$/.exec(first);
  if (status === null) throw new Error(`no status line: ${JSON.stringify(first)}`);
  const headers = new Map<string, string>();
  for (const line of lines) {
    const field = /^([\w!#$%&'*+.^`|~-]+): (.*)$/.exec(line);
    if (field === null) throw new Error(`no field line: ${JSON.stringify(line)}`);
    headers.set((field[1] ?? '').toLowerCase(), field[2] ?? '');
  }
  const code = Number(status[2]);
  const start = headEnd + 4;
  const made = (body: Buffer, length: number, trailers = '') => ({
    response: { status: code, version: status[1] ?? '', headers, body, trailers },
    length,
  });
  if (method === 'HEAD' || code < 200 || code === 204 || code === 304) {
    return made(Buffer.alloc(0), start);
  }
  if (headers.get('transfer-encoding') === 'chunked') return readChunked(bytes, start, made);
  const length = headers.get('content-length');
  if (length === undefined) return made(bytes.subarray(start), bytes.length);
  const end = start + Number(length);
  return bytes.length < end ? undefined : made(bytes.subarray(start, end), end);
}

function readChunked<Made>(
  bytes: Buffer,
  start: number,
  made: (body: Buffer, length: number, trailers: string) => Made,
): Made | undefined {
  const pieces: Buffer[] = [];
  let at = start;
  for (;;) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd === -1) return undefined;
    const size = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16);
    at = lineEnd + 2;
    if (size === 0) break;
    pieces.push(bytes.subarray(at, at + size));
    at += size + 2;
    if (at > bytes.length) return undefined;
  }
  const ending = bytes.indexOf('\r\n', at) === at ? at : bytes.indexOf('\r\n\r\n', at) + 2;
  if (ending < at) return undefined;
  return made(Buffer.concat(pieces), ending + 2, bytes.toString('latin1', at, ending));
}

/** Takes what a server sent apart, the methods it answers being known. */
export function readResponses(
  bytes: Buffer,
  methods: readonly string[],
): {
  responses: readonly RawResponse[];
  rest: Buffer;
} {
  const responses: RawResponse[] = [];
  let rest = bytes;
  let finals = 0;
  while (rest.length > 0) {
    const read = readOne(rest, methods[finals] ?? 'GET');
    if (read === undefined) break;
    responses.push(read.response);
    if (read.response.status >= 200) finals++;
    rest = rest.subarray(read.length);
  }
  return { responses, rest };
}

/** What to do besides sending. */
export interface RawOptions {
  /** Methods of the requests sent, where one is HEAD. */
  readonly methods?: readonly string[];
  /** Ends our direction after the last piece. */
  readonly end?: boolean;
  /** Final responses to wait for; else the end of the connection. */
  readonly until?: number;
}

/**
 * Sends bytes as they are over a socket of the platform's, in the pieces given, and reads the answer up
 * to the responses asked for or the end of the connection.
 */
export async function exchange(
  port: number,
  pieces: string | Buffer | readonly (string | Buffer)[],
  options: RawOptions = {},
): Promise<RawAnswer> {
  const { methods = [], end = false, until } = options;
  const socket = connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
  const received: Buffer[] = [];
  let error: string | undefined;
  let isClosed = false;
  const enough = Promise.withResolvers<void>();
  const read = () => readResponses(Buffer.concat(received), methods);
  socket.on('data', (bytes: Buffer) => {
    received.push(bytes);
    const finals = read().responses.filter(({ status }) => status >= 200).length;
    if (until !== undefined && finals >= until) enough.resolve();
  });
  socket.on('end', () => {
    isClosed = true;
    enough.resolve();
  });
  socket.on('error', (thrown: NodeJS.ErrnoException) => {
    error = thrown.code ?? thrown.message;
    isClosed = true;
    enough.resolve();
  });
  const connected = Promise.withResolvers<void>();
  socket.on('connect', () => connected.resolve());
  // A server may reset a connection even before this side knows that it has one.
  await Promise.race([connected.promise, enough.promise]);
  const list = typeof pieces === 'string' || Buffer.isBuffer(pieces) ? [pieces] : pieces;
  for (const piece of list) {
    if (socket.destroyed || isClosed) break;
    const { promise, resolve } = Promise.withResolvers<void>();
    socket.write(typeof piece === 'string' ? Buffer.from(piece, 'latin1') : piece, () => resolve());
    await promise;
    // The next piece leaves once this one has: the server's loop runs in between.
    await new Promise((done) => setImmediate(done));
  }
  if (end) socket.end();
  const timer = setTimeout(() => enough.resolve(), deadline);
  await enough.promise;
  clearTimeout(timer);
  socket.destroy();
  if (!socket.closed) await once(socket, 'close');
  return { ...read(), isClosed, error };
}
