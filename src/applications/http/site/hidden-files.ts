import { resolve } from 'node:path';
import { HttpError } from '../errors.ts';
import type { HttpInterceptor } from '../handler.ts';
import { pathSegments } from './globs.ts';

/** Answers for some files under the root as if they were not there. */
export function hideFiles(root: string, files: readonly string[]): HttpInterceptor {
  const hidden = new Set(files.map((file) => resolve(file)));
  return (next) => (request) => {
    if (hidden.has(resolve(root, ...pathSegments(request.path).map((one) => `./${one}`)))) {
      throw new HttpError('NOT_FOUND', 'there is no such file');
    }
    return next(request);
  };
}
