import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import {
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { serveHttp } from '../server.ts';
import type { HttpServer } from '../server.ts';
import { serveFiles } from './serve-files.ts';

const run = promisify(execFile);
const root = mkdtempSync(join(tmpdir(), 'guichet-clients-'));
const own = mkdtempSync(join(tmpdir(), 'guichet-clients-own-'));
after(() => {
  rmSync(root, { recursive: true });
  rmSync(own, { recursive: true });
});

const text = Array.from({ length: 40_000 }, (_, index) => `line ${index}\n`).join('');
const past = new Date('2026-01-02T03:04:05Z');
for (const [name, content] of [
  ['index.html', '<h1>Bonjour</h1>\n'],
  ['text.txt', text],
  ['data.bin', text],
  ['shrinking.bin', 'x'.repeat(8_000_000)],
] as const) {
  writeFileSync(join(root, name), content);
  utimesSync(join(root, name), past, past);
}

let server: HttpServer;
before(async () => {
  server = await serveHttp('tcp://127.0.0.1:0', serveFiles(root));
});
after(() => server.close());

describe('curl', () => {
  test('gets files, parts of them, and resumes where it stopped', async () => {
    const { stdout: page } = await run('curl', ['-sS', server.url]);
    assert.equal(page, '<h1>Bonjour</h1>\n');
    const { stdout: part } = await run('curl', ['-sS', '--range', '5-10', `${server.url}data.bin`]);
    assert.equal(part, text.slice(5, 11));
    const copy = join(own, 'copy');
    writeFileSync(copy, text.slice(0, 100_001));
    await run('curl', ['-sS', '-C', '-', '-o', copy, `${server.url}data.bin`]);
    assert.equal(readFileSync(copy, 'utf8'), text);
  });

  test('gets what was compressed as it was before', async () => {
    const args = ['-sS', '--compressed', '-D', '-', `${server.url}text.txt`];
    const { stdout } = await run('curl', args, { maxBuffer: 2 ** 24 });
    assert.match(stdout, /^content-encoding: (?:br|zstd|gzip)\r$/im);
    assert.ok(stdout.endsWith(`\r\n\r\n${text}`));
  });

  test('gets a file only when it changed', async () => {
    const tags = join(own, 'tags');
    const args = ['-sS', '-o', join(own, 'page'), '-w', '%{http_code}', '--etag-save', tags];
    const { stdout: first } = await run('curl', [...args, server.url]);
    const { stdout: again } = await run('curl', [...args, '--etag-compare', tags, server.url]);
    assert.deepEqual([first, again], ['200', '304']);
  });
});

describe('http.client of Python', () => {
  test('gets several files over one connection, and their heads alone', async () => {
    const script = `
import http.client, sys
connection = http.client.HTTPConnection('127.0.0.1', int(sys.argv[1]))
for method, path, fields in [
    ('GET', '/data.bin', {}),
    ('HEAD', '/data.bin', {}),
    ('GET', '/data.bin', {'Range': 'bytes=0-0,-1'}),
    ('GET', '/', {'If-Modified-Since': 'Fri, 02 Jan 2026 03:04:05 GMT'}),
    ('GET', '/missing', {}),
    ('OPTIONS', '/', {}),
    ('POST', '/', {}),
]:
    connection.request(method, path, headers=fields)
    response = connection.getresponse()
    content = response.read()
    print(method, path, response.status, len(content) if response.status < 206 else '')
`;
    const port = new URL(server.url).port;
    const { stdout } = await run('/usr/bin/python3', ['-c', script, port]);
    assert.deepEqual(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => line.trimEnd()),
      [
        `GET /data.bin 200 ${text.length}`,
        'HEAD /data.bin 200 0',
        'GET /data.bin 206',
        'GET / 304',
        'GET /missing 404',
        'OPTIONS / 204 0',
        'POST / 405',
      ],
    );
  });
});

describe('a client', () => {
  test('can tell that a file shrank while it was sent', async () => {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    socket.write('GET /shrinking.bin HTTP/1.1\r\nHost: here\r\n\r\n');
    let received = 0;
    const { promise, resolve } = Promise.withResolvers<void>();
    socket.on('data', (bytes: Buffer) => {
      if (received === 0) truncateSync(join(root, 'shrinking.bin'), 10);
      received += bytes.length;
    });
    socket.on('error', () => resolve());
    socket.on('close', () => resolve());
    await promise;
    assert.ok(received > 0 && received < 8_000_000);
  });
});
