import { X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import type { SecureContext } from 'node:tls';
import type { CertificateAndKey } from './certificates.ts';

interface Entry {
  readonly pair: CertificateAndKey;
  readonly certificate: X509Certificate;
  readonly context: SecureContext;
}

/** Names asked for whose certificate is remembered. */
const maxRemembered = 1_000;

function toEntry(pair: CertificateAndKey): Entry {
  const { cert, key } = pair;
  return {
    pair,
    certificate: new X509Certificate(cert),
    context: createSecureContext({ cert, key }),
  };
}

/**
 * The certificates of a server: each client gets the one for the name it asks for (RFC 6066, section 3), or
 * the first one. They may be replaced while the server listens; connections already open keep theirs.
 *
 * @example
 * ```ts
 * import { ServerCertificates, connect, developmentCertificate, listen } from 'guichet/transport';
 * const certificates = new ServerCertificates([await developmentCertificate()]);
 * await using listener = await listen(
 *   'tls://127.0.0.1:0',
 *   { open: (connection) => connection.end(), data: () => undefined },
 *   { tls: { certificates } },
 * );
 * const reason = await new Promise((resolve) => {
 *   void connect(listener.endpoint, { data: () => undefined, close: (_, why) => resolve(why.code) });
 * });
 * if (reason !== 'ended') throw new Error(String(reason));
 * ```
 */
export class ServerCertificates {
  #entries: readonly Entry[];
  readonly #remembered = new Map<string, SecureContext>();
  readonly #listeners = new Set<() => void>();

  /**
   * @param pairs PEM texts; the first one is for clients that ask for no name, or for one of nobody's.
   * @throws the platform's error when one is malformed, or a key does not belong to its certificate.
   */
  constructor(pairs: readonly CertificateAndKey[]) {
    if (pairs.length === 0) throw new RangeError('a server needs a certificate');
    this.#entries = pairs.map(toEntry);
  }

  /** The certificate of clients that ask for no name. */
  get first(): CertificateAndKey {
    return this.#firstEntry.pair;
  }

  /** When the first of them to expire does, in milliseconds since 1970. */
  get expires(): number {
    return Math.min(...this.#entries.map(({ certificate }) => Date.parse(certificate.validTo)));
  }

  /** What a client that asks for this name is shown. */
  select(serverName: string): SecureContext {
    const name = serverName.toLowerCase();
    const remembered = this.#remembered.get(name);
    if (remembered !== undefined) return remembered;
    const named = this.#entries.find(
      ({ certificate }) => certificate.checkHost(name) !== undefined,
    );
    const { context } = named ?? this.#firstEntry;
    if (this.#remembered.size >= maxRemembered) this.#remembered.clear();
    this.#remembered.set(name, context);
    return context;
  }

  /** Shows others from now on. Throws as the constructor does, and then nothing has changed. */
  replace(pairs: readonly CertificateAndKey[]): void {
    if (pairs.length === 0) throw new RangeError('a server needs a certificate');
    this.#entries = pairs.map(toEntry);
    this.#remembered.clear();
    for (const listener of this.#listeners) listener();
  }

  /** Calls back whenever they are replaced, until the result is disposed of. */
  onReplace(listener: () => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  get #firstEntry(): Entry {
    const [entry] = this.#entries;
    if (entry === undefined) throw new RangeError('a server needs a certificate');
    return entry;
  }
}
