import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Sites, get, statusOf, textOf, write } from '../../../../test/support/file-site.ts';
import { fieldOf } from '../../../../test/support/http-request.ts';

const sites = new Sites();
after(() => sites[Symbol.dispose]());

describe('a listing', () => {
  const { root, handler } = sites.make(
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

  test('is the one asked for, whatever others ask for at the same time', async () => {
    for (const [accept, language, type] of [
      ['text/html', 'fr', 'text/html; charset=utf-8'],
      ['application/json', 'fr', 'application/json'],
      ['text/html', 'en', 'text/html; charset=utf-8'],
      ['text/html', 'en', 'text/html; charset=utf-8'],
    ] as const) {
      const fields = { Accept: accept, 'Accept-Language': language };
      const response = await get(handler, '/sub/', fields);
      assert.equal(fieldOf(response, 'Content-Type'), type);
      const text = await textOf(response);
      if (accept === 'text/html') assert.ok(text.includes(`<html lang="${language}">`));
    }
  });

  test('has a tag that a condition may name, and gives way to an index', async () => {
    const tag = fieldOf(await get(handler, '/sub/'), 'ETag') ?? '';
    assert.equal(await statusOf(handler, '/sub/', { 'If-None-Match': tag }), 304);
    assert.equal(await textOf(await get(handler, '/full/')), 'index');
  });

  test('shows what was added within a second', async () => {
    const { root: growing, handler: lister } = sites.make(
      { 'a.txt': 'x' },
      { listing: true, maxCacheAge: 50 },
    );
    await get(lister, '/');
    write(growing, 'b.txt', 'x');
    await delay(60);
    assert.ok((await textOf(await get(lister, '/'))).includes('b.txt'));
  });

  test('says when there is more than it shows', async () => {
    const { handler: short } = sites.make(
      { 'a.txt': 'x', 'b.txt': 'x' },
      { listing: true, maxListingNames: 1 },
    );
    const page = await textOf(await get(short, '/'));
    assert.ok(page.includes('a.txt') && !page.includes('b.txt'));
    assert.ok(page.includes('Only the first 1 names are shown.'));
  });
});
