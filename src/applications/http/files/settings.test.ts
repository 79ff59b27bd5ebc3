import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { Sites, get, statusOf, textOf } from '../../../../test/support/file-site.ts';
import { fieldOf } from '../../../../test/support/http-request.ts';

const sites = new Sites();
after(() => sites[Symbol.dispose]());

describe('operators', () => {
  test('give fields by path, the later rule winning', async () => {
    const { handler } = sites.make(
      { 'assets/a.js': '1', 'index.html': '2' },
      {
        cacheControl: 'no-cache',
        headers: [
          { match: '/assets/**', headers: { 'Cache-Control': 'max-age=1' } },
          { match: '*.js', headers: { 'cache-control': 'immutable', Vary: 'Origin' } },
          { match: '/index.html', headers: { 'X-Page': 'yes' } },
        ],
      },
    );
    const script = await get(handler, '/assets/a.js');
    assert.equal(fieldOf(script, 'Cache-Control'), 'immutable');
    assert.deepEqual(
      script.headers?.filter(([name]) => name === 'Vary').map(([, value]) => value),
      ['Accept-Encoding', 'Origin'],
    );
    const index = await get(handler, '/');
    assert.equal(fieldOf(index, 'X-Page'), 'yes');
    assert.equal(fieldOf(index, 'Cache-Control'), 'no-cache');
  });

  test('have one page answer for pages not found, and for nothing else', async () => {
    const { handler } = sites.make(
      { 'index.html': 'app', 'assets/a.js': '1' },
      { fallback: '/index.html' },
    );
    for (const accept of ['text/html,*/*;q=0.8', '*/*']) {
      const response = await get(handler, '/users/7', { Accept: accept });
      assert.equal(response.status, 200);
      assert.equal(await textOf(response), 'app');
      assert.equal(fieldOf(response, 'Vary'), 'Accept, Accept-Encoding');
    }
    assert.equal(await statusOf(handler, '/users/7', { Accept: 'application/json' }), 404);
    assert.equal(await statusOf(handler, '/users/7', { Accept: 'text/html;q=0' }), 404);
    assert.equal(await statusOf(handler, '/assets/b.js', { Accept: 'text/html' }), 404);
    assert.equal(await statusOf(handler, '/.env', { Accept: 'text/html' }), 404);
    assert.equal(await statusOf(handler, '/users/7', { Accept: 'text/html' }, 'POST'), 405);
    assert.equal(fieldOf(await get(handler, '/'), 'Vary'), 'Accept-Encoding');
  });

  test('have pages named without their extension', async () => {
    const { handler } = sites.make(
      {
        'about.html': 'about',
        'guide/index.html': 'guide',
        'guide/x.html': 'x',
        'guide.html': 'g',
      },
      { cleanUrls: true, fallback: '/about.html' },
    );
    assert.equal(await textOf(await get(handler, '/about')), 'about');
    assert.equal(await textOf(await get(handler, '/guide')), 'g');
    assert.equal(await textOf(await get(handler, '/guide/')), 'guide');
    assert.equal(await textOf(await get(handler, '/nothing')), 'about');
    for (const [target, location] of [
      ['/about.html?q=1', '/about?q=1'],
      ['/guide/index.html', '/guide/'],
      ['//guide/x.html', '/guide/x'],
    ] as const) {
      const response = await get(handler, target);
      assert.equal(response.status, 301);
      assert.equal(fieldOf(response, 'Location'), location);
    }
  });

  test('may show what begins with a dot', async () => {
    const { handler } = sites.make({ '.env': 'x' }, { dotfiles: true });
    assert.equal(await statusOf(handler, '/.env'), 200);
  });
});
