import { isRecord } from '../../../service/wire.ts';
import type { HttpRequest } from '../handler.ts';

/** The cookie that carries a session's token: only over TLS, and only of this very host (RFC 6265bis). */
export const sessionCookie = '__Host-guichet';

/** The session's token that a request carries: a bearer token (RFC 6750), or the cookie. */
export function sessionOf({ headers }: HttpRequest): string | undefined {
  const bearer = /^Bearer +([\w~+/.=-]+)$/i.exec(headers.get('authorization') ?? '');
  if (bearer !== null) return bearer[1];
  for (const pair of (headers.get('cookie') ?? '').split(';')) {
    const [name, ...value] = pair.split('=');
    if (name?.trim() === sessionCookie) return value.join('=').trim();
  }
  return undefined;
}

/** A message, or a batch, whose calls belong to a session unless they name one themselves. */
export function withSession(message: unknown, session: string | undefined): unknown {
  if (session === undefined) return message;
  if (Array.isArray(message)) return message.map((each: unknown) => withSession(each, session));
  if (!isRecord(message) || message['method'] === undefined) return message;
  const { meta = {} } = message;
  // Metadata that is no object is refused as it is.
  return isRecord(meta) ? { ...message, meta: { session, ...meta } } : message;
}
