import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { fieldsOf, makeRequest } from '../../../../test/support/site-request.ts';
import { HttpError } from '../errors.ts';
import type { HttpHandler } from '../handler.ts';
import { basicAuthentication, readCredentials } from './basic-authentication.ts';
import { intercept } from './compose.ts';
import { errorPages } from './error-pages.ts';
import { Htpasswd, parseHtpasswd } from './htpasswd.ts';
import { userOf } from './identity.ts';

const folder = mkdtempSync(join(tmpdir(), 'sioux-auth-'));
after(() => rmSync(folder, { recursive: true }));

function openssl(kind: string, password: string): string {
  return execFileSync('openssl', ['passwd', kind, '-salt', 'abcdefgh', password], {
    encoding: 'utf8',
  }).trim();
}

function writeFileOf(name: string, lines: readonly string[]): string {
  const path = join(folder, name);
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
}

/** `secret`, by Apache's htpasswd -B with a cost of 5. */
const bcrypt = '$2y$05$hQ9NrhNQVxyy3Wsi7LYpf.R6VxfaB6EBO5LWUR7Em41B67Nxk6cki';

function basic(user: string, password: string): Record<string, string> {
  return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` };
}

describe('an htpasswd file', () => {
  const path = writeFileOf('kinds', [
    '# users',
    `bcrypt:${bcrypt}`,
    `apr1:${openssl('-apr1', 'secret')}`,
    `sha256:${openssl('-5', 'secret')}`,
    `sha512:${openssl('-6', 'secret')}`,
    'sha1:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=',
    '',
  ]);

  test('lets in whoever knows the password, however it is hashed', async () => {
    await using users = await Htpasswd.open(path);
    assert.equal(users.size, 5);
    for (const user of ['bcrypt', 'apr1', 'sha256', 'sha512', 'sha1']) {
      assert.equal(await users.verify(user, 'secret'), true, user);
      assert.equal(await users.verify(user, 'Secret'), false, user);
      assert.equal(await users.verify(user, ''), false, user);
    }
    assert.equal(await users.verify('nobody', 'secret'), false);
    assert.equal(await users.verify('__proto__', 'secret'), false);
  });

  test('takes as long for an unknown user, and no time for a password just found right', async () => {
    const slow = bcrypt.replace('$05$', '$09$');
    await using users = await Htpasswd.open(writeFileOf('slow', [`ada:${slow}`, `eve:${bcrypt}`]));
    const time = async (user: string, password: string): Promise<number> => {
      const began = performance.now();
      await users.verify(user, password);
      return performance.now() - began;
    };
    await time('warm', 'up');
    const known = await time('ada', 'wrong');
    const unknown = await time('zoe', 'wrong');
    assert.ok(unknown > known / 3 && unknown < known * 3, `${known} ms, ${unknown} ms`);
    assert.equal(await users.verify('eve', 'secret'), true);
    assert.ok((await time('eve', 'secret')) < known / 3);
  });

  test('verifies once what is asked for many times at once, and forgets old passwords', async () => {
    await using users = await Htpasswd.open(path, { maxRemembered: 2 });
    const answers = await Promise.all(
      Array.from({ length: 300 }, () => users.verify('bcrypt', 'secret')),
    );
    assert.ok(answers.every(Boolean));
  });

  test('refuses to let too many passwords wait', async () => {
    await using users = await Htpasswd.open(path, { maxWaiting: 4 });
    const asked = Array.from({ length: 50 }, (_, index) => users.verify('bcrypt', `${index}`));
    const answers = await Promise.allSettled(asked);
    const refused = answers.filter((one) => one.status === 'rejected');
    assert.ok(refused.length > 0 && refused.length < 50);
    for (const { reason } of refused) {
      assert.ok(reason instanceof HttpError && reason.status === 503);
    }
  });

  test('is read anew when it changes, and what it said counts while it cannot be', async () => {
    const changing = writeFileOf('changing', ['ada:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=']);
    const reported: unknown[] = [];
    await using users = await Htpasswd.open(changing, {
      checkInterval: 0,
      report: (error) => reported.push(error),
    });
    assert.equal(await users.verify('ada', 'secret'), true);
    writeFileOf('changing', ['# nobody', 'eve:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=']);
    assert.equal(await users.verify('ada', 'secret'), false);
    assert.equal(await users.verify('eve', 'secret'), true);
    writeFileOf('changing', ['not a line']);
    assert.equal(await users.verify('eve', 'secret'), true);
    assert.match(String(reported[0]), /changing, line 1: not of the form user:hash/);
  });

  test('says which line it cannot read', () => {
    const fail = (text: string): unknown => {
      try {
        return parseHtpasswd('users', text);
      } catch (error) {
        return error instanceof Error && error.message;
      }
    };
    assert.match(
      String(fail('a:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=\nb:bare')),
      /^users, line 2: not a hash/,
    );
    assert.match(String(fail(':x')), /^users, line 1: not of the form/);
    assert.match(String(fail(`b:${bcrypt.replace('$05$', '$31$')}`)), /line 1: not a hash/);
  });
});

describe('basic authentication', () => {
  const seen: (string | undefined)[] = [];
  const page: HttpHandler = (request) => {
    seen.push(userOf(request));
    return { status: 200 };
  };
  const verify = (user: string, password: string): Promise<boolean> =>
    Promise.resolve(user === 'zoé' && password === 'mot:de passe');
  const handler = intercept(
    page,
    errorPages(),
    basicAuthentication({ verify, realm: 'The "site"', paths: ['/private/**'] }),
  );

  test('asks for a password, and lets in whoever has it', async () => {
    const refused = await handler(makeRequest('/private/a'));
    assert.equal(refused.status, 401);
    const challenge = String.raw`Basic realm="The \"site\"", charset="UTF-8"`;
    assert.equal(fieldsOf(refused)['www-authenticate'], challenge);
    const headers = basic('zoé', 'mot:de passe');
    assert.equal((await handler(makeRequest('/private/a', { headers }))).status, 200);
    assert.equal(seen.at(-1), 'zoé');
  });

  test('leaves open what is open, and only that', async () => {
    assert.equal((await handler(makeRequest('/public'))).status, 200);
    assert.equal((await handler(makeRequest('/x/../%70rivate//a'))).status, 401);
  });

  test('takes for no password what is none', async () => {
    for (const field of [
      'Basic',
      'Basic !!!!',
      'Bearer eA==',
      `Basic ${Buffer.from([0xff, 0x3a]).toString('base64')}`,
      `Basic ${Buffer.from('no colon').toString('base64')}`,
      `Basic ${'A'.repeat(8_000)}`,
    ]) {
      const headers = { authorization: field };
      assert.equal((await handler(makeRequest('/private/', { headers }))).status, 401, field);
    }
    assert.deepEqual(readCredentials('basic YTpi'), { user: 'a', password: 'b' });
  });
});
