import { realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { HttpError } from '../errors.ts';
import type { HttpHandler, HttpInterceptor, HttpRequest, HttpResponse } from '../handler.ts';
import { pathSegments } from './globs.ts';

/** Where a file really is, whatever links lead to it; its folder alone counts while it is not there. */
async function findPlace(file: string): Promise<string> {
  try {
    return await realpath(file);
  } catch {
    // A log may not have been begun, and a path of nothing hides nothing.
    const folder = await realpath(dirname(file)).catch(() => dirname(file));
    return join(folder, basename(file));
  }
}

/**
 * Answers for some files as if they were not there, whichever way under the root leads to them. Files under
 * another name, as by a link made to them, are not hidden: somebody wanted them to be had.
 */
export async function hideFiles(root: string, files: readonly string[]): Promise<HttpInterceptor> {
  const hidden = new Set(await Promise.all(files.map(findPlace)));
  // Where case counts for nothing a file has many names.
  const names = new Set([...hidden].map((file) => basename(file).toLowerCase()));
  const answer = async (request: HttpRequest, next: HttpHandler): Promise<HttpResponse> => {
    const path = join(root, ...pathSegments(request.path));
    if (!path.includes('\0') && hidden.has(await findPlace(path))) {
      throw new HttpError('NOT_FOUND', 'there is no such file');
    }
    return next(request);
  };
  return (next) => (request) => {
    const name = pathSegments(request.path).at(-1)?.toLowerCase() ?? '';
    return names.has(basename(name)) ? answer(request, next) : next(request);
  };
}
