import { resolve } from 'node:path';
import { formatEndpointNotation, readTlsOptions } from '../../presentation/index.ts';
import type { Application } from '../application.ts';
import { ApplicationError } from '../application.ts';
import type { HttpHandler } from './handler.ts';

/**
 * A web server as `guichet serve` serves it: a page that says what is served beside it, or the files of a
 * folder, and what is mounted on paths of it.
 */
export const httpApplication: Application = {
  name: 'http',
  endpoints: ['bytes+tcp://127.0.0.1:8080'],
  options: {},
  texts: { root: 'folder' },
  async serve(endpoint, context) {
    if (endpoint.codec !== 'bytes' || endpoint.framing === 'datagram') {
      const notation = formatEndpointNotation(endpoint);
      const example = 'bytes+tcp://127.0.0.1:8080';
      throw new ApplicationError(
        'ENDPOINT_UNSUITED',
        `http cannot be served at ${notation}: it brings its own framing, as ${example}`,
        { details: { application: 'http', endpoint: notation, example } },
      );
    }
    const { serveHttp } = await import('./server.ts');
    const { serveFiles } = await import('./files/index.ts');
    const { welcomePage } = await import('./welcome.ts');
    const { httpMounts } = await import('./mounts.ts');
    const { mount } = await import('./mount.ts');
    const { root } = context.texts;
    const handlers = new Map<string, HttpHandler>();
    const started = new AsyncDisposableStack();
    for (const one of httpMounts) {
      handlers.set(one.path, started.use(await one.start(context)).handler);
    }
    const site =
      root === undefined
        ? welcomePage(context.served, context.language)
        : serveFiles(resolve(root), { listing: true });
    const tls = await readTlsOptions(endpoint.tls);
    const { maxConnections } = context.transport;
    const server = await serveHttp(endpoint.transport, mount(site, handlers), {
      ...(maxConnections !== undefined && { maxConnections }),
      ...(tls !== undefined && { tls }),
    });
    return {
      endpoint: server.endpoint,
      ...(server.url !== '' && { url: server.url }),
      async close(drainTimeout) {
        await server.close(drainTimeout);
        await started.disposeAsync();
      },
    };
  },
};
