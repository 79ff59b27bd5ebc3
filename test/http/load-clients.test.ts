import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, suite, test } from 'node:test';
import { promisify } from 'node:util';
import { serveFiles, serveHttp } from 'guichet/http';
import type { HttpServer } from 'guichet/http';
import { createFixture } from './fixture.ts';

const run = promisify(execFile);

suite('clients that measure', () => {
  const fixture = createFixture();
  let server: HttpServer;

  before(async () => {
    server = await serveHttp('tcp://127.0.0.1:0', serveFiles(fixture.root));
  });

  after(async () => {
    await server.close(0);
    fixture[Symbol.dispose]();
  });

  for (const [title, options] of [
    ['one connection a request', []],
    ['connections kept alive', ['-k']],
    ['compressed', ['-k', '-H', 'Accept-Encoding: gzip']],
    ['HEAD', ['-k', '-i']],
  ] as const) {
    test(`ab fails at nothing: ${title}`, async () => {
      const { stdout } = await run('ab', [
        '-n',
        '500',
        '-c',
        '10',
        ...options,
        `${server.url}prose.txt`,
      ]);
      assert.match(stdout, /^Complete requests: +500$/m);
      assert.match(stdout, /^Failed requests: +0$/m);
      assert.doesNotMatch(stdout, /^Non-2xx responses:/m);
      const kept = options.some((option) => option === '-k');
      assert.equal(/^Keep-Alive requests: +500$/m.test(stdout), kept);
    });
  }

  for (const path of ['hello.txt', 'noise.bin']) {
    test(`wrk fails at nothing: ${path}`, async () => {
      const { stdout } = await run('wrk', ['-t1', '-c20', '-d1s', `${server.url}${path}`]);
      assert.match(stdout, /^ +[1-9]\d* requests in /m);
      assert.doesNotMatch(stdout, /Socket errors|Non-2xx/);
    });
  }
});
