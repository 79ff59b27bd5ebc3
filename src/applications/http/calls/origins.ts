import { HttpError } from '../errors.ts';
import type { HttpRequest } from '../handler.ts';
import type { HeaderField } from '../headers.ts';

/**
 * Whether a page may call: browsers name the origin of the page that asks (RFC 6454), and only pages of
 * this server, or of origins listed, may. What is no browser names none.
 *
 * @param allowed such as `https://example.org`; `*` for every origin.
 * @returns fields for the response, which let the browser hand it to the page (CORS).
 * @throws {HttpError} FORBIDDEN.
 */
export function checkOrigin(
  request: HttpRequest,
  allowed: readonly string[],
): readonly HeaderField[] {
  const origin = request.headers.get('origin');
  if (origin === undefined) return [];
  const isOwn = URL.canParse(origin) && new URL(origin).host === request.authority;
  if (isOwn) return [];
  if (!allowed.includes(origin) && !allowed.includes('*')) {
    throw new HttpError('FORBIDDEN', `pages of ${origin.slice(0, 200)} may not call this server`);
  }
  return [
    ['Access-Control-Allow-Origin', origin],
    ['Vary', 'Origin'],
  ];
}
