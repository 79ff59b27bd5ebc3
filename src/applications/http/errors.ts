import { GuichetError } from '../../errors.ts';
import type { GuichetErrorOptions } from '../../errors.ts';
import type { HeaderField } from './headers.ts';

/** Why a request is refused, each with the status that says so (RFC 9110, section 15; RFC 6585). */
export const httpErrorStatus = {
  BAD_REQUEST: 400,
  UNAUTHORIZED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  NOT_ACCEPTABLE: 406,
  REQUEST_TIMEOUT: 408,
  PRECONDITION_FAILED: 412,
  CONTENT_TOO_LARGE: 413,
  URI_TOO_LONG: 414,
  UNSUPPORTED_MEDIA_TYPE: 415,
  RANGE_NOT_SATISFIABLE: 416,
  EXPECTATION_FAILED: 417,
  MISDIRECTED_REQUEST: 421,
  UPGRADE_REQUIRED: 426,
  TOO_MANY_REQUESTS: 429,
  HEADER_FIELDS_TOO_LARGE: 431,
  INTERNAL_ERROR: 500,
  NOT_IMPLEMENTED: 501,
  SERVICE_UNAVAILABLE: 503,
  VERSION_NOT_SUPPORTED: 505,
} as const;

export type HttpErrorCode = keyof typeof httpErrorStatus;

export interface HttpErrorOptions extends GuichetErrorOptions {
  /** Fields of the response, such as Allow with 405 or WWW-Authenticate with 401. */
  readonly headers?: readonly HeaderField[];
  /** Whether nothing more can be read from the connection. Default false. */
  readonly close?: boolean;
}

/** A request refused: thrown by a handler, it becomes the response. */
export class HttpError extends GuichetError<HttpErrorCode> {
  readonly headers: readonly HeaderField[];
  readonly close: boolean;

  constructor(code: HttpErrorCode, message: string, options: HttpErrorOptions = {}) {
    super(code, message, options);
    this.headers = options.headers ?? [];
    this.close = options.close ?? false;
  }

  get status(): number {
    return httpErrorStatus[this.code];
  }
}

const reasonPhrases: ReadonlyMap<number, string> = new Map([
  [100, 'Continue'],
  [101, 'Switching Protocols'],
  [103, 'Early Hints'],
  [200, 'OK'],
  [201, 'Created'],
  [202, 'Accepted'],
  [203, 'Non-Authoritative Information'],
  [204, 'No Content'],
  [205, 'Reset Content'],
  [206, 'Partial Content'],
  [300, 'Multiple Choices'],
  [301, 'Moved Permanently'],
  [302, 'Found'],
  [303, 'See Other'],
  [304, 'Not Modified'],
  [307, 'Temporary Redirect'],
  [308, 'Permanent Redirect'],
  [400, 'Bad Request'],
  [401, 'Unauthorized'],
  [402, 'Payment Required'],
  [403, 'Forbidden'],
  [404, 'Not Found'],
  [405, 'Method Not Allowed'],
  [406, 'Not Acceptable'],
  [407, 'Proxy Authentication Required'],
  [408, 'Request Timeout'],
  [409, 'Conflict'],
  [410, 'Gone'],
  [411, 'Length Required'],
  [412, 'Precondition Failed'],
  [413, 'Content Too Large'],
  [414, 'URI Too Long'],
  [415, 'Unsupported Media Type'],
  [416, 'Range Not Satisfiable'],
  [417, 'Expectation Failed'],
  [421, 'Misdirected Request'],
  [422, 'Unprocessable Content'],
  [425, 'Too Early'],
  [426, 'Upgrade Required'],
  [428, 'Precondition Required'],
  [429, 'Too Many Requests'],
  [431, 'Request Header Fields Too Large'],
  [451, 'Unavailable For Legal Reasons'],
  [500, 'Internal Server Error'],
  [501, 'Not Implemented'],
  [502, 'Bad Gateway'],
  [503, 'Service Unavailable'],
  [504, 'Gateway Timeout'],
  [505, 'HTTP Version Not Supported'],
  [507, 'Insufficient Storage'],
]);

/** The reason phrase of a status (RFC 9110, section 15; RFC 6585); empty for one nobody knows. */
export function reasonPhrase(status: number): string {
  return reasonPhrases.get(status) ?? '';
}
