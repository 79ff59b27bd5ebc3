import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import chromium from '@sparticuz/chromium';
import { chromium as launcher } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import { rolldown } from 'rolldown';
import { z } from 'zod';
import { Evaluator, implementCalculator } from 'guichet/calculator';
import { rpcHandler, serveHttp } from 'guichet/http';
import type { HttpServer } from 'guichet/http';
import { Dispatcher, defineService, implement, method } from 'guichet/service';

const trial = defineService('trial', {
  echo: method({ params: z.object({ value: z.unknown() }), result: z.unknown() }),
  wait: method({ params: z.object({}), result: z.unknown() }),
});

/** A module and all that it imports, as one file for a browser. */
async function bundle(input: string) {
  const warnings: string[] = [];
  const bundler = await rolldown({
    input,
    platform: 'browser',
    onLog: (_level, log) => warnings.push(log.message),
  });
  const { output } = await bundler.generate({ format: 'esm', minify: true });
  await bundler.close();
  return { chunks: output.filter((one) => one.type === 'chunk'), warnings };
}

describe('the typed client in a browser', () => {
  const evaluator = new Evaluator();
  const dispatcher = new Dispatcher([
    implementCalculator(evaluator),
    implement(trial, { echo: ({ value }) => value, wait: () => new Promise(() => undefined) }),
  ]);
  let server: HttpServer;
  let elsewhere: HttpServer;
  let browser: Browser;
  let page: Page;

  before(async () => {
    const { chunks } = await bundle(join(import.meta.dirname, 'support/page-calls.ts'));
    const script = chunks[0]?.code ?? '';
    const calls = rpcHandler(dispatcher);
    const serve = () =>
      serveHttp('tcp://127.0.0.1:0', (request) => {
        if (request.path === '/rpc') return calls(request);
        return request.path === '/page.js'
          ? { status: 200, headers: [['Content-Type', 'text/javascript']], content: script }
          : {
              status: 200,
              headers: [['Content-Type', 'text/html; charset=utf-8']],
              content:
                '<!doctype html><title>Calls</title><script type="module" src="/page.js"></script>',
            };
      });
    [server, elsewhere] = await Promise.all([serve(), serve()]);
    browser = await launcher.launch({
      executablePath: await chromium.executablePath(),
      args: ['--no-sandbox', '--disable-gpu'],
      headless: true,
    });
    page = await browser.newPage();
    await page.goto(server.url);
    await page.waitForFunction('globalThis.callAll !== undefined');
  });

  after(async () => {
    await browser.close();
    await Promise.all([server.close(0), elsewhere.close(0), evaluator[Symbol.asyncDispose]()]);
  });

  test('is bundled without a module of Node, and without a warning', async () => {
    const entry = join(import.meta.dirname, '../src/browser/index.ts');
    const { chunks, warnings } = await bundle(entry);
    assert.deepEqual(warnings, []);
    const imported = chunks.flatMap(({ imports, dynamicImports }) => [
      ...imports,
      ...dynamicImports,
    ]);
    assert.deepEqual(imported, []);
    for (const { code } of chunks) assert.doesNotMatch(code, /["'`]node:/);
  });

  for (const scheme of ['json+ws', 'cbor+ws', 'json+http', 'cbor+http']) {
    test(`calls over ${scheme}`, async () => {
      const place = `${scheme}${server.url.slice('http'.length)}rpc`;
      const result = (await page.evaluate(`callAll(${JSON.stringify(place)})`)) as {
        readonly graph: unknown;
        readonly expected: unknown;
      };
      const { graph, expected, ...rest } = result;
      assert.deepEqual(graph, expected);
      assert.deepEqual(rest, {
        sum: '0.3',
        isSame: true,
        last: '50',
        syntax: 'FAILED',
        params: 'INVALID_PARAMS',
        late: 'DEADLINE_EXCEEDED',
        cancelled: 'CANCELLED',
      });
    });
  }

  test('a page of another origin may not call', async () => {
    for (const scheme of ['json+ws', 'json+http']) {
      const place = `${scheme}${elsewhere.url.slice('http'.length)}rpc`;
      const code = await page.evaluate(
        `connectTrial(${JSON.stringify(place)}).then((client) => codeOf(client.echo({ value: 1 }, { deadline: 500 })), (error) => error.code)`,
      );
      assert.match(String(code), /^(CONNECTION_REFUSED|UNAVAILABLE)$/, scheme);
    }
  });

  test('an endpoint that a page cannot have is refused by name', async () => {
    const code = await page.evaluate(
      `connectTrial('json+tcp://127.0.0.1:1').then(() => 'connected', (error) => error.code)`,
    );
    assert.equal(code, 'UNKNOWN_TRANSPORT');
  });
});
