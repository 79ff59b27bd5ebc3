import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import chromium from '@sparticuz/chromium';
import { chromium as launcher } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import { serveFiles, serveHttp } from 'guichet/http';
import type { HttpExchange, HttpServer, HttpServerOptions } from 'guichet/http';
import { developmentCertificate } from 'guichet/transport';

const seconds = 60;
const samplesPerSecond = 44_100;

/** A minute of a tone, uncompressed: enough that a browser asks for parts of it (RIFF WAVE, PCM). */
function createSound(): Buffer {
  const samples = seconds * samplesPerSecond;
  const bytes = Buffer.alloc(44 + samples * 2);
  bytes.write('RIFF', 0, 'latin1');
  bytes.writeUInt32LE(36 + samples * 2, 4);
  bytes.write('WAVEfmt ', 8, 'latin1');
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(1, 22);
  bytes.writeUInt32LE(samplesPerSecond, 24);
  bytes.writeUInt32LE(samplesPerSecond * 2, 28);
  bytes.writeUInt16LE(2, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write('data', 36, 'latin1');
  bytes.writeUInt32LE(samples * 2, 40);
  for (let index = 0; index < samples; index++) {
    bytes.writeInt16LE(Math.round(8000 * Math.sin(index / 16)), 44 + index * 2);
  }
  return bytes;
}

const page = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Guichet</title><link rel="stylesheet" href="style.css"></head>
<body>
<p id="text">Loaded, not scripted</p>
<img id="picture" src="picture.jpg" alt="">
<video id="film" src="film.wav" preload="metadata"></video>
<script type="module" src="script.js"></script>
</body>
</html>
`;

const script = `document.querySelector('#text').textContent = 'Été à Paris';
`;

/** A picture that the browser itself makes, so that it is a JPEG by another's judgement. */
async function paint(browser: Browser): Promise<Buffer> {
  const canvas = await browser.newPage();
  const url = await canvas.evaluate(`(() => {
    const canvas = document.createElement('canvas');
    canvas.width = 40;
    canvas.height = 30;
    canvas.getContext('2d').fillRect(5, 5, 20, 20);
    return canvas.toDataURL('image/jpeg');
  })()`);
  await canvas.close();
  return Buffer.from(String(url).split(',')[1] ?? '', 'base64');
}

/** Seeks the film, and waits until that was done; gives where it then is. */
function seek(tab: Page, second: number): Promise<unknown> {
  return tab.evaluate(`new Promise((resolve, reject) => {
    const film = document.querySelector('#film');
    const go = () => {
      film.onseeked = () => resolve(film.currentTime);
      film.currentTime = ${second};
    };
    film.onerror = () => reject(new Error(film.error.message));
    if (film.readyState >= 1) go();
    else film.onloadedmetadata = go;
  })`);
}

/** What was asked of the film: told once it is over, which leaving the page makes it. */
async function untilFilmed(
  tab: Page,
  exchanges: readonly HttpExchange[],
): Promise<readonly HttpExchange[]> {
  await tab.goto('about:blank');
  const deadline = performance.now() + 20_000;
  for (;;) {
    const parts = exchanges.filter(({ request }) => request.path === '/film.wav');
    if (parts.some(({ status }) => status === 206) || performance.now() > deadline) return parts;
    await pause(10);
  }
}

suite('Chromium', () => {
  const root = mkdtempSync(join(tmpdir(), 'guichet-browser-'));
  let browser: Browser;

  before(async () => {
    browser = await launcher.launch({
      executablePath: await chromium.executablePath(),
      // Its own parameters are for a machine of one process, where closing a page ends it all.
      args: ['--no-sandbox', '--disable-gpu'],
      headless: true,
    });
    writeFileSync(join(root, 'index.html'), page);
    writeFileSync(join(root, 'style.css'), 'p { color: rgb(1, 2, 3) }\n'.repeat(100));
    writeFileSync(join(root, 'script.js'), script);
    writeFileSync(join(root, 'picture.jpg'), await paint(browser));
    writeFileSync(join(root, 'film.wav'), createSound());
  });

  after(async () => {
    await browser.close();
    rmSync(root, { recursive: true });
  });

  async function visit(
    endpoint: string,
    options: HttpServerOptions,
    look: (tab: Page, exchanges: readonly HttpExchange[], server: HttpServer) => Promise<void>,
  ): Promise<void> {
    const exchanges: HttpExchange[] = [];
    const server = await serveHttp(endpoint, serveFiles(root), {
      ...options,
      onResponse: (exchange) => exchanges.push(exchange),
    });
    const context = await browser.newContext({ ignoreHTTPSErrors: true });
    const tab = await context.newPage();
    const complaints: string[] = [];
    tab.on('pageerror', (error) => complaints.push(error.message));
    tab.on('requestfailed', (request) => {
      // A film that was seeked gives up the part it was loading.
      if (!request.url().endsWith('film.wav')) complaints.push(request.url());
    });
    try {
      await tab.goto(server.url);
      await look(tab, exchanges, server);
      assert.deepEqual(complaints, []);
    } finally {
      await context.close();
      await server.close(0);
    }
  }

  test('shows a page with its style, its script and its picture', async () => {
    await visit('tcp://127.0.0.1:0', {}, async (tab, exchanges) => {
      const seen = await tab.evaluate(`({
        text: document.querySelector('#text').textContent,
        colour: getComputedStyle(document.querySelector('#text')).color,
        width: document.querySelector('#picture').naturalWidth,
      })`);
      assert.deepEqual(seen, { text: 'Été à Paris', colour: 'rgb(1, 2, 3)', width: 40 });
      const statuses = new Map(exchanges.map(({ request, status }) => [request.path, status]));
      for (const path of ['/', '/style.css', '/script.js', '/picture.jpg']) {
        assert.equal(statuses.get(path), 200, path);
      }
    });
  });

  test('asks again only for what it does not know', async () => {
    await visit('tcp://127.0.0.1:0', {}, async (tab, exchanges) => {
      const { length } = exchanges;
      await tab.reload();
      const again = exchanges.slice(length);
      assert.equal(again.find(({ request }) => request.path === '/')?.status, 304);
      assert.equal(
        await tab.evaluate(`document.querySelector('#text').textContent`),
        'Été à Paris',
      );
    });
  });

  test('seeks a film by asking for a part of it', async () => {
    await visit('tcp://127.0.0.1:0', {}, async (tab, exchanges) => {
      assert.equal(await seek(tab, 50), 50);
      assert.equal(await tab.evaluate(`document.querySelector('#film').duration`), seconds);
      const parts = await untilFilmed(tab, exchanges);
      assert.ok(parts.every(({ request }) => request.headers.has('range')));
      assert.ok(parts.some(({ status }) => status === 206));
    });
  });

  test('does all that over TLS, by HTTP/2', async () => {
    const tls = await developmentCertificate();
    await visit('tls://127.0.0.1:0', { tls }, async (tab, exchanges) => {
      assert.equal(await seek(tab, 50), 50);
      assert.equal(await tab.evaluate(`document.querySelector('#picture').naturalWidth`), 40);
      const protocol = `performance.getEntriesByType('navigation')[0].nextHopProtocol`;
      assert.equal(await tab.evaluate(protocol), 'h2');
      assert.ok(exchanges.every(({ request }) => request.version === '2'));
      const parts = await untilFilmed(tab, exchanges);
      assert.ok(parts.some(({ status }) => status === 206));
    });
  });
});
