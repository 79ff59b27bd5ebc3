export * from './calls/index.ts';
export { HttpError, httpErrorStatus, reasonPhrase } from './errors.ts';
export type { HttpErrorCode, HttpErrorOptions } from './errors.ts';
export type {
  ByteSource,
  HttpBody,
  HttpContent,
  HttpHandler,
  HttpInterceptor,
  HttpRequest,
  HttpResponse,
  SourceContent,
} from './handler.ts';
export * from './files/index.ts';
export { HeaderList, noHeaders } from './headers.ts';
export type { HeaderField, HttpHeaders } from './headers.ts';
export { http2Defaults } from './http2-limits.ts';
export type { Http2Limits } from './http2-limits.ts';
export { httpDefaults } from './limits.ts';
export type { HttpLimits } from './limits.ts';
export { prepareResponse } from './prepared-response.ts';
export * from './server.ts';
export type { HttpExchange } from './service.ts';
