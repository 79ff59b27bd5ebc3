import { hash, randomBytes } from 'node:crypto';

/** A new token: 256 random bits, as 43 characters of base64url (RFC 4648, section 5). */
export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

/** Whether a text could be a token; what could not need not be looked for. */
export function looksLikeToken(text: string): boolean {
  return text.length === 43 && /^[\w-]+$/.test(text);
}

/**
 * What is kept of a token: its SHA-256, so that nobody who reads the store can use a session. A token is
 * random through and through, and needs no salt.
 */
export function hashToken(token: string): string {
  return hash('sha256', token, 'base64url');
}
