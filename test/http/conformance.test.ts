import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { serveFiles, serveHttp } from 'guichet/http';
import type { HttpServer } from 'guichet/http';
import { cases } from './cases/index.ts';
import { createFixture } from './fixture.ts';
import { runCases } from './table.ts';

suite('the table of cases', () => {
  const fixture = createFixture();
  const errors: unknown[] = [];
  let server: HttpServer;

  before(async () => {
    server = await serveHttp('tcp://127.0.0.1:0', serveFiles(fixture.root), {
      onError: (error) => errors.push(error),
    });
  });

  after(async () => {
    await server.close(0);
    fixture[Symbol.dispose]();
  });

  test(`holds for all ${cases.length} of them`, async () => {
    const port = Number(new URL(server.url).port);
    const { failures } = await runCases({ host: '127.0.0.1', port }, cases);
    const lines = failures.map(
      ({ each, complaint }) => `${each.group}: ${each.title}: ${complaint}`,
    );
    assert.deepEqual(lines, []);
    assert.deepEqual(errors, []);
  });
});

test('no two cases have the same name', () => {
  const names = cases.map(({ group, title }) => `${group}: ${title}`);
  assert.deepEqual(
    names.filter((name, index) => names.indexOf(name) !== index),
    [],
  );
});
