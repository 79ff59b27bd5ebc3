import { X509Certificate, createPrivateKey } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { ServerCertificates } from '../../../transport/index.ts';
import type { CertificateAndKey } from '../../../transport/index.ts';
import { readNamedFile } from './named-file.ts';
import { SiteError, toSiteError } from './site-error.ts';

/** Where a certificate chain and its private key are kept, PEM. */
export interface CertificateFilePair {
  readonly cert: string;
  readonly key: string;
}

/** The finite defaults of {@link CertificateFilesOptions}. */
export const certificateFilesDefaults = { checkInterval: 10_000 } as const;

export interface CertificateFilesOptions {
  /** Milliseconds from one look at whether the files have changed to the next; 0 never looks. Default 10,000. */
  readonly checkInterval?: number;
  /** Told when changed files could not be taken: the certificates in use stay. */
  readonly report?: (error: unknown) => void;
}

/** What OpenSSL would not take of a pair, and why, in words of ours where it can be told. */
function explainPair(
  { cert, key }: CertificateFilePair,
  pems: CertificateAndKey,
  cause: unknown,
): { readonly problem: string; readonly path: string; readonly reason: string } {
  const first = parseCertificate(pems.cert);
  if (first === undefined) {
    return { problem: 'certificate', path: cert, reason: 'holds no certificate (PEM)' };
  }
  try {
    if (!first.checkPrivateKey(createPrivateKey(pems.key))) {
      return { problem: 'pair', path: key, reason: `is not the key of ${cert}` };
    }
  } catch (error) {
    const isEncrypted = pems.key.includes('ENCRYPTED');
    if (!(error instanceof Error)) throw error;
    return isEncrypted
      ? {
          problem: 'encrypted',
          path: key,
          reason: 'is encrypted; sioux needs it without its passphrase',
        }
      : { problem: 'key', path: key, reason: 'holds no private key (PEM)' };
  }
  const text = cause instanceof Error ? cause.message : String(cause);
  return { problem: '', path: cert, reason: `cannot be used: ${text.split(':').at(-1)}` };
}

function parseCertificate(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return undefined;
  }
}

/** Reads a pair and tries it alone, so that an error can say which one it is about. */
async function readPair({ cert, key }: CertificateFilePair): Promise<CertificateAndKey> {
  const [certText, keyText] = await Promise.all([readNamedFile(cert), readNamedFile(key)]);
  const pair = { cert: certText.toString(), key: keyText.toString() };
  try {
    return new ServerCertificates([pair]).first;
  } catch (cause) {
    const details = explainPair({ cert, key }, pair, cause);
    throw new SiteError('BAD_CERTIFICATE', `${details.path} ${details.reason}`, {
      cause,
      details: { ...details, cert, key },
    });
  }
}

/** @throws {SiteError} `BAD_CERTIFICATE`, `FILE_UNREADABLE`. */
async function readPairs(
  pairs: readonly CertificateFilePair[],
): Promise<readonly CertificateAndKey[]> {
  try {
    return await Promise.all(pairs.map(readPair));
  } catch (error) {
    throw toSiteError(error);
  }
}

/** Certificates kept in files, and taken anew when those change, as when they are renewed. */
export class CertificateFiles implements Disposable {
  readonly certificates: ServerCertificates;
  readonly #report: (error: unknown) => void;
  readonly #timer: NodeJS.Timeout | undefined;
  #pairs: readonly CertificateFilePair[];
  #version: string;
  #trouble = '';

  private constructor(
    certificates: ServerCertificates,
    pairs: readonly CertificateFilePair[],
    version: string,
    options: CertificateFilesOptions,
  ) {
    this.certificates = certificates;
    this.#pairs = pairs;
    this.#version = version;
    this.#report = options.report ?? (() => undefined);
    const interval = options.checkInterval ?? certificateFilesDefaults.checkInterval;
    if (interval === 0) return;
    this.#timer = setInterval(() => void this.#look(), interval);
    this.#timer.unref();
  }

  /**
   * Reads the files, the first pair being for clients that ask for no name.
   *
   * @throws {SiteError} `FILE_UNREADABLE`; `BAD_CERTIFICATE` when one is malformed, or is not its key's.
   */
  static async open(
    pairs: readonly CertificateFilePair[],
    options: CertificateFilesOptions = {},
  ): Promise<CertificateFiles> {
    const version = await versionOf(pairs);
    const certificates = new ServerCertificates(await readPairs(pairs));
    return new CertificateFiles(certificates, pairs, version, options);
  }

  /** Reads these files, or the same ones anew. Throws as {@link CertificateFiles.open} does; then nothing has changed. */
  async reload(pairs: readonly CertificateFilePair[] = this.#pairs): Promise<void> {
    const version = await versionOf(pairs);
    this.certificates.replace(await readPairs(pairs));
    this.#pairs = pairs;
    this.#version = version;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    try {
      const version = await versionOf(this.#pairs);
      if (version === this.#version) return;
      // Told once for each change: a certificate is often written before its key.
      this.#version = version;
      await this.reload();
      this.#trouble = '';
    } catch (error) {
      // The same trouble is told once, however often the files are looked at.
      const trouble = String(error);
      if (trouble !== this.#trouble) this.#report(error);
      this.#trouble = trouble;
    }
  }
}

async function versionOf(pairs: readonly CertificateFilePair[]): Promise<string> {
  const paths = pairs.flatMap(({ cert, key }) => [cert, key]);
  const found = await Promise.all(
    paths.map(async (path) => {
      try {
        return await stat(path);
      } catch (error) {
        throw toSiteError(error);
      }
    }),
  );
  return found.map(({ size, mtimeMs, ino }) => `${size} ${mtimeMs} ${ino}`).join('\n');
}
