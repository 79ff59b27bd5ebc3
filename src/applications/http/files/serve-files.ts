import type { HttpHandler } from '../handler.ts';
import { FileServer } from './file-server.ts';
import { fileDefaults } from './options.ts';
import type { FileOptions } from './options.ts';

/** A handler that answers with files. */
export interface FileHandler extends HttpHandler {
  /** Forgets what it keeps in memory; what is being sent is sent to its end. */
  close(): void;
}

/**
 * Makes a handler that answers GET, HEAD and OPTIONS with the files under a folder and nothing else:
 * conditions and ranges (RFC 9110, sections 13 and 14), precompressed siblings and compression
 * (section 12.5.3), index files, and what else the options say. Links that lead out of the root, names
 * that begin with a dot, pipes and devices are as if they were not there. Small files are answered from
 * memory, which notices a change within `maxCacheAge`; others are read piece by piece.
 *
 * @param root the folder; it may come later, or be a link that is turned to another.
 * @throws {HttpError} from the handler: NOT_FOUND, FORBIDDEN, BAD_REQUEST, METHOD_NOT_ALLOWED,
 *   NOT_IMPLEMENTED, PRECONDITION_FAILED, RANGE_NOT_SATISFIABLE, SERVICE_UNAVAILABLE.
 * @example
 * ```ts
 * import { mkdtemp, rm, writeFile } from 'node:fs/promises';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { serveFiles, serveHttp } from 'guichet/http';
 * const root = await mkdtemp(join(tmpdir(), 'site-'));
 * await writeFile(join(root, 'index.html'), '<h1>Bonjour</h1>');
 * await using server = await serveHttp('tcp://127.0.0.1:0', serveFiles(root));
 * const answer = await fetch(server.url, { headers: { Range: 'bytes=4-10' } });
 * if (answer.status !== 206 || (await answer.text()) !== 'Bonjour') throw new Error('not this part');
 * await rm(root, { recursive: true });
 * ```
 */
export function serveFiles(root: string, options: Partial<FileOptions> = {}): FileHandler {
  const server = new FileServer(root, { ...fileDefaults, ...options });
  const handler: HttpHandler = (request) => server.answer(request);
  return Object.assign(handler, { close: () => server.close() });
}
