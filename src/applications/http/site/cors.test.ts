import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fieldsOf, makeRequest } from '../../../../test/support/site-request.ts';
import type { HttpHandler, HttpResponse } from '../handler.ts';
import { intercept } from './compose.ts';
import { cors } from './cors.ts';
import type { CorsOptions } from './cors.ts';

const answer: HttpHandler = () => ({ status: 200, headers: [['Vary', 'Accept-Encoding']] });

async function ask(options: CorsOptions, headers: Record<string, string>): Promise<HttpResponse> {
  const method = 'access-control-request-method' in headers ? 'OPTIONS' : 'GET';
  return intercept(answer, cors(options))(makeRequest('/', { method, headers }));
}

const origins = ['https://a.example', 'https://*.b.example'];

describe('CORS', () => {
  for (const origin of ['https://a.example', 'https://x.b.example', 'https://x.y.b.example']) {
    test(`lets ${origin} read the answer`, async () => {
      const response = await ask({ origins, exposed: ['ETag'] }, { origin });
      assert.deepEqual(fieldsOf(response), {
        vary: 'Accept-Encoding, Origin',
        'access-control-allow-origin': origin,
        'access-control-expose-headers': 'ETag',
      });
    });
  }

  for (const origin of [
    'http://a.example',
    'https://b.example',
    'https://evilb.example',
    'https://evil.example/.b.example',
    'https://.b.example',
    'null',
  ]) {
    test(`lets ${origin} read nothing, and caches know why`, async () => {
      const response = await ask({ origins }, { origin });
      assert.deepEqual(fieldsOf(response), { vary: 'Accept-Encoding, Origin' });
    });
  }

  test('lets everybody read where everybody may', async () => {
    const fields = fieldsOf(await ask({ origins: '*' }, { origin: 'https://x.example' }));
    assert.equal(fields['access-control-allow-origin'], '*');
    assert.equal(fields['vary'], 'Accept-Encoding');
  });

  test('answers a preflight itself', async () => {
    const response = await ask(
      { origins, credentials: true },
      {
        origin: 'https://a.example',
        'access-control-request-method': 'PUT',
        'access-control-request-headers': 'X-One',
      },
    );
    assert.equal(response.status, 204);
    assert.deepEqual(fieldsOf(response), {
      'access-control-allow-origin': 'https://a.example',
      'access-control-allow-credentials': 'true',
      'access-control-allow-methods': 'GET, HEAD, POST, OPTIONS',
      'access-control-allow-headers': 'X-One',
      'access-control-max-age': '600',
      vary: 'Origin, Access-Control-Request-Headers',
    });
  });

  test('answers a preflight of a stranger without allowing anything', async () => {
    const response = await ask(
      { origins, headers: ['X-One'] },
      { origin: 'https://evil.example', 'access-control-request-method': 'PUT' },
    );
    assert.deepEqual([response.status, fieldsOf(response)], [204, { vary: 'Origin' }]);
  });

  test('refuses credentials for everybody', () => {
    assert.throws(() => cors({ origins: '*', credentials: true }), RangeError);
  });
});
