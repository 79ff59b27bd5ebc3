import assert from 'node:assert/strict';
import { readdirSync, readlinkSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { brotliDecompressSync, gunzipSync, gzipSync, zstdDecompressSync } from 'node:zlib';
import { Sites, get, statusOf } from '../../../../test/support/file-site.ts';
import { fieldOf, readContent } from '../../../../test/support/http-request.ts';

const sites = new Sites();
after(() => sites[Symbol.dispose]());

const text = 'There is a tide in the affairs of men.\n'.repeat(100);

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

describe('encodings', () => {
  const unpack = { br: brotliDecompressSync, zstd: zstdDecompressSync, gzip: gunzipSync } as const;

  for (const size of ['small', 'large'] as const) {
    const content = size === 'small' ? text : text.repeat(200);
    const { handler } = sites.make({ 'a.txt': content });

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
    const { root, handler } = sites.make({
      'a.txt': text,
      'a.txt.gz': packed,
      'a.txt.br': 'older',
    });
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
    const { handler } = sites.make({ 'small.txt': 'abc', 'photo.jpg': text });
    const small = await get(handler, '/small.txt', { 'Accept-Encoding': 'gzip' });
    assert.equal(fieldOf(small, 'Content-Encoding'), undefined);
    const forced = await get(handler, '/small.txt', { 'Accept-Encoding': 'gzip, identity;q=0' });
    assert.equal(gunzipSync(await readContent(forced.content)).toString(), 'abc');
    const photo = await get(handler, '/photo.jpg', { 'Accept-Encoding': 'gzip' });
    assert.equal(fieldOf(photo, 'Content-Encoding'), undefined);
    assert.equal(fieldOf(photo, 'Vary'), undefined);
  });

  test('of a large file leave nothing open when its reader leaves', async () => {
    const { root, handler } = sites.make({ 'a.txt': text.repeat(400) });
    const { content } = await get(handler, '/a.txt', { 'Accept-Encoding': 'gzip' });
    assert.ok(typeof content === 'object' && Symbol.asyncIterator in content);
    for await (const piece of content) {
      assert.ok(piece.length > 0);
      break;
    }
    await expectNothingOpen(root);
  });

  test('can be switched off', async () => {
    const { handler } = sites.make(
      { 'a.txt': text, 'a.txt.gz': gzipSync(text) },
      { encodings: [] },
    );
    const response = await get(handler, '/a.txt', { 'Accept-Encoding': 'gzip' });
    assert.equal(fieldOf(response, 'Content-Encoding'), undefined);
    assert.equal(fieldOf(response, 'Vary'), undefined);
  });
});
