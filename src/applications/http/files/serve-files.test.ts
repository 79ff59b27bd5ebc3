import assert from 'node:assert/strict';
import { readdirSync, readlinkSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Sites, get, statusOf, textOf, write } from '../../../../test/support/file-site.ts';
import { fieldOf, readContent } from '../../../../test/support/http-request.ts';

const sites = new Sites();
after(() => sites[Symbol.dispose]());

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

describe('a file', () => {
  test('comes with its type, its tag, its date and its bytes', async () => {
    const { handler } = sites.make({ 'page.html': '<h1>Bonjour</h1>', 'photo.jpg': 'JFIF' });
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
    const { handler } = sites.make({ LICENSE: 'x', 'a.zz9': 'x' }, { types: { zz9: 'text/x-zz' } });
    const license = await get(handler, '/LICENSE');
    assert.equal(fieldOf(license, 'Content-Type'), 'application/octet-stream');
    const own = await get(handler, '/a.zz9');
    assert.equal(fieldOf(own, 'Content-Type'), 'text/x-zz; charset=utf-8');
  });

  test('too large for memory is read piece by piece and closed', async () => {
    const content = Buffer.alloc(700_000, 'abcdefghijklmnopqrstuvwxyz');
    const { root, handler } = sites.make({ 'large.bin': content });
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
    const { root, handler } = sites.make({ 'large.bin': Buffer.alloc(700_000) });
    const one = await get(handler, '/large.bin');
    const all = await Promise.all(Array.from({ length: 20 }, () => get(handler, '/large.bin')));
    assert.equal(openUnder(root), 1);
    await Promise.all([one, ...all].map(({ content }) => readContent(content)));
  });

  test('that would be one too many open is asked to come again', async () => {
    const { handler } = sites.make(
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
    const { root, handler } = sites.make({ 'large.bin': Buffer.alloc(700_000) });
    const { content } = await get(handler, '/large.bin');
    truncateSync(join(root, 'large.bin'), 1000);
    await assert.rejects(readContent(content), /ended too soon/);
  });

  test('dated in the future is said to be modified now', async () => {
    const { root, handler } = sites.make({});
    write(root, 'late.txt', 'x', new Date(Date.now() + 86_400_000));
    const response = await get(handler, '/late.txt');
    assert.ok(Date.parse(fieldOf(response, 'Last-Modified') ?? '') <= Date.now());
  });
});

describe('a method', () => {
  test('that reads is answered, HEAD like GET', async () => {
    const { handler } = sites.make({ 'a.txt': 'abc' });
    const head = await get(handler, '/a.txt', {}, 'HEAD');
    assert.deepEqual(head.headers, (await get(handler, '/a.txt')).headers);
    const options = await get(handler, '/a.txt', {}, 'OPTIONS');
    assert.equal(options.status, 204);
    assert.equal(fieldOf(options, 'Allow'), 'GET, HEAD, OPTIONS');
    assert.equal(await statusOf(handler, '*', {}, 'OPTIONS'), 204);
  });

  test('that writes is refused with Allow, one nobody knows is not implemented', async () => {
    const { handler } = sites.make({ 'a.txt': 'abc' });
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
