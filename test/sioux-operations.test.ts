import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, readFileSync, renameSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { Folder, Sioux, curl } from './support/sioux.ts';

/** Asks for a page over one of the agent's connections; gives the status and a field. */
function ask(url: string, agent: Agent): Promise<readonly [number, string]> {
  return new Promise((resolve, reject) => {
    get(url, { agent }, (response) => {
      response.resume();
      response.on('error', reject);
      response.on('end', () => {
        const version = response.headers['x-version'];
        resolve([response.statusCode ?? 0, typeof version === 'string' ? version : '']);
      });
    }).on('error', reject);
  });
}

function configuration(version: number): string {
  return `[[headers]]\nset = { X-Version = "${version}" }\n`;
}

/** Reads a file until it holds what is wanted. */
async function readUntil(path: string, wanted: (text: string) => boolean): Promise<string> {
  const deadline = performance.now() + 5_000;
  for (;;) {
    const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
    if (wanted(text)) return text;
    if (performance.now() > deadline) throw new Error(`only: ${text}`);
    const { promise, resolve } = Promise.withResolvers<void>();
    setTimeout(resolve, 20);
    await promise;
  }
}

describe('whoever runs sioux', () => {
  for (const threads of ['1', '2']) {
    test(`reloads it under load, and no request fails (${threads} threads)`, async () => {
      using folder = new Folder({ 'index.html': 'x', 'sioux.toml': configuration(0) });
      await using sioux = await Sioux.start(folder.path, '--threads', threads);
      using kept = new Agents(true);
      using fresh = new Agents(false);
      const isDone = new AbortController();
      const seen = new Set<string>();
      let answered = 0;
      const client = async (agent: Agent): Promise<void> => {
        while (!isDone.signal.aborted) {
          const [status, version] = await ask(sioux.url, agent);
          assert.equal(status, 200);
          seen.add(version);
          answered++;
        }
      };
      const clients = [kept, kept, kept, fresh, fresh].map(({ agent }) => client(agent));
      for (let version = 1; version <= 5; version++) {
        folder.write('sioux.toml', configuration(version));
        assert.equal(await sioux.reload(), 'sioux: reloaded\n');
        assert.deepEqual(await ask(sioux.url, fresh.agent), [200, `${version}`]);
      }
      folder.write('sioux.toml', 'port = "wrong"\n');
      assert.match(await sioux.reload(), /not reloaded, going on as before: sioux\.toml:1: port: /);
      assert.deepEqual(await ask(sioux.url, fresh.agent), [200, '5']);
      isDone.abort();
      await Promise.all(clients);
      assert.ok(
        answered > 20 && seen.size >= 5,
        `${answered} answers, versions ${[...seen].join()}`,
      );
    });
  }

  test('rotates its log without losing a line', async () => {
    using folder = new Folder({ 'index.html': 'x' });
    await using sioux = await Sioux.start(folder.path, '--access-log', 'a.log', '--threads', '2');
    const log = join(folder.path, 'a.log');
    for (const name of ['1', '2']) await curl(`${sioux.url}?${name}`);
    await readUntil(log, (text) => text.includes('/?2 '));
    renameSync(log, `${log}.old`);
    await curl(`${sioux.url}?3`);
    await sioux.reload();
    await curl(`${sioux.url}?4`);
    assert.equal(await sioux.stop(), 0);
    const targets = (path: string): readonly string[] =>
      readFileSync(path, 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => /"GET (\S+) HTTP\/1\.1" 200 1 "-" "curl\//.exec(line)?.[1] ?? line);
    assert.deepEqual(targets(`${log}.old`), ['/?1', '/?2', '/?3']);
    assert.deepEqual(targets(log), ['/?4']);
  });

  test('has its log on stdout, as JSON', async () => {
    using folder = new Folder({ 'index.html': 'x' });
    const flags = ['--access-log', '-', '--log-format', 'json'];
    await using sioux = await Sioux.start(folder.path, ...flags);
    await curl('-A', 'a"\\', `${sioux.url}a`);
    assert.equal(await sioux.stop(), 0);
    const line = JSON.parse(sioux.printed) as Record<string, unknown>;
    assert.deepEqual([line['target'], line['status']], ['/a', 404]);
  });

  test('counts requests, those of all threads together, for this machine alone', async () => {
    using folder = new Folder({ 'index.html': 'x' });
    const flags = ['--metrics', '--threads', '2', '--metrics-allow', '127.0.0.1'];
    await using sioux = await Sioux.start(folder.path, ...flags);
    for (let index = 0; index < 10; index++) await curl(sioux.url);
    const text = await curl(`${sioux.url}metrics`);
    assert.match(text, /^sioux_requests_total\{method="GET",status="2xx"\} 10$/m);
    assert.match(text, /^sioux_content_bytes_total 10$/m);
    assert.match(text, /^sioux_request_duration_seconds_count 10$/m);
    assert.match(await curl('--interface', '127.0.0.2', `${sioux.url}metrics`), /^403 /);
  });

  test('stops it when what was asked has been answered', async () => {
    using folder = new Folder({ 'large.bin': Buffer.alloc(20_000_000) });
    await using sioux = await Sioux.start(folder.path, '--threads', '2');
    const socket = connect(sioux.port, '127.0.0.1');
    socket.write('GET /large.bin HTTP/1.1\r\nHost: x\r\n\r\n');
    await once(socket, 'readable');
    const stopped = sioux.stop();
    await sioux.says(/stopping/);
    let length = 0;
    for await (const piece of socket) length += (piece as Buffer).length;
    assert.ok(length > 20_000_000);
    assert.equal(await stopped, 0);
  });

  test('ends it at once by a second signal', async () => {
    using folder = new Folder({ 'large.bin': Buffer.alloc(20_000_000) });
    await using sioux = await Sioux.start(folder.path);
    const socket = connect(sioux.port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write('GET /large.bin HTTP/1.1\r\nHost: x\r\n\r\n');
    await once(socket, 'readable');
    sioux.child.kill('SIGINT');
    await sioux.says(/once more ends at once/);
    assert.equal(await sioux.stop('SIGINT'), 1);
    socket.destroy();
  });
});

/** An agent that keeps connections, or opens one for each request; closed when disposed of. */
class Agents implements Disposable {
  readonly agent: Agent;

  constructor(keepAlive: boolean) {
    this.agent = new Agent({ keepAlive });
  }

  [Symbol.dispose](): void {
    this.agent.destroy();
  }
}
