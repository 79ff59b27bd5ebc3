import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fieldsOf, makeRequest, textOf } from '../../../../test/support/site-request.ts';
import { HttpError } from '../errors.ts';
import type { HttpHandler } from '../handler.ts';
import { prepareResponse } from '../prepared-response.ts';
import { allowAddresses, loopbackAddresses } from './allowed-addresses.ts';
import { intercept } from './compose.ts';
import { errorPages } from './error-pages.ts';
import { headerRules } from './header-rules.ts';
import { redirectToTls, redirects } from './redirects.ts';
import { virtualHosts } from './virtual-hosts.ts';

const answer: HttpHandler = () => ({
  status: 200,
  headers: [['Content-Type', 'text/html']],
  content: 'found',
});

describe('interceptors', () => {
  test('stand around a handler, the first outermost', async () => {
    const mark =
      (name: string) =>
      (next: HttpHandler): HttpHandler =>
      async (request) => {
        const response = await next(request);
        return { ...response, content: `${name}(${textOf(response)})` };
      };
    const handler = intercept(answer, mark('a'), mark('b'));
    assert.equal((await handler(makeRequest('/'))).content, 'a(b(found))');
  });
});

describe('virtual hosts', () => {
  const named =
    (name: string): HttpHandler =>
    () => ({ status: 200, content: name });
  const hosts = virtualHosts([
    { names: ['example.org', 'www.example.org'], handler: named('exact') },
    { names: ['*.example.org'], handler: named('under') },
    { names: ['*.deep.example.org'], handler: named('deep') },
    { names: ['example.org:8443', '[::1]'], handler: named('port') },
  ]);

  for (const [authority, expected] of [
    ['example.org', 'exact'],
    ['EXAMPLE.org.', 'exact'],
    ['example.org:8080', 'exact'],
    ['example.org:8443', 'port'],
    ['[::1]:80', 'port'],
    ['a.example.org', 'under'],
    ['a.b.example.org', 'under'],
    ['a.deep.example.org', 'deep'],
  ] as const) {
    test(`hand ${authority} to its site`, async () => {
      assert.equal((await hosts(makeRequest('/', { authority }))).content, expected);
    });
  }

  test('refuse an authority nobody named as misdirected, unless somebody answers for all', async () => {
    const request = makeRequest('/', { authority: 'badexample.org' });
    assert.throws(() => hosts(request), { code: 'MISDIRECTED_REQUEST', status: 421 });
    const all = virtualHosts([], { fallback: named('all') });
    assert.equal((await all(request)).content, 'all');
  });

  test('have each name once', () => {
    const twice = ['A.org', 'a.org'].map((name) => ({ names: [name], handler: answer }));
    assert.throws(() => virtualHosts(twice), RangeError);
  });
});

describe('redirects', () => {
  const handler = intercept(
    answer,
    redirects([
      { from: '/old/**', to: '/new/$1' },
      { from: '/all/**', to: '/$1', status: 308 },
      { from: '/search/*', to: '/find?q=$1' },
      { from: '/away', to: 'https://example.net/' },
    ]),
  );

  for (const [target, location, status] of [
    ['/old/a/b', '/new/a/b', 301],
    ['/old/a?x=1', '/new/a?x=1', 301],
    ['/old/caf%C3%A9%20x', '/new/caf%C3%A9%20x', 301],
    ['/search/a%26b?x=1', '/find?q=a%26b', 301],
    ['/away?x', 'https://example.net/?x', 301],
    ['/all//evil.example', '/evil.example', 308],
    ['/all/%2F%2Fevil.example', '/evil.example', 308],
    ['/all/%5Cevil.example', '/%5Cevil.example', 308],
    ['/old/%0D%0Ax', '/new/%0D%0Ax', 301],
  ] as const) {
    test(`send ${target} to ${location}`, async () => {
      const response = await handler(makeRequest(target));
      assert.deepEqual([response.status, fieldsOf(response)['location']], [status, location]);
    });
  }

  test('leave alone what no rule is about', async () => {
    assert.equal((await handler(makeRequest('/older'))).status, 200);
  });

  test('to TLS keep the path, the query and the method', async () => {
    const secured = intercept(answer, redirectToTls(8_443));
    const response = await secured(makeRequest('/a?b', { authority: 'example.org:8080' }));
    assert.equal(response.status, 308);
    assert.equal(fieldsOf(response)['location'], 'https://example.org:8443/a?b');
    assert.equal((await secured(makeRequest('/a', { scheme: 'https' }))).status, 200);
  });
});

describe('rules for fields', () => {
  const rules = headerRules([
    { set: { 'X-Frame-Options': 'DENY' } },
    { for: '*.css', cache: 'max-age=60', set: { 'content-type': 'text/css' } },
    { for: '/plain/**', remove: ['x-frame-options'] },
  ]);

  test('set, replace and remove by path', async () => {
    const handler = intercept(answer, rules);
    assert.deepEqual(fieldsOf(await handler(makeRequest('/a.css'))), {
      'x-frame-options': 'DENY',
      'content-type': 'text/css',
      'cache-control': 'max-age=60',
    });
    assert.deepEqual(fieldsOf(await handler(makeRequest('/plain/x'))), {
      'content-type': 'text/html',
    });
  });

  test('hold for a response that is prepared once, at each path', async () => {
    const file = prepareResponse({ status: 200, headers: [['ETag', '"1"']], content: 'a' });
    const handler = intercept(() => file, rules);
    for (const [path, expected] of [
      ['/a.css', 'DENY'],
      ['/a.css', 'DENY'],
      ['/plain/a', undefined],
      ['/a', 'DENY'],
    ] as const) {
      const response = await handler(makeRequest(path));
      const fields = fieldsOf(response);
      assert.deepEqual([fields['x-frame-options'], fields['etag']], [expected, '"1"'], path);
      assert.equal(textOf(response), 'a');
    }
  });

  test('let no error be cached', async () => {
    const handler = intercept(() => ({ status: 404 }), rules);
    assert.equal(fieldsOf(await handler(makeRequest('/a.css')))['cache-control'], undefined);
  });
});

describe('error pages', () => {
  const pages = new Map([[404, Buffer.from('<h1>lost</h1>')]]);
  const missing: HttpHandler = () => {
    throw new HttpError('NOT_FOUND', 'there is no such file', { headers: [['X-Why', 'gone']] });
  };

  test('stand in place of what was answered', async () => {
    const response = await intercept(missing, errorPages({ pages }))(makeRequest('/'));
    assert.equal(response.status, 404);
    assert.deepEqual(response.content, pages.get(404));
    assert.deepEqual(fieldsOf(response), {
      'x-why': 'gone',
      'content-type': 'text/html; charset=utf-8',
    });
  });

  test('let go of a file that is not sent, and of what spoke of it', async () => {
    let closed = 0;
    const source = { read: () => Promise.resolve(0), close: () => void closed++ };
    const handler: HttpHandler = () => ({
      status: 404,
      headers: [['ETag', '"1"']],
      content: { source, start: 0, length: 9 },
    });
    const response = await intercept(handler, errorPages({ pages }))(makeRequest('/'));
    assert.equal(closed, 1);
    assert.equal(fieldsOf(response)['etag'], undefined);
  });

  test('make what was thrown a response, so that rules outside see it', async () => {
    const rules = headerRules([{ set: { 'X-Frame-Options': 'DENY' } }]);
    const response = await intercept(missing, rules, errorPages())(makeRequest('/'));
    assert.equal(response.status, 404);
    assert.equal(fieldsOf(response)['x-frame-options'], 'DENY');
    assert.equal(response.content, '404 Not Found: there is no such file\n');
  });

  test('tell the client nothing of a mistake in the program, and its author all', async () => {
    const reported: unknown[] = [];
    const mistake = new Error('/home/somebody/secret');
    const handler: HttpHandler = () => {
      throw mistake;
    };
    const pagesOf = errorPages({ report: (error) => reported.push(error) });
    const response = await intercept(handler, pagesOf)(makeRequest('/'));
    assert.equal(response.content, '500 Internal Server Error: the server could not answer\n');
    assert.deepEqual(reported, [mistake]);
  });
});

describe('allowed addresses', () => {
  const handler = intercept(answer, allowAddresses([...loopbackAddresses, '10.0.0.0/8']));

  for (const [from, isAllowed] of [
    ['127.0.0.1', true],
    ['127.9.9.9', true],
    ['::1', true],
    ['10.1.2.3', true],
    ['::ffff:10.1.2.3', true],
    ['11.1.2.3', false],
    ['::ffff:11.1.2.3', false],
    ['fe80::1%eth0', false],
  ] as const) {
    test(`${isAllowed ? 'let in' : 'keep out'} ${from}`, async () => {
      const request = makeRequest('/', { from });
      if (isAllowed) assert.equal((await handler(request)).status, 200);
      else assert.throws(() => handler(request), { code: 'FORBIDDEN' });
    });
  }

  test('are addresses or networks', () => {
    assert.throws(() => allowAddresses(['localhost']), RangeError);
    assert.throws(() => allowAddresses(['10.0.0.0/99']), RangeError);
  });
});
