import assert from 'node:assert/strict';
import { serveFiles, serveHttp } from 'guichet/http';
import type { HttpHandler } from 'guichet/http';
import { connect } from 'guichet/transport';
import { readAnswers } from '../http/answers.ts';
import type { Answer } from '../http/answers.ts';
import { cases } from '../http/cases/index.ts';
import { Random } from './random.ts';
import type { FuzzTarget } from './target.ts';

const endpoint = 'memory://fuzzed-http';

/** Milliseconds within which everything is over, the server's own deadlines included. */
const patience = 6_000;

/** What the server answered and could not answer, since the start of the input. */
interface Record {
  methods: string[];
  errors: unknown[];
  /** Whether an answer was made of what was still coming, and so is cut where that is. */
  isStreaming: boolean;
}

const record: Record = { methods: [], errors: [], isStreaming: false };

const files = serveFiles(import.meta.dirname, { maxCacheAge: 60_000 });

/** Files, and a few answers of every other kind. */
const handler: HttpHandler = async (request) => {
  switch (request.path) {
    case '/echo':
      return { status: 200, content: await request.body.bytes() };
    case '/stream':
      record.isStreaming = true;
      return { status: 200, content: request.body };
    case '/nothing':
      return { status: 204 };
    default:
      return await files(request);
  }
};

async function start(): Promise<void> {
  await serveHttp(endpoint, handler, {
    maxHeaderBytes: 2048,
    maxTargetBytes: 512,
    maxBodyBytes: 1024,
    maxDiscardedBytes: 1024,
    headerTimeout: 2000,
    bodyTimeout: 2000,
    keepAliveTimeout: 2000,
    writeTimeout: 2000,
    onResponse: ({ request }) => record.methods.push(request.method),
    onError: (error) => record.errors.push(error),
  });
}

let started: Promise<void> | undefined;

/** Sends the pieces and then the end; gives all that came back once the server has closed. */
async function exchange(pieces: readonly Uint8Array[]): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let timer: NodeJS.Timeout | undefined;
  await new Promise<void>((resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`still open after ${patience} ms`)), patience);
    connect(endpoint, {
      open(connection) {
        for (const piece of pieces) connection.write(piece);
        connection.end();
      },
      data: (_, bytes) => chunks.push(bytes),
      end() {
        // Our side has ended already.
      },
      close: () => resolve(),
    }).catch(reject);
  });
  clearTimeout(timer);
  return Buffer.concat(chunks);
}

/** Reads the answers; the one to a request that could not be read may be to HEAD. */
function read(bytes: Buffer, methods: readonly string[]): readonly Answer[] {
  const first = readAnswers(bytes, methods, true);
  const { answers, fault, rest } =
    first.fault === undefined && first.rest === 0
      ? first
      : readAnswers(bytes, [...methods, 'HEAD'], true);
  assert.equal(fault, undefined);
  if (!record.isStreaming) assert.equal(rest, 0, `${rest} bytes of an answer that is not whole`);
  return answers;
}

async function ask(pieces: readonly Uint8Array[]): Promise<readonly Answer[]> {
  record.methods = [];
  record.errors = [];
  record.isStreaming = false;
  const bytes = await exchange(pieces);
  for (const error of record.errors) throw error;
  const { methods } = record;
  const answers = read(bytes, methods);
  assert.ok(answers.length <= methods.length + 1, `${answers.length} answers`);
  for (const { status, fields } of answers) {
    assert.ok(status < 500 || status === 501 || status === 505, `status ${status}`);
    assert.ok(
      fields.some(([name]) => name === 'Date'),
      'no Date',
    );
  }
  return answers;
}

function cut(bytes: Uint8Array, random: Random): readonly Uint8Array[] {
  const longest = random.pick([1, 2, 7, 64, 1024]);
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    const end = at + 1 + random.below(longest);
    pieces.push(bytes.slice(at, end));
    at = end;
  }
  return pieces;
}

function describe(answers: readonly Answer[]): readonly string[] {
  return answers.map(({ status, body }) => {
    // Which of two faults is seen first may depend on how much has come.
    if (status >= 400) return 'refused';
    // The boundary of several parts is made of 32 random digits.
    return `${status} ${body.toString('latin1').replaceAll(/[0-9a-f]{32}/g, 'boundary')}`;
  });
}

/** An input is two bytes that say how it is cut, and what is sent. */
const headLength = 2;

const seeds = cases
  .map(({ send }) => send.filter((step) => typeof step === 'string').join(''))
  .concat([
    'POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello',
    'POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
    'POST /stream HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
    'POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\nhello',
    'GET /nothing HTTP/1.1\r\nHost: a\r\n\r\nGET /engine.ts HTTP/1.1\r\nHost: a\r\nRange: bytes=0-9,20-\r\n\r\n',
  ])
  .filter((text) => text.length < 2000)
  .map((text) => Buffer.from(`\0\0${text.replaceAll('/hello.txt', '/target.ts')}`, 'latin1'));

const tokens = [
  '\r\n',
  '\r\n\r\n',
  ' HTTP/1.1\r\n',
  'GET /target.ts HTTP/1.1\r\nHost: a\r\n\r\n',
  'HEAD /random.ts HTTP/1.1\r\nHost: a\r\n\r\n',
  'POST /echo HTTP/1.1\r\nHost: a\r\n',
  'Content-Length: 5\r\n',
  'Transfer-Encoding: chunked\r\n',
  'Connection: close\r\n',
  'Expect: 100-continue\r\n',
  'Range: bytes=0-9\r\n',
  'Accept-Encoding: gzip\r\n',
  'If-None-Match: *\r\n',
  '0\r\n\r\n',
  '5\r\nhello\r\n',
  '%2e%2e/',
  '\0',
  '\t',
  ':',
].map((token) => Buffer.from(token, 'latin1'));

/**
 * A server of files and of a few answers made by hand: whatever comes, it answers what can be parsed,
 * ends the connection in time, and answers the same however the bytes are cut.
 */
export const httpTarget: FuzzTarget = {
  name: 'http',
  // Less than any deadline of the server, which no client here has to wait for.
  inputMilliseconds: 1_500,
  seeds,
  tokens,
  async run(bytes) {
    started ??= start();
    await started;
    const [high = 0, low = 0] = bytes;
    const stream = bytes.slice(headLength);
    const whole = await ask([stream]);
    const inPieces = await ask(cut(stream, new Random(high * 256 + low)));
    if (!record.isStreaming) assert.deepEqual(describe(inPieces), describe(whole));
  },
};
