import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { statSync } from 'node:fs';
import { CachedFile, FileCache } from './file-cache.ts';
import type { FileTarget } from './locate.ts';

const stats = statSync(import.meta.filename, { bigint: true });

function makeFile(key: string, fingerprint: string = key): CachedFile {
  const target: FileTarget = {
    segments: [key],
    found: { path: `/${key}`, stats },
    siblings: new Map(),
    media: { contentType: 'text/plain', isCompressible: true, mayHaveSiblings: true },
    fingerprint,
  };
  return new CachedFile(key, target, false, []);
}

const limits = { maxBytes: 30_000, maxFiles: 8, maxAge: 1000 };

describe('the cache of files', () => {
  test('holds no more than it may, whatever is added, charged and linked', () => {
    const step = fc.tuple(fc.nat(20), fc.nat(12_000), fc.nat(200));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
        const cache = new FileCache(limits);
        for (const [name, bytes, alias] of steps) {
          const key = `f${name}`;
          const file = cache.file(key, key) ?? makeFile(key);
          if (cache.file(key, key) === undefined) cache.add(file);
          cache.charge(file, bytes);
          cache.link(`/${alias}`, file, 0);
          assert.ok(cache.bytes <= limits.maxBytes && cache.size <= limits.maxFiles);
          const linked = cache.alias(`/${alias}`);
          assert.ok(linked === undefined || linked.file === file);
          assert.ok(file.aliases.length <= 8);
        }
        for (let alias = 0; alias <= 200; alias++) {
          const file = cache.alias(`/${alias}`)?.file;
          assert.ok(file === undefined || cache.file(file.key, file.key) === file);
        }
      }),
    );
  });

  test('forgets what a path led to when it leads to a file that is not kept', () => {
    const cache = new FileCache(limits);
    const before = makeFile('a');
    cache.add(before);
    cache.link('/page', before, 0);
    const tooLarge = makeFile('b');
    cache.add(tooLarge);
    cache.charge(tooLarge, limits.maxBytes);
    cache.add(before);
    cache.link('/page', before, 0);
    cache.link('/page', tooLarge, 0);
    assert.equal(cache.alias('/page'), undefined);
  });

  test('keeps what is asked for and drops what is not', () => {
    const cache = new FileCache({ ...limits, maxFiles: 4 });
    const wanted = makeFile('wanted');
    cache.add(wanted);
    for (let index = 0; index < 50; index++) {
      wanted.isUsed = true;
      cache.add(makeFile(`other${index}`));
      assert.equal(cache.file('wanted', 'wanted'), wanted);
    }
  });

  test('puts a file of another state in the place of the one before', () => {
    const cache = new FileCache(limits);
    const before = makeFile('a', '1');
    cache.add(before);
    cache.link('/a', before, 0);
    const after = makeFile('a', '2');
    cache.add(after);
    assert.equal(cache.alias('/a'), undefined);
    assert.equal(cache.file('a', '1'), undefined);
    assert.equal(cache.file('a', '2'), after);
    cache.link('/a', before, 0);
    assert.equal(cache.alias('/a'), undefined);
  });

  test('of no size holds nothing', () => {
    const cache = new FileCache({ ...limits, maxBytes: 0 });
    const file = makeFile('a');
    cache.add(file);
    cache.link('/a', file, 0);
    assert.equal(cache.size, 0);
    assert.equal(cache.alias('/a'), undefined);
  });
});
