import type { HttpInterceptor, HttpResponse } from '../handler.ts';
import type { HeaderField } from '../headers.ts';
import { PreparedResponse, prepareResponse } from '../prepared-response.ts';
import { changeAnswer } from './answers.ts';
import { compileGlob } from './globs.ts';
import { withFields } from './fields.ts';

export interface HeaderRule {
  /** A glob over paths; see {@link compileGlob}. Default `/**`. */
  readonly for?: string | undefined;
  /** Fields to send, in place of those of the same names. */
  readonly set?: Readonly<Record<string, string>>;
  /** Fields not to send. */
  readonly remove?: readonly string[];
  /** Cache-Control of what was found (200, 206, 304), and of nothing else: an error is not to be kept. */
  readonly cache?: string;
}

/** A response as the rules for a path left it. */
interface PreparedForPath {
  readonly path: string;
  readonly response: HttpResponse;
}

/** Bytes of content up to which a response is prepared anew: of larger ones it would cost more memory. */
const maxPreparedBytes = 32_768;

/** What may be kept by caches as the rule for its path says. */
function isFound(status: number): boolean {
  return status === 200 || status === 206 || status === 304;
}

function applyRule(
  response: HttpResponse,
  { cache, remove }: HeaderRule,
  fields: readonly HeaderField[],
): HttpResponse {
  const all: readonly HeaderField[] =
    cache !== undefined && isFound(response.status)
      ? [...fields, ['Cache-Control', cache]]
      : fields;
  return withFields(response, all, remove);
}

/** Sets and removes fields of the responses to paths; every rule that matches counts, the last most. */
export function headerRules(rules: readonly HeaderRule[]): HttpInterceptor {
  const compiled = rules.map((rule) => ({
    rule,
    match: rule.for === undefined ? undefined : compileGlob(rule.for),
    fields: Object.entries(rule.set ?? {}),
  }));
  const applyAll = (response: HttpResponse, path: string): HttpResponse => {
    let changed = response;
    for (const { rule, match, fields } of compiled) {
      if (match === undefined || match(path) !== undefined) {
        changed = applyRule(changed, rule, fields);
      }
    }
    return changed;
  };
  // A small file is answered by one and the same response: what the rules make of it is prepared as well.
  const prepared = new WeakMap<HttpResponse, PreparedForPath>();
  const applyPrepared = (response: PreparedResponse, path: string): HttpResponse => {
    const before = prepared.get(response);
    if (before?.path === path) return before.response;
    const changed = applyAll(response, path);
    if (changed === response) return response;
    const { status, headers = [] } = changed;
    const made = prepareResponse({ status, headers, content: response.content });
    prepared.set(response, { path, response: made });
    return made;
  };
  return (next) => (request) =>
    changeAnswer(next(request), (response) => {
      if (response.takeOver !== undefined) return response;
      return response instanceof PreparedResponse && response.content.length <= maxPreparedBytes
        ? applyPrepared(response, request.path)
        : applyAll(response, request.path);
    });
}
