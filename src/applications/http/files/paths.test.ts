import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { renameSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { Sites, get, statusOf, textOf, write } from '../../../../test/support/file-site.ts';
import { fieldOf } from '../../../../test/support/http-request.ts';
import { serveFiles } from './serve-files.ts';

const sites = new Sites();
after(() => sites[Symbol.dispose]());

describe('a path', () => {
  const { root, handler } = sites.make({
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
  write(sites.base, 'outside.txt', 'outside');
  write(sites.base, 'outside/file.txt', 'outside');

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
    symlinkSync(join(sites.base, 'outside'), join(root, 'out'));
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
    const one = sites.make({ 'a.txt': 'one' }).root;
    const two = sites.make({ 'a.txt': 'two', 'b.txt': 'b' }).root;
    const current = join(sites.base, 'current');
    symlinkSync(one, current);
    const deployed = serveFiles(current, { maxCacheAge: 0 });
    assert.equal(await textOf(await get(deployed, '/a.txt')), 'one');
    symlinkSync(two, `${current}.new`);
    renameSync(`${current}.new`, current);
    assert.equal(await textOf(await get(deployed, '/a.txt')), 'two');
    assert.equal(await statusOf(deployed, '/b.txt'), 200);
  });

  test('leads out of the root by no race either', async () => {
    const { root: raced, handler: racing } = sites.make(
      { 'in/a.txt': 'inside' },
      { maxCacheAge: 0 },
    );
    symlinkSync(join(sites.base, 'outside'), join(raced, 'out'));
    write(sites.base, 'outside/a.txt', 'outside');
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
    const { root: closed } = sites.make({ 'a.txt': 'a', 'folder/b.txt': 'b' });
    execFileSync('chmod', ['755', sites.base, closed]);
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
