import type { HttpInterceptor, HttpRequest, HttpResponse } from '../handler.ts';
import type { HeaderField } from '../headers.ts';
import { changeAnswer } from './answers.ts';
import { withFields, withVary } from './fields.ts';

/** Who may read answers from pages of other origins (Fetch Standard, "CORS protocol"). */
export interface CorsOptions {
  /** `*` for everybody, or origins: `https://example.org`, `https://*.example.org`. */
  readonly origins: '*' | readonly string[];
  /** Default GET, HEAD, POST, OPTIONS. */
  readonly methods?: readonly string[];
  /** Fields that requests may have; by default those that the preflight asks for. */
  readonly headers?: readonly string[];
  /** Fields of responses that pages may read. */
  readonly exposed?: readonly string[];
  /** Whether requests may come with cookies and passwords; not with `*`. Default false. */
  readonly credentials?: boolean;
  /** Seconds that browsers may keep the answer to a preflight. Default 600. */
  readonly maxAge?: number;
}

const usualMethods = ['GET', 'HEAD', 'POST', 'OPTIONS'];

/** Finds whether an origin is one of those listed. */
function compileOrigins(origins: readonly string[]): (origin: string) => boolean {
  const exact = new Set<string>();
  const under: { readonly scheme: string; readonly suffix: string }[] = [];
  for (const origin of origins) {
    const groups = /^([a-z][a-z\d+.-]*:\/\/)\*(\..+)$/.exec(origin.toLowerCase());
    if (groups === null) exact.add(origin.toLowerCase());
    else under.push({ scheme: groups[1] ?? '', suffix: groups[2] ?? '' });
  }
  return (origin) =>
    exact.has(origin) ||
    under.some(({ scheme, suffix }) => {
      const name = origin.slice(scheme.length, origin.length - suffix.length);
      return (
        origin.startsWith(scheme) && origin.endsWith(suffix) && /^[a-z\d][a-z\d.-]*$/.test(name)
      );
    });
}

function isPreflight(request: HttpRequest): boolean {
  return request.method === 'OPTIONS' && request.headers.has('access-control-request-method');
}

/**
 * Answers preflights, and tells browsers which origins may read the answers. It keeps nobody out who is
 * no browser: it is the browser that asks for permission.
 *
 * @throws {RangeError} for credentials with every origin, which browsers refuse.
 */
export function cors(options: CorsOptions): HttpInterceptor {
  const { origins, credentials = false, maxAge = 600 } = options;
  const isEverybody = origins === '*' || origins.includes('*');
  if (isEverybody && credentials) {
    throw new RangeError('credentials need origins that are named, not "*"');
  }
  const isAllowed = isEverybody ? () => true : compileOrigins(origins);
  const methods = (options.methods ?? usualMethods).join(', ');
  const headers = options.headers?.join(', ');
  const exposed = options.exposed?.join(', ');
  const allow = (response: HttpResponse, request: HttpRequest, more: HeaderField[]) => {
    const varied = isEverybody ? response : withVary(response, 'Origin');
    const origin = request.headers.get('origin');
    if (origin === undefined || !isAllowed(origin.toLowerCase())) return varied;
    const fields: HeaderField[] = [['Access-Control-Allow-Origin', isEverybody ? '*' : origin]];
    if (credentials) fields.push(['Access-Control-Allow-Credentials', 'true']);
    return withFields(varied, [...fields, ...more]);
  };
  return (next) => (request) => {
    if (!isPreflight(request)) {
      const more: HeaderField[] = [];
      if (exposed !== undefined) more.push(['Access-Control-Expose-Headers', exposed]);
      return changeAnswer(next(request), (response) =>
        response.takeOver === undefined ? allow(response, request, more) : response,
      );
    }
    const asked = headers ?? request.headers.get('access-control-request-headers');
    const more: HeaderField[] = [['Access-Control-Allow-Methods', methods]];
    if (asked) more.push(['Access-Control-Allow-Headers', asked]);
    more.push(['Access-Control-Max-Age', String(maxAge)]);
    const answer = allow({ status: 204 }, request, more);
    return headers === undefined ? withVary(answer, 'Access-Control-Request-Headers') : answer;
  };
}
