import { webcrypto } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { errnoOf } from './errors.ts';

/** A certificate chain and its private key, PEM. */
export interface CertificateAndKey {
  readonly cert: string;
  readonly key: string;
}

const signature = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const day = 86_400_000;

/** Where development certificates are kept: `$XDG_DATA_HOME/guichet`, or `~/.local/share/guichet`. */
export function certificateFolder(): string {
  return join(process.env['XDG_DATA_HOME'] || join(homedir(), '.local', 'share'), 'guichet');
}

/** The file that holds the certificate, its authority's and the key: one, so that they always fit. */
function certificateFile(): string {
  return join(certificateFolder(), 'localhost.pem');
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** The certificate of the authority behind {@link developmentCertificate}, if one has been made. */
export async function developmentAuthority(): Promise<string | undefined> {
  const text = await readIfThere(certificateFile());
  return text?.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g)?.[1];
}

function toPem(label: string, der: ArrayBuffer): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

async function writeWhole(path: string, text: string, mode: number): Promise<void> {
  const fresh = `${path}.${process.pid}`;
  await writeFile(fresh, text, { mode });
  await rename(fresh, path);
}

let made: Promise<CertificateAndKey> | undefined;

/**
 * A certificate for `localhost`, `127.0.0.1` and `::1`, for TLS on one's own machine: signed by an
 * authority made for it, whose certificate is kept in {@link certificateFolder} (`authority.pem`) for
 * clients of the same user to trust, and whose key is thrown away. Made once, and anew a week before it
 * expires.
 */
export function developmentCertificate(): Promise<CertificateAndKey> {
  made ??= readOrMake();
  return made;
}

async function readOrMake(): Promise<CertificateAndKey> {
  const kept = await readIfThere(certificateFile());
  await import('reflect-metadata');
  const x509 = await import('@peculiar/x509');
  if (kept !== undefined) {
    const expires = new x509.X509Certificate(kept).notAfter.getTime();
    if (expires > Date.now() + 7 * day) return { cert: kept, key: kept };
  }
  x509.cryptoProvider.set(webcrypto);
  const dates = {
    notBefore: new Date(Date.now() - day),
    notAfter: new Date(Date.now() + 365 * day),
  };
  const authorityKeys = await webcrypto.subtle.generateKey(signature, false, ['sign', 'verify']);
  const authority = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=Guichet development authority',
    keys: authorityKeys,
    signingAlgorithm: signature,
    ...dates,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
    ],
  });
  const keys = await webcrypto.subtle.generateKey(signature, true, ['sign', 'verify']);
  const leaf = await x509.X509CertificateGenerator.create({
    subject: 'CN=localhost',
    issuer: authority.subject,
    publicKey: keys.publicKey,
    signingKey: authorityKeys.privateKey,
    signingAlgorithm: signature,
    ...dates,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension([
        { type: 'dns', value: 'localhost' },
        { type: 'ip', value: '127.0.0.1' },
        { type: 'ip', value: '::1' },
      ]),
    ],
  });
  const key = toPem('PRIVATE KEY', await webcrypto.subtle.exportKey('pkcs8', keys.privateKey));
  const pem = `${leaf.toString('pem')}\n${authority.toString('pem')}\n${key}`;
  await mkdir(certificateFolder(), { recursive: true, mode: 0o700 });
  await writeWhole(certificateFile(), pem, 0o600);
  await writeWhole(
    join(certificateFolder(), 'authority.pem'),
    `${authority.toString('pem')}\n`,
    0o644,
  );
  return { cert: pem, key: pem };
}
