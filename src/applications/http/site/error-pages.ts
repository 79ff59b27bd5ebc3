import { HttpError, reasonPhrase } from '../errors.ts';
import type { HttpInterceptor, HttpRequest, HttpResponse } from '../handler.ts';
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

function toResponse(thrown: unknown): HttpResponse {
  if (!(thrown instanceof HttpError)) {
    return plain({ status: 500 });
  }
  const { status, headers, close, message } = thrown;
  return plain({ status, headers, ...(close && { close }) }, message);
}

/** A response whose content is its status in words, and what there is to say about it. */
function plain(response: HttpResponse, why: string = ''): HttpResponse {
  const { status } = response;
  const text = `${status} ${reasonPhrase(status)}${why === '' ? '' : `: ${why}`}\n`;
  return {
    ...withFields(response, [['Content-Type', 'text/plain; charset=utf-8']]),
    content: text,
  };
}

function closeContent({ content }: HttpResponse): void {
  if (typeof content === 'object' && 'source' in content) content.source.close();
}

/**
 * Turns what handlers throw into responses, so that whatever stands further out (headers, logs) sees one
 * in every case, and shows the pages given in place of errors.
 */
export function errorPages(options: ErrorPageOptions = {}): HttpInterceptor {
  const { pages, report } = options;
  return (next) => async (request) => {
    let response: HttpResponse;
    try {
      response = await next(request);
    } catch (error) {
      if (!(error instanceof HttpError)) report?.(error, request);
      response = toResponse(error);
    }
    const page = response.status < 400 ? undefined : pages?.get(response.status);
    if (page === undefined || response.takeOver !== undefined) return response;
    closeContent(response);
    const { contentLength: _, trailers: __, ...rest } = response;
    return {
      ...withFields(rest, [['Content-Type', 'text/html; charset=utf-8']], ofContent),
      content: page,
    };
  };
}
