import type { HttpRequest } from '../handler.ts';

const users = new WeakMap<HttpRequest, string>();

/** Notes who made a request, once that has been proved. */
export function rememberUser(request: HttpRequest, name: string): void {
  users.set(request, name);
}

/** Who made a request, if it was proved. */
export function userOf(request: HttpRequest): string | undefined {
  return users.get(request);
}
