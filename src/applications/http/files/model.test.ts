import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { brotliDecompressSync, gunzipSync, gzipSync, zstdDecompressSync } from 'node:zlib';
import * as fc from 'fast-check';
import { fieldOf, makeRequest, readContent } from '../../../../test/support/http-request.ts';
import { HttpError } from '../errors.ts';
import type { HttpResponse } from '../handler.ts';
import { serveFiles } from './serve-files.ts';

const root = mkdtempSync(join(tmpdir(), 'guichet-model-'));
after(() => rmSync(root, { recursive: true }));

const text = Array.from({ length: 300 }, (_, index) => `line ${index}\n`).join('');
const contents: ReadonlyMap<string, Buffer> = new Map([
  ['/empty.txt', Buffer.alloc(0)],
  ['/small.txt', Buffer.from('0123456789')],
  ['/text.txt', Buffer.from(text)],
  ['/packed.txt', Buffer.from(text)],
  ['/large.txt', Buffer.from(text.repeat(4))],
  ['/large.bin', Buffer.from(text.repeat(4))],
]);
const past = new Date('2026-01-02T03:04:05Z');
for (const [name, content] of [...contents, ['/packed.txt.gz', gzipSync(text)] as const]) {
  writeFileSync(join(root, name), content);
  utimesSync(join(root, name), past, past);
}

const handlers = [
  serveFiles(root, { maxCachedFileBytes: 8_000 }),
  serveFiles(root, { maxCacheBytes: 0, maxCachedFileBytes: 8_000, maxRanges: 3 }),
  serveFiles(root, { compression: false, maxCacheAge: 1 }),
];

const unpack: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  br: brotliDecompressSync,
  gzip: gunzipSync,
  zstd: zstdDecompressSync,
};

const date = 'Fri, 02 Jan 2026 03:04:05 GMT';
const dates = [date, 'Fri, 02 Jan 2026 03:04:04 GMT', 'Fri Jan  2 03:04:06 2026', 'no date'];
const tags = ['"other"', 'W/"other"', '*', 'malformed', '', '"a", "b"'];
const position = fc.oneof(fc.constant(''), fc.nat(30), fc.nat(20_000));
const range = fc
  .array(fc.tuple(position, position), { maxLength: 5 })
  .map((ranges) => `bytes=${ranges.map(([first, last]) => `${first}-${last}`).join(', ')}`);

/** Fields of which each may be there; `own` stands for the tag that the file has. */
const fields = fc.record(
  {
    range: fc.oneof(range, fc.string()),
    'if-range': fc.constantFrom(...dates, ...tags, 'own'),
    'if-match': fc.constantFrom(...tags, 'own'),
    'if-none-match': fc.constantFrom(...tags, 'own', 'W/own'),
    'if-modified-since': fc.constantFrom(...dates),
    'if-unmodified-since': fc.constantFrom(...dates),
    'accept-encoding': fc.constantFrom(
      'gzip',
      'br',
      'zstd;q=0.5, gzip;q=0.4',
      '*',
      'identity;q=0',
      '',
    ),
  },
  { requiredKeys: [] },
);

/** The bytes of a multipart content, put where its parts say they belong. */
function assemble(response: HttpResponse, content: Buffer): readonly (readonly [number, Buffer])[] {
  const type = fieldOf(response, 'Content-Type') ?? '';
  const boundary = /^multipart\/byteranges; boundary=(.+)$/.exec(type)?.[1] ?? '';
  const body = content.toString('latin1');
  assert.ok(body.endsWith(`\r\n--${boundary}--\r\n`));
  return body
    .slice(0, body.lastIndexOf(`\r\n--${boundary}--`))
    .split(new RegExp(`(?:^|\r\n)--${boundary}\r\n`))
    .slice(1)
    .map((part) => {
      const first = Number(/Content-Range: bytes (\d+)-/.exec(part)?.[1]);
      return [first, Buffer.from(part.slice(part.indexOf('\r\n\r\n') + 4), 'latin1')];
    });
}

describe('whatever a request asks for', () => {
  test('it is answered with the bytes of the file, the right ones, or refused', async () => {
    const wanted = fc.constantFrom(...contents.keys());
    const method = fc.constantFrom('GET', 'GET', 'HEAD');
    const handler = fc.constantFrom(...handlers);
    await fc.assert(
      fc.asyncProperty(handler, wanted, method, fields, async (serve, name, verb, given) => {
        const accept = given['accept-encoding'];
        const negotiation = accept === undefined ? {} : { 'accept-encoding': accept };
        // All there is, in the form that these fields choose.
        const plain = await serve(makeRequest(name, negotiation));
        const bytes = await readContent(plain.content);
        const encoding = fieldOf(plain, 'Content-Encoding');
        const whole = encoding === undefined ? bytes : unpack[encoding]?.(bytes);
        assert.ok(whole?.equals(contents.get(name) ?? Buffer.alloc(1)));
        const tag = fieldOf(plain, 'ETag') ?? '';
        const asked = Object.fromEntries(
          Object.entries(given).map(([field, value]) => [
            field,
            field.startsWith('if-') ? value.replace('own', tag) : value,
          ]),
        );
        let response: HttpResponse;
        try {
          response = await serve(makeRequest(name, asked, verb));
        } catch (error) {
          assert.ok(error instanceof HttpError && [412, 416].includes(error.status));
          return;
        }
        const content = await readContent(response.content);
        assert.equal(fieldOf(response, 'ETag'), tag);
        assert.equal(fieldOf(response, 'Vary'), fieldOf(plain, 'Vary'));
        if (response.status === 304) {
          assert.equal(content.length, 0);
          assert.equal(fieldOf(response, 'Content-Type'), undefined);
        } else if (verb === 'HEAD' || response.status === 200) {
          assert.equal(response.status, 200);
          assert.equal(fieldOf(response, 'Content-Encoding'), encoding);
          if (verb === 'GET') assert.ok(content.equals(bytes));
        } else {
          assert.equal(response.status, 206);
          const described = fieldOf(response, 'Content-Range');
          const parts =
            described === undefined
              ? assemble(response, content)
              : [[Number(/\d+/.exec(described)?.[0]), content] as const];
          for (const [first, part] of parts) {
            assert.ok(part.length > 0 && part.equals(bytes.subarray(first, first + part.length)));
          }
        }
      }),
      { numRuns: 600 },
    );
  });
});
