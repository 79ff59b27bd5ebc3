import { readFile, stat } from 'node:fs/promises';
import { ServerCertificates } from '../../../transport/index.ts';
import type { CertificateAndKey } from '../../../transport/index.ts';

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

async function readPair({ cert, key }: CertificateFilePair): Promise<CertificateAndKey> {
  const [certText, keyText] = await Promise.all([readFile(cert, 'utf8'), readFile(key, 'utf8')]);
  return { cert: certText, key: keyText };
}

/** Certificates kept in files, and taken anew when those change, as when they are renewed. */
export class CertificateFiles implements Disposable {
  readonly certificates: ServerCertificates;
  readonly #report: (error: unknown) => void;
  readonly #timer: NodeJS.Timeout | undefined;
  #pairs: readonly CertificateFilePair[];
  #version: string;

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
   * @throws the platform's error when one cannot be read, is malformed, or does not go with its key.
   */
  static async open(
    pairs: readonly CertificateFilePair[],
    options: CertificateFilesOptions = {},
  ): Promise<CertificateFiles> {
    const version = await versionOf(pairs);
    const certificates = new ServerCertificates(await Promise.all(pairs.map(readPair)));
    return new CertificateFiles(certificates, pairs, version, options);
  }

  /** Reads these files, or the same ones anew. Throws as {@link CertificateFiles.open} does; then nothing has changed. */
  async reload(pairs: readonly CertificateFilePair[] = this.#pairs): Promise<void> {
    const version = await versionOf(pairs);
    this.certificates.replace(await Promise.all(pairs.map(readPair)));
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
    } catch (error) {
      this.#report(error);
    }
  }
}

async function versionOf(pairs: readonly CertificateFilePair[]): Promise<string> {
  const paths = pairs.flatMap(({ cert, key }) => [cert, key]);
  const found = await Promise.all(paths.map((path) => stat(path)));
  return found.map(({ size, mtimeMs, ino }) => `${size} ${mtimeMs} ${ino}`).join('\n');
}
