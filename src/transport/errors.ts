import { GuichetError } from '../errors.ts';

/** Why a transport could not do what it was asked. */
export type TransportErrorCode =
  | 'CONNECTION_REFUSED'
  | 'CONNECT_TIMEOUT'
  | 'CONNECTION_RESET'
  | 'CONNECTION_CLOSED'
  | 'IDLE_TIMEOUT'
  | 'HOST_NOT_FOUND'
  | 'UNREACHABLE'
  | 'ADDRESS_IN_USE'
  | 'ADDRESS_NOT_AVAILABLE'
  | 'PERMISSION_DENIED'
  | 'PATH_NOT_FOUND'
  | 'TLS_FAILED'
  | 'DATAGRAM_TOO_LONG'
  | 'MESSAGE_TOO_LONG'
  | 'WRITE_AFTER_END'
  | 'ABORTED'
  | 'HANDLER_FAILED'
  | 'WEB_REFUSED'
  | 'WEBSOCKET_CLOSED'
  | 'TRANSPORT_FAILED';

/** What every transport throws, or gives as the reason of a close. */
export class TransportError extends GuichetError<TransportErrorCode> {}

/** How a failure of the platform is told, by the `errno` name Node gives it. */
const platformErrors: Readonly<Record<string, readonly [TransportErrorCode, string]>> = {
  ECONNREFUSED: ['CONNECTION_REFUSED', 'nobody listens there; start the server, or check the port'],
  ECONNRESET: ['CONNECTION_RESET', 'the peer reset the connection'],
  EPIPE: ['CONNECTION_RESET', 'the peer is gone'],
  ECONNABORTED: ['CONNECTION_RESET', 'the connection was aborted'],
  ETIMEDOUT: ['CONNECT_TIMEOUT', 'the peer did not answer in time'],
  ENOTFOUND: ['HOST_NOT_FOUND', 'no such host; check its name'],
  EAI_AGAIN: ['HOST_NOT_FOUND', 'the name could not be looked up; check the name and the network'],
  EHOSTUNREACH: ['UNREACHABLE', 'no route to that host'],
  ENETUNREACH: ['UNREACHABLE', 'no route to that network'],
  EADDRINUSE: ['ADDRESS_IN_USE', 'the address is already in use; stop its holder or take another'],
  EADDRNOTAVAIL: ['ADDRESS_NOT_AVAILABLE', 'this machine has no such address'],
  EACCES: ['PERMISSION_DENIED', 'not allowed; ports below 1024 and some paths need more rights'],
  EPERM: ['PERMISSION_DENIED', 'not allowed by this system'],
  ENOENT: ['PATH_NOT_FOUND', 'no such path; start the server, or check the path'],
  ENOTSOCK: ['ADDRESS_IN_USE', 'the path exists and is not a socket; choose another'],
  EMSGSIZE: ['DATAGRAM_TOO_LONG', 'the datagram is longer than this network carries'],
};

/** The `code` of a Node system error, or the empty string. */
export function errnoOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : '';
}

/** Whether the failure means that the peer reset the connection or is gone. */
export function isResetErrno(errno: string): boolean {
  return errno === 'ECONNRESET' || errno === 'EPIPE' || errno === 'ECONNABORTED';
}

/** The first line of a message; of OpenSSL's, only the reason: `…:error:CODE:LIBRARY:FUNCTION:REASON:FILE:LINE:`. */
function sayPlainly(message: string): string {
  const line = message.split('\n', 1)[0] ?? '';
  const reason = /:error:[\dA-F]+:[^:]*:[^:]*:([^:]+):/.exec(line)?.[1];
  return reason === 'wrong version number'
    ? 'what answers there is not TLS (wrong version number); check the port, or write tcp'
    : (reason ?? line);
}

/** Whatever was thrown, as a {@link TransportError} that names the endpoint it concerns. */
export function toTransportError(thrown: unknown, endpoint: string): TransportError {
  if (thrown instanceof TransportError) return thrown;
  // Happy eyeballs (RFC 8305) fails with one error for each address tried: the first speaks for all.
  const cause = thrown instanceof AggregateError ? (thrown.errors[0] as unknown) : thrown;
  const errno = errnoOf(cause);
  const known = platformErrors[errno];
  const tls = /^(ERR_SSL|ERR_TLS|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|ERR_OSSL)/.test(errno);
  const text = cause instanceof Error ? sayPlainly(cause.message) : String(cause);
  const [code, advice] =
    known ?? (tls ? (['TLS_FAILED', text] as const) : (['TRANSPORT_FAILED', text] as const));
  return new TransportError(code, `${endpoint}: ${advice}`, {
    cause: thrown,
    details: { endpoint, errno, text },
  });
}

/** The error of a connection or a listener that this side gave up at once. */
export function abortedError(
  endpoint: string,
  cause: unknown,
  why: string = 'aborted',
): TransportError {
  return new TransportError('ABORTED', `${endpoint}: ${why}`, {
    cause,
    details: { endpoint, why },
  });
}

/** The error of a message that came and is longer than is taken, `limit` in bytes. */
export function messageTooLongError(endpoint: string, limit: number): TransportError {
  return new TransportError(
    'MESSAGE_TOO_LONG',
    `${endpoint}: a message is longer than the limit of ${limit} bytes`,
    { details: { endpoint, limit } },
  );
}

/** Whether a host is this machine, by its loopback interface. */
export function isLoopback(host: string): boolean {
  return /^(localhost|127\.\d+\.\d+\.\d+|::1)$/.test(host);
}
