import { HttpError } from '../errors.ts';

/** Where a request's path leads, from the root down. */
export interface RequestPath {
  /** Decoded names: none is empty, `.` or `..`, none holds a slash, a backslash or a NUL. */
  readonly segments: readonly string[];
  /** Whether it ends with a slash, or with a dot segment, which stands for a directory too. */
  readonly isDirectory: boolean;
}

function decodeSegment(segment: string): string {
  if (!segment.includes('%')) return segment;
  try {
    // Strict: overlong forms, surrogates and stray bytes are refused (RFC 3629, section 3).
    return decodeURIComponent(segment);
  } catch (error) {
    throw new HttpError('BAD_REQUEST', 'the path is not percent-encoded UTF-8', { cause: error });
  }
}

/**
 * Decodes a path and resolves its dot segments, encoded or not (RFC 3986, sections 2.1 and 5.2.4): what
 * it names is never above the root. Empty segments count for nothing, as they do for the file system.
 *
 * @param path as sent, percent-encoded.
 * @throws {HttpError} BAD_REQUEST when it is not percent-encoded UTF-8 or holds a NUL; NOT_FOUND when a
 *   name holds a slash or a backslash, which some system takes for a separator.
 */
export function parseRequestPath(path: string): RequestPath {
  if (!path.startsWith('/')) throw new HttpError('BAD_REQUEST', 'a path begins with a slash');
  const segments: string[] = [];
  let last = '';
  for (const encoded of path.slice(1).split('/')) {
    const segment = decodeSegment(encoded);
    last = segment;
    if (segment.includes('\0')) throw new HttpError('BAD_REQUEST', 'a path holds no NUL');
    if (segment.includes('/') || segment.includes('\\')) {
      throw new HttpError('NOT_FOUND', 'no name here holds a slash or a backslash');
    }
    if (segment === '..') segments.pop();
    else if (segment !== '' && segment !== '.') segments.push(segment);
  }
  return { segments, isDirectory: last === '' || last === '.' || last === '..' };
}

/**
 * Whether a path names something hidden: a name that begins with a dot, other than the `.well-known`
 * at the root (RFC 8615).
 */
export function isHidden(segments: readonly string[]): boolean {
  return segments.some(
    (segment, index) => segment.startsWith('.') && !(index === 0 && segment === '.well-known'),
  );
}

/**
 * The path of a redirection or a link: absolute, encoded anew. It cannot begin with two slashes, nor
 * hold a backslash, and so cannot name another host.
 */
export function formatPath(segments: readonly string[], isDirectory: boolean): string {
  const path = segments.map((segment) => `/${encodeURIComponent(segment)}`).join('');
  return isDirectory || path === '' ? `${path}/` : path;
}
