import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeRequest } from '../../../../test/support/site-request.ts';
import { Folder } from '../../../../test/support/sioux.ts';
import { intercept } from './compose.ts';
import { hideFiles } from './hidden-files.ts';

test('hidden files are not there, whichever way leads to them', async () => {
  using folder = new Folder({ 'site/key.pem': 'k', 'site/sub/key.pem': 'other', 'site/a': 'a' });
  const site = join(folder.path, 'site');
  mkdirSync(join(site, 'deep'));
  symlinkSync(site, join(folder.path, 'link'));
  symlinkSync('..', join(site, 'deep', 'up'));
  const files = [join(site, 'key.pem'), join(site, 'access.log'), '/elsewhere/x.pem'];
  for (const root of [site, join(folder.path, 'link')]) {
    const handler = intercept(() => ({ status: 200 }), await hideFiles(root, files));
    const ask = async (path: string): Promise<number> => {
      try {
        return (await handler(makeRequest(path))).status;
      } catch {
        return 404;
      }
    };
    for (const path of [
      '/key.pem',
      '//./k%65y.pem',
      '/deep/up/key.pem',
      '/sub/../key.pem',
      '/access.log',
    ]) {
      assert.equal(await ask(path), 404, path);
    }
    for (const path of ['/', '/a', '/sub/key.pem', '/key.pem.txt', '/x.pem', '/%00/key.pem']) {
      assert.equal(await ask(path), 200, path);
    }
  }
});
