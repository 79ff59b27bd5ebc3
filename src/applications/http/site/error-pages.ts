import { errorResponse, toHttpError } from '../error-response.ts';
import { HttpError } from '../errors.ts';
import type { HttpInterceptor, HttpRequest, HttpResponse } from '../handler.ts';
import { letGo } from '../response-sender.ts';
import { catchAnswer } from './answers.ts';
import { withFields } from './fields.ts';

export interface ErrorPageOptions {
  /** Pages by status, HTML in UTF-8. */
  readonly pages?: ReadonlyMap<number, Uint8Array>;
  /** Told of what a handler threw that is no {@link HttpError}: a mistake of the program. */
  readonly report?: (error: unknown, request: HttpRequest) => void;
}

/** Fields that spoke of the content that a page takes the place of. */
const ofContent = [
  'Content-Type',
  'Content-Encoding',
  'Content-Language',
  'Content-Length',
  'Content-Range',
  'ETag',
  'Last-Modified',
  'Accept-Ranges',
];

/**
 * Turns what handlers throw into responses, so that whatever stands further out (headers, logs) sees one
 * in every case, and shows the pages given in place of errors.
 */
export function errorPages(options: ErrorPageOptions = {}): HttpInterceptor {
  const { pages, report } = options;
  const show = (response: HttpResponse): HttpResponse => {
    const page = response.status < 400 ? undefined : pages?.get(response.status);
    if (page === undefined || response.takeOver !== undefined) return response;
    if (response.content !== undefined) letGo(response.content);
    const { contentLength: _, trailers: __, ...rest } = response;
    return {
      ...withFields(rest, [['Content-Type', 'text/html; charset=utf-8']], ofContent),
      content: page,
    };
  };
  return (next) => (request) =>
    catchAnswer(next, request, show, (error) => {
      if (!(error instanceof HttpError)) report?.(error, request);
      return errorResponse(toHttpError(error));
    });
}
