import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import * as fc from 'fast-check';
import { makeRequest } from '../../../../test/support/site-request.ts';
import type { LoggedExchange } from './exchange.ts';
import { rememberUser } from './identity.ts';
import { FileSink, Log } from './log-file.ts';
import { combinedLine, jsonLine } from './log-lines.ts';

const folder = mkdtempSync(join(tmpdir(), 'sioux-log-'));
after(() => rmSync(folder, { recursive: true }));

function exchange(target: string, headers: Record<string, string> = {}): LoggedExchange {
  const request = makeRequest(target, { headers });
  return { request, status: 200, contentBytes: 12, duration: 1.5 };
}

describe('lines of an access log', () => {
  test('are in the combined format', () => {
    const logged = exchange('/a?b', { referer: 'http://x/', 'user-agent': 'curl/8' });
    rememberUser(logged.request, 'a b');
    assert.match(
      combinedLine(logged, Date.UTC(2026, 10, 21, 7, 0, 1)),
      /^127\.0\.0\.1 - a\\x20b \[\d\d\/Nov\/2026:\d\d:00:01 [+-]\d{4}\] "GET \/a\?b HTTP\/1\.1" 200 12 "http:\/\/x\/" "curl\/8"\n$/,
    );
  });

  test('are one line of JSON', () => {
    const line = jsonLine(exchange('/é\u2028'), Date.UTC(2026, 0, 1));
    assert.match(line, /^[ -~]+\n$/);
    const { time, target, status, bytes, milliseconds } = JSON.parse(line) as Record<
      string,
      unknown
    >;
    assert.deepEqual(
      [time, target, status, bytes, milliseconds],
      ['2026-01-01T00:00:00.000Z', '/é\u2028', 200, 12, 1.5],
    );
  });

  test('cannot be forged, whatever a client sends', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const logged = exchange(`/${text}`, { referer: text, 'user-agent': text });
        const line = combinedLine(logged, 0);
        assert.match(line, /^[ -~]+\n$/);
        // What is left without the escapes has the quotes of the three fields and no others.
        assert.equal(line.replaceAll(/\\(?:["\\]|x[\da-f]{2})/g, '').split('"').length, 7);
        assert.match(jsonLine(logged, 0), /^[ -~]+\n$/);
      }),
    );
  });

  test('show what came as one byte as that byte', () => {
    assert.match(combinedLine(exchange('/\xe9\x1b["'), 0), /"GET \/\\xe9\\x1b\[\\" HTTP/);
  });
});

describe('a log', () => {
  test('is refused where it cannot be written, and checking leaves nothing behind', async () => {
    const nowhere = join(folder, 'none', 'access.log');
    const message = `cannot write the log ${nowhere}: there is no such folder`;
    await assert.rejects(FileSink.open(nowhere), { code: 'LOG_UNWRITABLE', message });
    await assert.rejects(FileSink.check(nowhere), { code: 'LOG_UNWRITABLE', message });
    await assert.rejects(FileSink.check(folder), { code: 'LOG_UNWRITABLE' });
    const fine = join(folder, 'fine.log');
    await FileSink.check(fine);
    assert.equal(existsSync(fine), false);
  });

  test('is written behind, whole and in order', async () => {
    const path = join(folder, 'order.log');
    {
      await using log = new Log(await FileSink.open(path), { flushBytes: 100 });
      for (let index = 0; index < 1_000; index++) log.add(`line ${index}\n`);
    }
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    assert.deepEqual(
      lines,
      Array.from({ length: 1_000 }, (_, index) => `line ${index}`),
    );
  });

  test('goes on in a new file once the old one was moved away', async () => {
    const path = join(folder, 'rotated.log');
    const log = new Log(await FileSink.open(path));
    log.add('before\n');
    await log.flush();
    renameSync(path, `${path}.1`);
    log.add('between\n');
    await log.reopen();
    log.add('after\n');
    await log[Symbol.asyncDispose]();
    assert.equal(readFileSync(`${path}.1`, 'utf8'), 'before\nbetween\n');
    assert.equal(readFileSync(path, 'utf8'), 'after\n');
  });

  test('drops and counts lines when its file takes none, and keeps a bounded number waiting', async () => {
    const stuck = Promise.withResolvers<void>();
    const reported: unknown[] = [];
    const log = new Log(
      { write: () => stuck.promise },
      { flushBytes: 10, maxWaiting: 100, report: (error) => reported.push(error) },
    );
    for (let index = 0; index < 50; index++) log.add('1234567890');
    assert.equal(log.dropped, 40);
    stuck.reject(new Error('no space left'));
    await log[Symbol.asyncDispose]();
    assert.equal(log.dropped, 50);
    assert.ok(reported.length > 0);
  });
});
