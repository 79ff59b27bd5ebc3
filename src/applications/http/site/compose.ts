import type { HttpHandler, HttpInterceptor } from '../handler.ts';

/** A handler with interceptors around it, the first one outermost. */
export function intercept(
  handler: HttpHandler,
  ...around: readonly HttpInterceptor[]
): HttpHandler {
  return around.reduceRight((next, interceptor) => interceptor(next), handler);
}
