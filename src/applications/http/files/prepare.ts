import type { HttpResponse } from '../handler.ts';

/** Makes a response that many requests will get. */
export function prepare(response: HttpResponse): HttpResponse {
  return Object.freeze(response);
}
