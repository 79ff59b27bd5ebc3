import type { HttpInterceptor, HttpRequest, HttpResponse } from '../handler.ts';
import { compileGlob } from './globs.ts';

/** The statuses that send a client elsewhere (RFC 9110, section 15.4). */
export const redirectStatuses = [301, 302, 303, 307, 308] as const;

export interface RedirectRule {
  /** A glob over paths; see {@link compileGlob}. */
  readonly from: string;
  /** Where to: a path or a URL, in which `$1` to `$9` are what the stars of `from` stood for. */
  readonly to: string;
  /** Default 301. */
  readonly status?: (typeof redirectStatuses)[number];
}

/** What a star stood for, as it may stand in a URL: its slashes kept, all else that matters encoded. */
function encodePath(text: string): string {
  return text.split('/').map(encodeURIComponent).join('/');
}

function fill(template: string, found: readonly string[], query: string): string {
  const filled = template.replaceAll(/\$([1-9])/g, (_, number: string) =>
    encodePath((found[Number(number) - 1] ?? '').toWellFormed()),
  );
  // Two slashes would begin an authority: what a client wrote must not choose another server.
  const safe = filled.startsWith('/') ? filled.replace(/^\/+/, '/') : filled;
  return query === '' || safe.includes('?') ? safe : `${safe}?${query}`;
}

/** The answer that sends a client to a place. */
export function redirectTo(location: string, status: number = 301): HttpResponse {
  return { status, headers: [['Location', location]], content: '' };
}

/**
 * Sends clients elsewhere by rules, of which the first that matches counts; the query goes along unless
 * the new place has one.
 */
export function redirects(rules: readonly RedirectRule[]): HttpInterceptor {
  const compiled = rules.map(({ from, ...rest }) => ({ ...rest, match: compileGlob(from) }));
  return (next) => (request) => {
    for (const { match, to, status } of compiled) {
      const found = match(request.path);
      if (found !== undefined) return redirectTo(fill(to, found, request.query), status);
    }
    return next(request);
  };
}

/** Sends every client of plain HTTP to the same place over TLS (308, so that methods are kept). */
export function redirectToTls(port: number): HttpInterceptor {
  return (next) => (request: HttpRequest) => {
    if (request.scheme === 'https' || request.authority === '') return next(request);
    const host = request.authority.replace(/:\d*$/, '');
    const place = port === 443 ? host : `${host}:${port}`;
    const path = request.form === 'asterisk' ? '/' : request.path;
    const query = request.query === '' ? '' : `?${request.query}`;
    return redirectTo(`https://${place}${path}${query}`, 308);
  };
}
