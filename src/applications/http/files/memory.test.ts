import assert from 'node:assert/strict';
import { rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Sites, get, past, statusOf, textOf } from '../../../../test/support/file-site.ts';
import { fieldOf, makeRequest, readContent } from '../../../../test/support/http-request.ts';

const sites = new Sites();
after(() => sites[Symbol.dispose]());

describe('memory', () => {
  test('answers with the same response, at once', async () => {
    const { handler } = sites.make({ 'index.html': 'abc' });
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
    const { root, handler } = sites.make({ 'a.txt': 'one', 'b.txt': 'b', 'c.txt': 'c' });
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
    const { root, handler } = sites.make({ 'a.txt': 'x' }, { maxCacheAge: 0 });
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
    const { handler } = sites.make(files, { maxCacheBytes: 200_000 });
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
