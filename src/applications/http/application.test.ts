import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Folder, curl } from '../../../test/support/sioux.ts';
import { parseEndpoint } from '../../presentation/index.ts';
import type { ApplicationContext } from '../application.ts';
import { httpApplication } from './application.ts';
import { mount } from './mount.ts';
import { makeRequest, textOf } from '../../../test/support/site-request.ts';

const scope = {};

function contextWith(texts: Readonly<Record<string, string>>): ApplicationContext {
  return {
    transport: {},
    options: {},
    texts,
    served: [
      { application: 'echo', endpoint: 'bytes+tcp://127.0.0.1:6668' },
      { application: 'odd', endpoint: 'struct+tcp://127.0.0.1:1?layout=a:u8&b<c>' },
    ],
    print: () => undefined,
    report: () => undefined,
    tell: () => undefined,
    language: 'en',
    store: undefined,
    scope,
    isAlone: false,
    stop: () => undefined,
  };
}

const endpoint = parseEndpoint('bytes+tcp://127.0.0.1:0');

describe('the web server of guichet serve', () => {
  test('welcomes with a page that says what is served, in the language one prefers', async () => {
    const running = await httpApplication.serve(endpoint, contextWith({}));
    const { url = '' } = running;
    const page = await curl(url);
    assert.match(page, /<html lang="en">[^]*What is served here/);
    assert.match(page, /guichet echo bytes\+tcp:\/\/127\.0\.0\.1:6668 --watch/);
    assert.match(page, /layout=a:u8&amp;b&lt;c&gt;/);
    assert.match(await curl('-H', 'Accept-Language: fr-CA, fr;q=0.9', url), /Ce qui est servi ici/);
    assert.match(await curl('-I', url), /^HTTP\/1\.1 200 OK\r$[^]*^Vary: Accept-Language\r$/m);
    assert.match(await curl(`${url}other`), /^404 /);
    assert.match(await curl('-X', 'POST', url), /^405 /);
    await running.close();
  });

  test('serves the files of a folder instead, when one is named', async () => {
    using folder = new Folder({ 'a.txt': 'a' });
    const running = await httpApplication.serve(endpoint, contextWith({ root: folder.path }));
    assert.equal(await curl(`${running.url ?? ''}a.txt`), 'a');
    assert.match(await curl(running.url ?? ''), /a\.txt/);
    await running.close();
  });

  test('refuses endpoints that are not its own', async () => {
    for (const notation of ['json+tcp://127.0.0.1:0', 'bytes+udp://127.0.0.1:0']) {
      const serving = httpApplication.serve(parseEndpoint(notation), contextWith({}));
      await assert.rejects(serving, { code: 'ENDPOINT_UNSUITED' });
    }
  });

  test('hands requests to what is mounted at or below their path, and to nothing else', async () => {
    const say = (text: string) => () => ({ status: 200, content: text });
    const handler = mount(say('site'), new Map([['/rpc', say('rpc')]]));
    for (const [path, expected] of [
      ['/rpc', 'rpc'],
      ['/rpc/', 'rpc'],
      ['/rpc?x', 'rpc'],
      ['/rpcs', 'site'],
      ['/', 'site'],
    ] as const) {
      assert.equal(textOf(await handler(makeRequest(path))), expected, path);
    }
  });
});
