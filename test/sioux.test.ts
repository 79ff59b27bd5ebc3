import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { promisify } from 'node:util';
import { makeCertificate } from './support/certificate.ts';
import { Folder, Sioux, curl, runSioux } from './support/sioux.ts';

const site = {
  'index.html': '<h1>Bonjour</h1>\n',
  'about.html': 'about\n',
  'letters.txt': 'abcdefghij',
  'folder/one.txt': '1',
};

describe('sioux', () => {
  test('serves the current folder, says where, and ends with 0 when asked to', async () => {
    using folder = new Folder(site);
    await using sioux = await Sioux.start(folder.path);
    assert.equal(sioux.said, `sioux: serving ${folder.path} at ${sioux.url}\n`);
    assert.match(sioux.url, /^http:\/\/127\.0\.0\.1:\d+\/$/);
    assert.equal(await curl(sioux.url), '<h1>Bonjour</h1>\n');
    assert.match(await curl('-I', sioux.url), /^HTTP\/1\.1 200 OK\r\n/);
    assert.equal(await curl('-r', '2-4', `${sioux.url}letters.txt`), 'cde');
    const status = await curl('-o', '/dev/null', '-w', '%{http_code}', `${sioux.url}folder/`);
    assert.equal(status, '404');
    assert.equal(await sioux.stop(), 0);
  });

  test('does as its flags say', async () => {
    using folder = new Folder(site);
    const flags = [
      '--listing',
      '--clean-urls',
      '--spa',
      '--cors',
      '--cache',
      'max-age=60',
      '--server',
      'x',
    ];
    await using sioux = await Sioux.start(folder.path, '.', ...flags);
    assert.equal(await curl(`${sioux.url}about`), 'about\n');
    assert.match(await curl(`${sioux.url}folder/`), /one\.txt/);
    assert.equal(await curl('-H', 'Accept: text/html', `${sioux.url}any/page`), site['index.html']);
    const missing = await curl('-o', '/dev/null', '-w', '%{http_code}', `${sioux.url}missing.js`);
    assert.equal(missing, '404');
    const head = await curl('-I', '-H', 'Origin: https://x.example', `${sioux.url}about`);
    assert.match(head, /^Access-Control-Allow-Origin: \*\r$/m);
    assert.match(head, /^Cache-Control: max-age=60\r$/m);
    assert.match(head, /^Server: x\r$/m);
  });

  test('does as its environment and its configuration file say, flags being stronger', async () => {
    using folder = new Folder({
      ...site,
      'sioux.toml': 'root = "folder"\nlisting = true\n[[headers]]\nset = { X-From = "file" }\n',
    });
    await using sioux = await Sioux.start(folder.path, '--no-listing');
    assert.match(await curl('-I', `${sioux.url}one.txt`), /^X-From: file\r$/m);
    assert.match(await curl('-I', sioux.url), /^HTTP\/1\.1 404 /);
    const { said } = await runSioux(folder.path, '--port', '99999');
    assert.match(said, /--port: "99999" is not a whole number from 0 to 65535/);
  });

  test('serves nothing that its configuration names, wherever it lies', async () => {
    const { cert, key } = makeCertificate('localhost');
    using folder = new Folder({
      ...site,
      'users.txt': 'ada:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=\n',
      'key.pem': key,
      'cert.pem': cert,
      'sioux.toml':
        'cert = "cert.pem"\nkey = "key.pem"\nauth = "users.txt"\nauth-paths = ["/folder/**"]\naccess-log = "access.log"\n',
    });
    await using sioux = await Sioux.start(folder.path);
    for (const name of ['sioux.toml', 'key.pem', 'users.txt', 'access.log', 'x/%2e%2e/k%65y.pem']) {
      const args = ['-k', '--path-as-is', '-o', '/dev/null', '-w', '%{http_code}'];
      assert.equal(await curl(...args, `${sioux.url}${name}`), '404', name);
    }
    const one = `${sioux.url}folder/one.txt`;
    assert.match(await curl('-kI', one), /^HTTP\/2 401 /);
    assert.equal(await curl('-k', '-u', 'ada:secret', one), '1');
  });

  test('says what is wrong with its command line and its configuration, and how to do better', async () => {
    using folder = new Folder({
      'bad.toml': 'port = 8080\nlistng = true\n\n[[hosts]]\nnames = ["a.example"]\nspa = 3\n',
      'good.toml': 'threads = 2\n',
      'users.txt': 'ada:secret\n',
    });
    const run = async (...args: readonly string[]): Promise<[number, string]> => {
      const { code, said, printed } = await runSioux(folder.path, ...args);
      return [code, said + printed];
    };
    assert.deepEqual(await run('--config', 'good.toml', '--check'), [
      0,
      'the configuration is correct\n',
    ]);
    assert.deepEqual(await run('--config', 'bad.toml', '--check'), [
      2,
      [
        'sioux: bad.toml:6: hosts.0.spa: expected true, false or a text, got 3',
        'sioux: bad.toml:2: listng: unknown key; did you mean listing?',
        '',
      ].join('\n'),
    ]);
    assert.deepEqual(await run('--config', 'bad.toml', '--check', '--lang', 'fr'), [
      2,
      [
        'sioux: bad.toml:6 : hosts.0.spa : true, false ou un texte attendu, reçu 3',
        'sioux: bad.toml:2 : listng : clé inconnue ; vouliez-vous dire listing ?',
        '',
      ].join('\n'),
    ]);
    const [code, text] = await run('nowhere');
    assert.equal(code, 2);
    assert.match(text, /there is no folder .*nowhere; name one that is there: sioux FOLDER/);
    assert.match((await run('users.txt'))[1], /users\.txt is not a folder/);
    assert.match(
      (await run('--auth', 'users.txt', '--check'))[1],
      /users\.txt, line 1: not a hash/,
    );
    assert.match((await run('--cert', 'x'))[1], /cert and key go together/);
    assert.match(
      (await run('--cert', 'no.pem', '--key', 'no.pem', '--check'))[1],
      /cannot read .*no\.pem: there is no such file/,
    );
    assert.match(
      (await run('--cert', 'users.txt', '--key', 'users.txt', '--check', '--lang', 'fr'))[1],
      /users\.txt ne contient pas de certificat \(PEM\)/,
    );
    assert.match(
      (await run('--metrics-allow', 'here', '--metrics'))[1],
      /--metrics-allow: expected addresses or networks, .* got "here"/,
    );
    assert.match((await run('--redirect-port', '80'))[1], /redirect-port sends clients to HTTPS/);
    assert.match((await run('--listin'))[1], /did you mean --listing\?/);
    assert.match(
      (await run('--log-format', 'xml'))[1],
      /expected one of combined, json, got "xml"/,
    );
  });

  test('says who holds its port', async () => {
    using folder = new Folder(site);
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const address = holder.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    for (const threads of ['1', '2']) {
      const { code, said } = await runSioux(folder.path, '--port', `${port}`, '--threads', threads);
      assert.equal(code, 1);
      assert.match(said, new RegExp(`already in use.*process ${process.pid}.*--port ${port + 1}`));
    }
    holder.close();
  });

  test('answers for each host with its site, and sends clients where rules say', async () => {
    using folder = new Folder({
      'one/index.html': 'one\n',
      'two/index.html': 'two\n',
      'two/lost.html': 'lost\n',
      'sioux.toml': `
        root = "one"
        unknown-hosts = "refuse"
        [[hosts]]
        names = ["one.example"]
        root = "one"
        [[hosts]]
        names = ["*.two.example"]
        root = "two"
        error-pages = { 404 = "two/lost.html" }
        redirects = [{ from = "/old/**", to = "/new/$1", status = 308 }]
      `,
    });
    await using sioux = await Sioux.start(folder.path);
    const ask = (host: string, path: string): Promise<string> =>
      curl('-H', `Host: ${host}`, '-w', '%{http_code} %{redirect_url}', `${sioux.url}${path}`);
    assert.equal(await ask('one.example', ''), 'one\n200 ');
    assert.equal(await ask('a.two.example', ''), 'two\n200 ');
    assert.equal(await ask('a.two.example', 'nothing'), 'lost\n404 ');
    assert.equal(
      await ask('a.two.example', 'old/a'),
      `308 http://a.two.example/new/a`.replace('a.two.example', `127.0.0.1:${sioux.port}`),
    );
    assert.match(await ask('three.example', ''), /421 $/);
  });

  test('speaks HTTP/2 to curl, with ranges, HEAD and compression', async () => {
    using folder = new Folder({ ...site, 'long.css': 'a { color: red }\n'.repeat(10_000) });
    await using sioux = await Sioux.start(folder.path, '--tls');
    const version = ['-w', ' %{http_version}'];
    const ask = (...args: readonly string[]): Promise<string> =>
      curl('-k', '--http2', ...version, ...args);
    assert.equal(await ask(`${sioux.url}letters.txt`), 'abcdefghij 2');
    assert.equal(await ask('-r', '-3', `${sioux.url}letters.txt`), 'hij 2');
    assert.match(await ask('-I', `${sioux.url}letters.txt`), /content-length: 10\r\n/);
    const size = ['-o', '/dev/null', '-w', '%{size_download}', '--compressed'];
    assert.ok(Number(await curl('-k', '--http2', ...size, `${sioux.url}long.css`)) < 10_000);
    const all = await curl('-k', '--http2', `${sioux.url}long.css`);
    assert.equal(all.length, 170_000);
  });

  test('sends clients of plain HTTP to HTTPS', async () => {
    using folder = new Folder(site);
    const free = createServer().listen(0, '127.0.0.1');
    await once(free, 'listening');
    const address = free.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    free.close();
    await once(free, 'close');
    await using sioux = await Sioux.start(folder.path, '--tls', '--redirect-port', `${port}`);
    await sioux.says(/sending to HTTPS at/);
    const plain = `http://127.0.0.1:${port}/letters.txt`;
    assert.equal(await curl('-kL', plain), site['letters.txt']);
    const where = await curl('-o', '/dev/null', '-w', '%{http_code} %{redirect_url}', plain);
    assert.equal(where, `308 ${sioux.url}letters.txt`);
  });

  test('shows each client the certificate of its host, and new ones once they are there', async () => {
    const [one, two, renewed] = [
      ['one.example'],
      ['two.example'],
      ['one.example', 'new.example'],
    ].map((names) => makeCertificate(...names));
    assert.ok(one && two && renewed);
    using folder = new Folder({
      ...site,
      'one.pem': one.cert,
      'one.key': one.key,
      'two.pem': two.cert,
      'two.key': two.key,
      'sioux.toml': ['one', 'two']
        .map((name) => `[[certificates]]\ncert = "${name}.pem"\nkey = "${name}.key"\n`)
        .join(''),
    });
    await using sioux = await Sioux.start(folder.path);
    const names = async (host: string): Promise<string> => {
      const where = ['-connect', `127.0.0.1:${sioux.port}`, '-servername', host];
      const { stdout } = await promisify(execFile)('sh', [
        '-c',
        'openssl s_client "$@" </dev/null 2>/dev/null | openssl x509 -noout -ext subjectAltName',
        'sh',
        ...where,
      ]);
      return stdout;
    };
    assert.match(await names('two.example'), /DNS:two\.example/);
    assert.match(await names('one.example'), /DNS:one\.example/);
    assert.match(await names('other.example'), /DNS:one\.example/);
    folder.write('one.pem', renewed.cert);
    assert.match(await sioux.reload(), /not reloaded, going on as before/);
    folder.write('one.key', renewed.key);
    assert.equal(await sioux.reload(), 'sioux: reloaded\n');
    assert.match(await names('one.example'), /DNS:new\.example/);
    const resolve = ['--resolve', `two.example:${sioux.port}:127.0.0.1`];
    const cacert = ['--cacert', join(folder.path, 'two.pem')];
    const page = await curl(...resolve, ...cacert, `https://two.example:${sioux.port}/`);
    assert.equal(page, site['index.html']);
  });
});
