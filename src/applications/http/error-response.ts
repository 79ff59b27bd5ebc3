import { HttpError, reasonPhrase } from './errors.ts';
import type { HttpResponse } from './handler.ts';

/** The plain response to a request refused. */
export function errorResponse(error: HttpError): HttpResponse {
  const { status, message, headers, close } = error;
  return {
    status,
    headers: [['Content-Type', 'text/plain; charset=utf-8'], ...headers],
    content: `${status} ${reasonPhrase(status)}: ${message}\n`,
    close,
  };
}

/** Whatever was thrown, as an error that a client may be told of. */
export function toHttpError(thrown: unknown): HttpError {
  if (thrown instanceof HttpError) return thrown;
  return new HttpError('INTERNAL_ERROR', 'the server could not answer', { cause: thrown });
}
