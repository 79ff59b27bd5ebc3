import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { pipeline } from 'node:stream';
import serveStatic from 'serve-static';
import { serveFiles, serveHttp } from 'guichet/http';

/**
 * The contenders that run in Node: `node node-server.ts KIND PORT ROOT`, where KIND is `guichet`, `node`
 * or `serve-static`.
 */

const [kind, port, root = '.'] = process.argv.slice(2);

async function sendFile(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = join(root, decodeURIComponent(new URL(request.url ?? '/', 'http://a').pathname));
  const { mtime, size } = await stat(path);
  const etag = `"${size.toString(16)}-${mtime.getTime().toString(16)}"`;
  response.setHeader('ETag', etag);
  response.setHeader('Last-Modified', mtime.toUTCString());
  if (request.headers['if-none-match'] === etag) {
    response.writeHead(304).end();
    return;
  }
  response.writeHead(200, { 'Content-Type': 'text/plain', 'Content-Length': size });
  pipeline(createReadStream(path), response, () => {});
}

/** Answers that there is nothing, unless the client left in the middle of something. */
function refuse(response: ServerResponse): void {
  if (response.headersSent) response.destroy();
  else response.writeHead(404).end();
}

const serveFolder = serveStatic(root);

const listeners: Readonly<
  Record<string, (request: IncomingMessage, response: ServerResponse) => void>
> = {
  node: (request, response) => {
    sendFile(request, response).catch(() => refuse(response));
  },
  'serve-static': (request, response) => {
    serveFolder(request, response, () => refuse(response));
  },
};

const listener = listeners[kind ?? ''];
if (listener === undefined) await serveHttp(`tcp://127.0.0.1:${port}`, serveFiles(root));
else createServer(listener).listen(Number(port), '127.0.0.1');
