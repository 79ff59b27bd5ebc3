import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { brotliDecompressSync, gunzipSync, gzipSync, zstdDecompressSync } from 'node:zlib';
import { fieldOf, makeRequest, readContent } from '../../../../test/support/http-request.ts';
import { HttpError } from '../errors.ts';
import type { HttpResponse } from '../handler.ts';
import type { FileOptions } from './options.ts';
import { serveFiles } from './serve-files.ts';
import type { FileHandler } from './serve-files.ts';

const base = mkdtempSync(join(tmpdir(), 'guichet-files-'));
after(() => rmSync(base, { recursive: true }));

/** Files written long enough ago that their times tell of every change. */
const past = new Date('2026-01-02T03:04:05.678Z');

function write(root: string, name: string, content: string | Uint8Array, time: Date = past): void {
  const path = join(root, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, content);
  utimesSync(path, time, time);
}

let folders = 0;

/** A handler over a new folder that holds these files. */
function site(
  files: Readonly<Record<string, string | Uint8Array>>,
  options: Partial<FileOptions> = {},
): { readonly root: string; readonly handler: FileHandler } {
  const root = join(base, `site-${(folders += 1)}`);
  mkdirSync(root);
  for (const [name, content] of Object.entries(files)) write(root, name, content);
  return { root, handler: serveFiles(root, options) };
}

type Fields = Readonly<Record<string, string>>;

async function get(
  handler: FileHandler,
  target: string,
  fields: Fields = {},
  method: string = 'GET',
): Promise<HttpResponse> {
  return handler(makeRequest(target, fields, method));
}

async function textOf(response: HttpResponse): Promise<string> {
  return (await readContent(response.content)).toString();
}

/** The status of an answer, refused or not. */
async function statusOf(
  handler: FileHandler,
  target: string,
  fields: Fields = {},
  method: string = 'GET',
): Promise<number> {
  try {
    const response = await get(handler, target, fields, method);
    await readContent(response.content);
    return response.status;
  } catch (error) {
    if (error instanceof HttpError) return error.status;
    throw error;
  }
}

/** How many files under a folder this process has open. */
function openUnder(root: string): number {
  return readdirSync('/proc/self/fd').filter((descriptor) => {
    try {
      return readlinkSync(`/proc/self/fd/${descriptor}`).startsWith(root);
    } catch {
      // Closed since the directory was read.
      return false;
    }
  }).length;
}

async function expectNothingOpen(root: string): Promise<void> {
  const deadline = Date.now() + 2000;
  while (openUnder(root) > 0 && Date.now() < deadline) await delay(5);
  assert.equal(openUnder(root), 0);
}

const text = 'There is a tide in the affairs of men.\n'.repeat(100);

describe('a file', () => {
  test('comes with its type, its tag, its date and its bytes', async () => {
    const { handler } = site({ 'page.html': '<h1>Bonjour</h1>', 'photo.jpg': 'JFIF' });
    const page = await get(handler, '/page.html');
    assert.equal(page.status, 200);
    assert.equal(fieldOf(page, 'Content-Type'), 'text/html; charset=utf-8');
    assert.equal(fieldOf(page, 'X-Content-Type-Options'), 'nosniff');
    assert.equal(fieldOf(page, 'Accept-Ranges'), 'bytes');
    assert.equal(fieldOf(page, 'Last-Modified'), 'Fri, 02 Jan 2026 03:04:05 GMT');
    assert.match(fieldOf(page, 'ETag') ?? '', /^"[\w-]{16}"$/);
    assert.equal(await textOf(page), '<h1>Bonjour</h1>');
    const photo = await get(handler, '/photo.jpg');
    assert.equal(fieldOf(photo, 'Content-Type'), 'image/jpeg');
    assert.equal(fieldOf(photo, 'Vary'), undefined);
  });

  test('of an unknown kind is bytes, of a kind given is that kind', async () => {
    const { handler } = site({ LICENSE: 'x', 'a.zz9': 'x' }, { types: { zz9: 'text/x-zz' } });
    const license = await get(handler, '/LICENSE');
    assert.equal(fieldOf(license, 'Content-Type'), 'application/octet-stream');
    const own = await get(handler, '/a.zz9');
    assert.equal(fieldOf(own, 'Content-Type'), 'text/x-zz; charset=utf-8');
  });

  test('too large for memory is read piece by piece and closed', async () => {
    const content = Buffer.alloc(700_000, 'abcdefghijklmnopqrstuvwxyz');
    const { root, handler } = site({ 'large.bin': content });
    const response = await get(handler, '/large.bin');
    assert.ok((await readContent(response.content)).equals(content));
    const head = await get(handler, '/large.bin', {}, 'HEAD');
    assert.equal(head.contentLength, 700_000);
    assert.equal(head.content, undefined);
    assert.equal(await statusOf(handler, '/large.bin', { 'If-None-Match': '*' }), 304);
    assert.equal(await statusOf(handler, '/large.bin', { 'If-Match': '"other"' }), 412);
    assert.equal(await statusOf(handler, '/large.bin', { Range: 'bytes=900000-' }), 416);
    await expectNothingOpen(root);
  });

  test('too large for memory is opened once for all who read it', async () => {
    const { root, handler } = site({ 'large.bin': Buffer.alloc(700_000) });
    const one = await get(handler, '/large.bin');
    const all = await Promise.all(Array.from({ length: 20 }, () => get(handler, '/large.bin')));
    assert.equal(openUnder(root), 1);
    await Promise.all([one, ...all].map(({ content }) => readContent(content)));
  });

  test('that would be one too many open is asked to come again', async () => {
    const { handler } = site(
      { 'one.bin': Buffer.alloc(300_000), 'other.bin': Buffer.alloc(300_000) },
      { maxOpenFiles: 1 },
    );
    const one = await get(handler, '/one.bin');
    await assert.rejects(get(handler, '/other.bin'), {
      code: 'SERVICE_UNAVAILABLE',
      headers: [['Retry-After', '1']],
    });
    await readContent(one.content);
    assert.equal(await statusOf(handler, '/other.bin'), 200);
  });

  test('that shrinks while it is read gives fewer bytes than announced', async () => {
    const { root, handler } = site({ 'large.bin': Buffer.alloc(700_000) });
    const { content } = await get(handler, '/large.bin');
    truncateSync(join(root, 'large.bin'), 1000);
    await assert.rejects(readContent(content), /ended too soon/);
  });

  test('dated in the future is said to be modified now', async () => {
    const { root, handler } = site({});
    write(root, 'late.txt', 'x', new Date(Date.now() + 86_400_000));
    const response = await get(handler, '/late.txt');
    assert.ok(Date.parse(fieldOf(response, 'Last-Modified') ?? '') <= Date.now());
  });
});

describe('a method', () => {
  test('that reads is answered, HEAD like GET', async () => {
    const { handler } = site({ 'a.txt': 'abc' });
    const head = await get(handler, '/a.txt', {}, 'HEAD');
    assert.deepEqual(head.headers, (await get(handler, '/a.txt')).headers);
    const options = await get(handler, '/a.txt', {}, 'OPTIONS');
    assert.equal(options.status, 204);
    assert.equal(fieldOf(options, 'Allow'), 'GET, HEAD, OPTIONS');
    assert.equal(await statusOf(handler, '*', {}, 'OPTIONS'), 204);
  });

  test('that writes is refused with Allow, one nobody knows is not implemented', async () => {
    const { handler } = site({ 'a.txt': 'abc' });
    await get(handler, '/a.txt');
    for (const target of ['/a.txt', '/missing']) {
      for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'TRACE', 'CONNECT']) {
        await assert.rejects(get(handler, target, {}, method), {
          code: 'METHOD_NOT_ALLOWED',
          headers: [['Allow', 'GET, HEAD, OPTIONS']],
        });
      }
      for (const method of ['BREW', 'get', 'PROPFIND']) {
        assert.equal(await statusOf(handler, target, {}, method), 501);
      }
    }
  });
});

describe('a path', () => {
  const { root, handler } = site({
    'a b.txt': 'blank',
    'été.txt': 'accents',
    'folder/index.html': 'index',
    'folder/page.txt': 'page',
    'empty/file.txt': 'x',
    '.env': 'secret',
    '.well-known/security.txt': 'Contact',
    '.well-known/.key': 'secret',
    '.git/config': 'secret',
    'evil.com/index.html': 'x',
  });
  write(base, 'outside.txt', 'outside');
  write(base, 'outside/file.txt', 'outside');

  for (const [target, status] of [
    ['/a%20b.txt', 200],
    ['/%C3%A9t%C3%A9.txt', 200],
    ['/%66older/page.txt', 200],
    ['/folder/../a%20b.txt', 200],
    ['/folder/%2e%2e/a%20b.txt', 200],
    ['/./folder/.%2E/./a%20b.txt', 200],
    ['/../../../a%20b.txt', 200],
    ['//folder///page.txt', 200],
    ['/folder/', 200],
    ['/folder/.', 200],
    ['/folder/x/..', 200],
    ['/.well-known/security.txt', 200],
    ['/.well-known/.key', 404],
    ['/.env', 404],
    ['/%2eenv', 404],
    ['/.git/config', 404],
    ['/folder/.well-known/x', 404],
    ['/missing', 404],
    ['/a%20b.txt/', 404],
    ['/a%20b.txt/x', 404],
    ['/a%20b.txt/.', 404],
    ['/empty/', 404],
    ['/folder%2fpage.txt', 404],
    ['/folder%5cpage.txt', 404],
    ['/folder\\page.txt', 404],
    ['/..%2f..%2foutside.txt', 404],
    ['/../outside.txt', 404],
    ['/%2e%2e/outside.txt', 404],
    ['/..%5coutside.txt', 404],
    [`/${'n'.repeat(300)}`, 404],
    [`/${'d/'.repeat(3000)}x`, 404],
    ['/%', 400],
    ['/%4', 400],
    ['/%zz', 400],
    ['/%00', 400],
    ['/a%00.txt', 400],
    ['/%c0%ae%c0%ae/outside.txt', 400],
    ['/%ff', 400],
    ['/%ed%a0%80', 400],
    ['*', 400],
    ['x', 400],
  ] as const) {
    test(`such as ${target.slice(0, 40)} is answered ${status}`, async () => {
      assert.equal(await statusOf(handler, target), status);
      // The second time, what was found the first time is known.
      assert.equal(await statusOf(handler, target), status);
    });
  }

  for (const [target, location] of [
    ['/folder', '/folder/'],
    ['/folder?a=1&b=%2f', '/folder/?a=1&b=%2f'],
    ['//evil.com', '/evil.com/'],
    ['///evil.com?//x', '/evil.com/?//x'],
    ['/folder/../evil.com', '/evil.com/'],
    ['/%65vil.com', '/evil.com/'],
  ] as const) {
    test(`to a directory, ${target}, leads to ${location}`, async () => {
      const response = await get(handler, target);
      assert.equal(response.status, 301);
      assert.equal(fieldOf(response, 'Location'), location);
    });
  }

  test('leads out of the root by no link', async () => {
    symlinkSync('../outside.txt', join(root, 'link.txt'));
    symlinkSync(join(base, 'outside'), join(root, 'out'));
    symlinkSync('/dev/null', join(root, 'null'));
    symlinkSync('loop', join(root, 'loop'));
    symlinkSync('.env', join(root, 'env.txt'));
    symlinkSync('folder/page.txt', join(root, 'inside.txt'));
    symlinkSync('folder', join(root, 'within'));
    for (const target of [
      '/link.txt',
      '/out',
      '/out/',
      '/out/file.txt',
      '/null',
      '/loop',
      '/env.txt',
    ]) {
      assert.equal(await statusOf(handler, target), 404, target);
    }
    assert.equal(await textOf(await get(handler, '/inside.txt')), 'page');
    assert.equal(await textOf(await get(handler, '/within/page.txt')), 'page');
  });

  test('to a pipe, a socket or a device is refused at once', async () => {
    execFileSync('mkfifo', [join(root, 'pipe')]);
    const server = createServer().listen(join(root, 'socket'));
    await new Promise((resolve) => server.once('listening', resolve));
    try {
      assert.equal(await statusOf(handler, '/pipe'), 404);
      assert.equal(await statusOf(handler, '/socket'), 404);
    } finally {
      server.close();
    }
  });

  test('leads to a new root once the link that is the root was turned', async () => {
    const one = site({ 'a.txt': 'one' }).root;
    const two = site({ 'a.txt': 'two', 'b.txt': 'b' }).root;
    const current = join(base, 'current');
    symlinkSync(one, current);
    const deployed = serveFiles(current, { maxCacheAge: 0 });
    assert.equal(await textOf(await get(deployed, '/a.txt')), 'one');
    symlinkSync(two, `${current}.new`);
    renameSync(`${current}.new`, current);
    assert.equal(await textOf(await get(deployed, '/a.txt')), 'two');
    assert.equal(await statusOf(deployed, '/b.txt'), 200);
  });

  test('leads out of the root by no race either', async () => {
    const { root: raced, handler: racing } = site({ 'in/a.txt': 'inside' }, { maxCacheAge: 0 });
    symlinkSync(join(base, 'outside'), join(raced, 'out'));
    write(base, 'outside/a.txt', 'outside');
    const seen = new Set<string>();
    for (let round = 0; round < 200; round++) {
      const asked = Promise.allSettled(Array.from({ length: 4 }, () => get(racing, '/in/a.txt')));
      for (const turn of [0, 1]) {
        await new Promise((resolve) => setImmediate(resolve));
        const [from, to] = turn === 0 ? ['out', 'in'] : ['was', 'in'];
        if (turn === 0) renameSync(join(raced, 'in'), join(raced, 'was'));
        else renameSync(join(raced, 'in'), join(raced, 'out'));
        renameSync(join(raced, from), join(raced, to));
      }
      for (const settled of await asked) {
        if (settled.status === 'fulfilled') seen.add(await textOf(settled.value));
        else assert.equal(settled.reason.code, 'NOT_FOUND');
      }
    }
    assert.deepEqual([...seen], ['inside']);
  });

  test('to what a process may not read is forbidden', async () => {
    const { root: closed } = site({ 'a.txt': 'a', 'folder/b.txt': 'b' });
    execFileSync('chmod', ['755', base, closed]);
    execFileSync('chmod', ['000', join(closed, 'a.txt'), join(closed, 'folder')]);
    const module = join(import.meta.dirname, 'serve-files.ts');
    const requests = join(import.meta.dirname, '../../../../test/support/http-request.ts');
    const script = `
      const { serveFiles } = await import(${JSON.stringify(module)});
      const { makeRequest } = await import(${JSON.stringify(requests)});
      if (process.getuid() === 0) process.setuid(65534);
      const handler = serveFiles(${JSON.stringify(closed)});
      for (const path of ['/a.txt', '/folder/b.txt', '/missing']) {
        await Promise.resolve(handler(makeRequest(path))).catch((error) => console.log(error.code));
      }`;
    const args = ['--input-type=module', '--eval', script];
    const output = execFileSync(process.execPath, args, { encoding: 'utf8' });
    assert.equal(output, 'FORBIDDEN\nFORBIDDEN\nNOT_FOUND\n');
  });
});

describe('conditions', () => {
  const { handler } = site({ 'a.txt': 'abc' });
  const date = 'Fri, 02 Jan 2026 03:04:05 GMT';
  const before = 'Fri, 02 Jan 2026 03:04:04 GMT';

  test('are judged in their precedence', async () => {
    const tag = fieldOf(await get(handler, '/a.txt'), 'ETag') ?? '';
    const cases: readonly (readonly [Fields, number])[] = [
      [{ 'If-None-Match': tag }, 304],
      [{ 'If-None-Match': `W/${tag}` }, 304],
      [{ 'If-None-Match': `"a,b", ${tag}` }, 304],
      [{ 'If-None-Match': '*' }, 304],
      [{ 'If-None-Match': '"other"' }, 200],
      [{ 'If-None-Match': '"other"', 'If-Modified-Since': date }, 200],
      [{ 'If-None-Match': tag, 'If-Modified-Since': before }, 304],
      [{ 'If-None-Match': tag.replaceAll('"', '') }, 200],
      [{ 'If-Modified-Since': date }, 304],
      [{ 'If-Modified-Since': 'Friday, 02-Jan-26 03:04:05 GMT' }, 304],
      [{ 'If-Modified-Since': 'Fri Jan  2 03:04:05 2026' }, 304],
      [{ 'If-Modified-Since': before }, 200],
      [{ 'If-Modified-Since': 'yesterday' }, 200],
      [{ 'If-Match': tag }, 200],
      [{ 'If-Match': '*' }, 200],
      [{ 'If-Match': `W/${tag}` }, 412],
      [{ 'If-Match': '"other"' }, 412],
      [{ 'If-Match': '"other"', 'If-None-Match': tag }, 412],
      [{ 'If-Match': tag, 'If-Unmodified-Since': before }, 200],
      [{ 'If-Match': tag, 'If-None-Match': tag }, 304],
      [{ 'If-Unmodified-Since': date }, 200],
      [{ 'If-Unmodified-Since': before }, 412],
      [{ 'If-Unmodified-Since': 'never' }, 200],
      [{ 'If-Match': '"other"', Range: 'bytes=0-0' }, 412],
      [{ 'If-None-Match': tag, Range: 'bytes=0-0' }, 304],
      [{ 'If-Range': tag, Range: 'bytes=0-0' }, 206],
      [{ 'If-Range': `W/${tag}`, Range: 'bytes=0-0' }, 200],
      [{ 'If-Range': '"other"', Range: 'bytes=0-0' }, 200],
      [{ 'If-Range': '"other"', Range: 'bytes=9-' }, 200],
      [{ 'If-Range': date, Range: 'bytes=0-0' }, 206],
      [{ 'If-Range': before, Range: 'bytes=0-0' }, 200],
      [{ 'If-Range': tag }, 200],
    ];
    for (const [fields, status] of cases) {
      assert.equal(await statusOf(handler, '/a.txt', fields), status, JSON.stringify(fields));
      const alike = status === 206 ? 200 : status;
      assert.equal(await statusOf(handler, '/a.txt', fields, 'HEAD'), alike);
    }
  });

  test('met by what the client has are answered without a content and its fields', async () => {
    const { handler: own } = site(
      { 'a.txt': 'abc' },
      { cacheControl: 'max-age=60', headers: [{ match: '*', headers: { 'X-Own': 'yes' } }] },
    );
    const whole = await get(own, '/a.txt');
    const tag = fieldOf(whole, 'ETag') ?? '';
    const response = await get(own, '/a.txt', { 'If-None-Match': tag });
    assert.deepEqual(response.headers, [
      ['ETag', tag],
      ['Vary', 'Accept-Encoding'],
      ['Cache-Control', 'max-age=60'],
      ['X-Own', 'yes'],
    ]);
    assert.equal((await readContent(response.content)).length, 0);
  });
});

describe('ranges', () => {
  const digits = '0123456789';
  const { handler } = site({
    'digits.txt': digits,
    'empty.txt': '',
    'large.txt': text.repeat(200),
  });

  for (const [range, status, content, described] of [
    ['bytes=0-4', 206, '01234', 'bytes 0-4/10'],
    ['bytes=5-', 206, '56789', 'bytes 5-9/10'],
    ['bytes=-3', 206, '789', 'bytes 7-9/10'],
    ['bytes=-30', 206, digits, 'bytes 0-9/10'],
    ['bytes=3-99', 206, '3456789', 'bytes 3-9/10'],
    ['Bytes=0-0', 206, '0', 'bytes 0-0/10'],
    ['bytes=0-0,', 206, '0', 'bytes 0-0/10'],
    ['bytes=0-0,20-30', 206, '0', 'bytes 0-0/10'],
    ['bytes=0-4,2-6', 206, '0123456', 'bytes 0-6/10'],
    ['bytes=10-', 416, '', undefined],
    ['bytes=-0', 416, '', undefined],
    ['bytes=99999999999999999999-', 416, '', undefined],
    ['bytes=0-99999999999999999999', 206, digits, 'bytes 0-9/10'],
    ['bytes=4-2', 200, digits, undefined],
    ['bytes=a-b', 200, digits, undefined],
    ['bytes=-', 200, digits, undefined],
    ['bytes=', 200, digits, undefined],
    ['bytes 0-4', 200, digits, undefined],
    ['lines=0-4', 200, digits, undefined],
    [`bytes=${'0-0,'.repeat(65)}`, 200, digits, undefined],
  ] as const) {
    test(`such as ${range.slice(0, 30)} are answered ${status}`, async () => {
      if (status === 416) {
        await assert.rejects(get(handler, '/digits.txt', { Range: range }), {
          code: 'RANGE_NOT_SATISFIABLE',
          headers: [['Content-Range', 'bytes */10']],
        });
        return;
      }
      const response = await get(handler, '/digits.txt', { Range: range });
      assert.equal(response.status, status);
      assert.equal(fieldOf(response, 'Content-Range'), described);
      assert.equal(await textOf(response), content);
    });
  }

  for (const file of ['digits.txt', 'large.txt']) {
    test(`of ${file} that are several come as parts`, async () => {
      const whole = await textOf(await get(handler, `/${file}`));
      const response = await get(handler, `/${file}`, { Range: 'bytes=6-7,0-1,-1' });
      assert.equal(response.status, 206);
      assert.equal(fieldOf(response, 'Content-Range'), undefined);
      const boundary = /^multipart\/byteranges; boundary=(\w+)$/.exec(
        fieldOf(response, 'Content-Type') ?? '',
      )?.[1];
      const end = whole.length - 1;
      const parts = ['6-7', '0-1', `${end}-${end}`].map((range) => {
        const [first = 0, last = 0] = range.split('-').map(Number);
        const head = `Content-Type: text/plain; charset=utf-8\r\nContent-Range: bytes ${range}/${whole.length}`;
        return `--${boundary}\r\n${head}\r\n\r\n${whole.slice(first, last + 1)}\r\n`;
      });
      assert.equal(await textOf(response), `${parts.join('')}--${boundary}--\r\n`);
    });
  }

  test('of an empty file are not there, its last bytes are all of it', async () => {
    assert.equal(await statusOf(handler, '/empty.txt', { Range: 'bytes=0-' }), 416);
    assert.equal(await statusOf(handler, '/empty.txt', { Range: 'bytes=-5' }), 200);
  });

  test('mean nothing to HEAD', async () => {
    const response = await get(handler, '/large.txt', { Range: 'bytes=0-4' }, 'HEAD');
    assert.equal(response.status, 200);
    assert.equal(response.contentLength, text.length * 200);
  });
});

describe('encodings', () => {
  const unpack = { br: brotliDecompressSync, zstd: zstdDecompressSync, gzip: gunzipSync } as const;

  for (const size of ['small', 'large'] as const) {
    const content = size === 'small' ? text : text.repeat(200);
    const { handler } = site({ 'a.txt': content });

    test(`made of a ${size} file differ in their tags and are the same file`, async () => {
      const tags = new Set([fieldOf(await get(handler, '/a.txt'), 'ETag')]);
      for (const encoding of ['br', 'zstd', 'gzip'] as const) {
        const response = await get(handler, '/a.txt', { 'Accept-Encoding': encoding });
        assert.equal(fieldOf(response, 'Content-Encoding'), encoding);
        assert.equal(fieldOf(response, 'Vary'), 'Accept-Encoding');
        assert.equal(fieldOf(response, 'Accept-Ranges'), undefined);
        assert.equal(unpack[encoding](await readContent(response.content)).toString(), content);
        const tag = fieldOf(response, 'ETag') ?? '';
        tags.add(tag);
        const fields = { 'Accept-Encoding': encoding, 'If-None-Match': tag };
        const known = await get(handler, '/a.txt', fields);
        assert.equal(known.status, 304);
        assert.equal(fieldOf(known, 'ETag'), tag);
        assert.equal(fieldOf(known, 'Vary'), 'Accept-Encoding');
        assert.equal(await statusOf(handler, '/a.txt', { 'If-None-Match': tag }), 200);
      }
      assert.equal(tags.size, 4);
    });

    for (const [accept, chosen] of [
      ['', undefined],
      ['gzip, deflate, br, zstd', 'br'],
      ['gzip;q=1, br;q=0.5', 'gzip'],
      ['gzip;q=0', undefined],
      ['x-gzip', 'gzip'],
      ['GZIP', 'gzip'],
      ['*', 'br'],
      ['*;q=0', undefined],
      ['br;q=0, *', 'zstd'],
      ['identity;q=1, *;q=0', undefined],
      ['identity, gzip;q=0.5', undefined],
      ['identity;q=0.5, gzip', 'gzip'],
      ['identity;q=0, deflate', undefined],
      ['gzip;q=9', undefined],
      ['deflate', undefined],
    ] as const) {
      test(`of a ${size} file chosen by “${accept}” is ${chosen ?? 'none'}`, async () => {
        const response = await get(handler, '/a.txt', { 'Accept-Encoding': accept });
        assert.equal(fieldOf(response, 'Content-Encoding'), chosen);
        assert.equal(fieldOf(response, 'Vary'), 'Accept-Encoding');
        await readContent(response.content);
      });
    }
  }

  test('beside the file are preferred, ranges are of their bytes', async () => {
    const packed = gzipSync(text);
    const { root, handler } = site({ 'a.txt': text, 'a.txt.gz': packed, 'a.txt.br': 'older' });
    utimesSync(join(root, 'a.txt.br'), 1, 1);
    const response = await get(handler, '/a.txt', { 'Accept-Encoding': 'gzip, br;q=0.9' });
    assert.equal(fieldOf(response, 'Content-Encoding'), 'gzip');
    assert.equal(fieldOf(response, 'Content-Type'), 'text/plain; charset=utf-8');
    assert.ok((await readContent(response.content)).equals(packed));
    const fields = { 'Accept-Encoding': 'gzip', Range: 'bytes=2-5' };
    const part = await get(handler, '/a.txt', fields);
    assert.equal(fieldOf(part, 'Content-Range'), `bytes 2-5/${packed.length}`);
    assert.ok((await readContent(part.content)).equals(packed.subarray(2, 6)));
    const older = await get(handler, '/a.txt', { 'Accept-Encoding': 'br' });
    assert.equal(brotliDecompressSync(await readContent(older.content)).toString(), text);
  });

  test('are not made of what is small or packed, unless nothing else is accepted', async () => {
    const { handler } = site({ 'small.txt': 'abc', 'photo.jpg': text });
    const small = await get(handler, '/small.txt', { 'Accept-Encoding': 'gzip' });
    assert.equal(fieldOf(small, 'Content-Encoding'), undefined);
    const forced = await get(handler, '/small.txt', { 'Accept-Encoding': 'gzip, identity;q=0' });
    assert.equal(gunzipSync(await readContent(forced.content)).toString(), 'abc');
    const photo = await get(handler, '/photo.jpg', { 'Accept-Encoding': 'gzip' });
    assert.equal(fieldOf(photo, 'Content-Encoding'), undefined);
    assert.equal(fieldOf(photo, 'Vary'), undefined);
  });

  test('of a large file leave nothing open when its reader leaves', async () => {
    const { root, handler } = site({ 'a.txt': text.repeat(400) });
    const { content } = await get(handler, '/a.txt', { 'Accept-Encoding': 'gzip' });
    assert.ok(typeof content === 'object' && Symbol.asyncIterator in content);
    for await (const piece of content) {
      assert.ok(piece.length > 0);
      break;
    }
    await expectNothingOpen(root);
  });

  test('can be switched off', async () => {
    const { handler } = site({ 'a.txt': text, 'a.txt.gz': gzipSync(text) }, { encodings: [] });
    const response = await get(handler, '/a.txt', { 'Accept-Encoding': 'gzip' });
    assert.equal(fieldOf(response, 'Content-Encoding'), undefined);
    assert.equal(fieldOf(response, 'Vary'), undefined);
  });
});

describe('memory', () => {
  test('answers with the same response, at once', async () => {
    const { handler } = site({ 'index.html': 'abc' });
    const first = await get(handler, '/');
    for (const target of ['/', '/index.html', '/']) await get(handler, target);
    assert.equal(handler(makeRequest('/')), first);
    assert.equal(handler(makeRequest('/index.html')), first);
    assert.equal(handler(makeRequest('/?v=2')), first);
    const accept = { 'Accept-Encoding': 'gzip' };
    await get(handler, '/', accept);
    assert.equal(handler(makeRequest('/', accept)), first);
    const tag = fieldOf(first, 'ETag') ?? '';
    const known = handler(makeRequest('/', { 'If-None-Match': tag }));
    assert.equal(known, handler(makeRequest('/', { 'If-None-Match': tag })));
  });

  test('notices changes within a second, while it goes on answering', async () => {
    const { root, handler } = site({ 'a.txt': 'one', 'b.txt': 'b', 'c.txt': 'c' });
    for (const path of ['/a.txt', '/b.txt', '/c.txt']) await get(handler, path);
    writeFileSync(join(root, 'a.txt'), 'two');
    utimesSync(join(root, 'a.txt'), past, past);
    rmSync(join(root, 'b.txt'));
    rmSync(join(root, 'c.txt'));
    symlinkSync('/etc/hostname', join(root, 'c.txt'));
    const deadline = Date.now() + 1100;
    while (Date.now() < deadline) {
      await get(handler, '/a.txt');
      await delay(50);
    }
    assert.equal(await textOf(await get(handler, '/a.txt')), 'two');
    assert.equal(await statusOf(handler, '/b.txt'), 404);
    assert.equal(await statusOf(handler, '/c.txt'), 404);
  });

  test('is never wrong about a file that is written over and over', async () => {
    const { root, handler } = site({ 'a.txt': 'x' }, { maxCacheAge: 0 });
    const seen = new Map<string, string>();
    for (let count = 0; count < 15; count++) {
      const content = String(count % 10);
      writeFileSync(join(root, 'a.txt'), content);
      const response = await get(handler, '/a.txt');
      assert.equal(await textOf(response), content);
      const tag = fieldOf(response, 'ETag') ?? '';
      assert.ok(!seen.has(tag) || seen.get(tag) === content);
      seen.set(tag, content);
    }
  });

  test('stays within its bounds, whatever is asked for', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 60 }, (_, index) => [`f${index}.bin`, Buffer.alloc(20_000)]),
    );
    const { handler } = site(files, { maxCacheBytes: 200_000 });
    for (let round = 0; round < 3; round++) {
      for (let index = 0; index < 60; index++) {
        const response = await get(handler, `/f${index}.bin`);
        assert.equal((await readContent(response.content)).length, 20_000);
      }
    }
    for (let index = 0; index < 50; index++) {
      assert.equal(await statusOf(handler, `${'/.'.repeat(index)}/f0.bin`), 200);
    }
  });
});

describe('operators', () => {
  test('give fields by path, the later rule winning', async () => {
    const { handler } = site(
      { 'assets/a.js': '1', 'index.html': '2' },
      {
        cacheControl: 'no-cache',
        headers: [
          { match: '/assets/**', headers: { 'Cache-Control': 'max-age=1' } },
          { match: '*.js', headers: { 'cache-control': 'immutable', Vary: 'Origin' } },
          { match: '/index.html', headers: { 'X-Page': 'yes' } },
        ],
      },
    );
    const script = await get(handler, '/assets/a.js');
    assert.equal(fieldOf(script, 'Cache-Control'), 'immutable');
    assert.deepEqual(
      script.headers?.filter(([name]) => name === 'Vary').map(([, value]) => value),
      ['Accept-Encoding', 'Origin'],
    );
    const index = await get(handler, '/');
    assert.equal(fieldOf(index, 'X-Page'), 'yes');
    assert.equal(fieldOf(index, 'Cache-Control'), 'no-cache');
  });

  test('have one page answer for pages not found, and for nothing else', async () => {
    const { handler } = site(
      { 'index.html': 'app', 'assets/a.js': '1' },
      { fallback: '/index.html' },
    );
    for (const accept of ['text/html,*/*;q=0.8', '*/*']) {
      const response = await get(handler, '/users/7', { Accept: accept });
      assert.equal(response.status, 200);
      assert.equal(await textOf(response), 'app');
      assert.equal(fieldOf(response, 'Vary'), 'Accept, Accept-Encoding');
    }
    assert.equal(await statusOf(handler, '/users/7', { Accept: 'application/json' }), 404);
    assert.equal(await statusOf(handler, '/users/7', { Accept: 'text/html;q=0' }), 404);
    assert.equal(await statusOf(handler, '/assets/b.js', { Accept: 'text/html' }), 404);
    assert.equal(await statusOf(handler, '/.env', { Accept: 'text/html' }), 404);
    assert.equal(await statusOf(handler, '/users/7', { Accept: 'text/html' }, 'POST'), 405);
    assert.equal(fieldOf(await get(handler, '/'), 'Vary'), 'Accept-Encoding');
  });

  test('have pages named without their extension', async () => {
    const { handler } = site(
      {
        'about.html': 'about',
        'guide/index.html': 'guide',
        'guide/x.html': 'x',
        'guide.html': 'g',
      },
      { cleanUrls: true, fallback: '/about.html' },
    );
    assert.equal(await textOf(await get(handler, '/about')), 'about');
    assert.equal(await textOf(await get(handler, '/guide')), 'g');
    assert.equal(await textOf(await get(handler, '/guide/')), 'guide');
    assert.equal(await textOf(await get(handler, '/nothing')), 'about');
    for (const [target, location] of [
      ['/about.html?q=1', '/about?q=1'],
      ['/guide/index.html', '/guide/'],
      ['//guide/x.html', '/guide/x'],
    ] as const) {
      const response = await get(handler, target);
      assert.equal(response.status, 301);
      assert.equal(fieldOf(response, 'Location'), location);
    }
  });

  test('may show what begins with a dot', async () => {
    const { handler } = site({ '.env': 'x' }, { dotfiles: true });
    assert.equal(await statusOf(handler, '/.env'), 200);
  });
});

describe('a listing', () => {
  const { root, handler } = site(
    {
      'sub/.hidden': 'x',
      'sub/file10.txt': 'x'.repeat(1536),
      'sub/file2.txt': 'x',
      'sub/<b>&"\'.txt': 'x',
      'sub/folder/x': 'x',
      'full/index.html': 'index',
    },
    { listing: true },
  );
  symlinkSync('/etc/passwd', join(root, 'sub/passwd'));

  test('is a page that escapes names, hides the hidden and loads nothing', async () => {
    const response = await get(handler, '/sub/');
    assert.equal(response.status, 200);
    assert.equal(fieldOf(response, 'Content-Type'), 'text/html; charset=utf-8');
    assert.match(fieldOf(response, 'Content-Security-Policy') ?? '', /^default-src 'none'/);
    assert.equal(fieldOf(response, 'Content-Language'), 'en');
    const page = await textOf(response);
    assert.ok(page.includes('href="/sub/%3Cb%3E%26%22&#39;.txt"'));
    assert.ok(page.includes('&lt;b&gt;&amp;&quot;&#39;.txt'));
    assert.ok(page.includes('1.5 KiB'));
    assert.ok(page.indexOf('folder/') < page.indexOf('file2.txt'));
    assert.ok(page.indexOf('file2.txt') < page.indexOf('file10.txt'));
    assert.ok(!page.includes('hidden') && !page.includes('passwd'));
  });

  test('speaks the language of its reader', async () => {
    const french = await get(handler, '/sub/', { 'Accept-Language': 'fr-CA, en;q=0.8' });
    assert.equal(fieldOf(french, 'Content-Language'), 'fr');
    assert.ok((await textOf(french)).includes('Dossier parent'));
  });

  test('is JSON for whoever asks for that', async () => {
    const response = await get(handler, '/sub/', { Accept: 'application/json' });
    assert.equal(fieldOf(response, 'Content-Type'), 'application/json');
    const entries: unknown = JSON.parse(await textOf(response));
    assert.ok(Array.isArray(entries));
    assert.deepEqual(entries[0].name, 'folder');
    assert.deepEqual(entries[0].type, 'directory');
    assert.equal(entries.length, 4);
  });

  test('has a tag that a condition may name, and gives way to an index', async () => {
    const tag = fieldOf(await get(handler, '/sub/'), 'ETag') ?? '';
    assert.equal(await statusOf(handler, '/sub/', { 'If-None-Match': tag }), 304);
    assert.equal(await textOf(await get(handler, '/full/')), 'index');
  });

  test('shows what was added within a second', async () => {
    const { root: growing, handler: lister } = site(
      { 'a.txt': 'x' },
      { listing: true, maxCacheAge: 50 },
    );
    await get(lister, '/');
    write(growing, 'b.txt', 'x');
    await delay(60);
    assert.ok((await textOf(await get(lister, '/'))).includes('b.txt'));
  });

  test('says when there is more than it shows', async () => {
    const { handler: short } = site(
      { 'a.txt': 'x', 'b.txt': 'x' },
      { listing: true, maxListingNames: 1 },
    );
    const page = await textOf(await get(short, '/'));
    assert.ok(page.includes('a.txt') && !page.includes('b.txt'));
    assert.ok(page.includes('Only the first 1 names are shown.'));
  });
});
