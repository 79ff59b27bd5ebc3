import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { makeCertificate } from '../../../../test/support/certificate.ts';
import type { CertificateAndKey } from '../../../transport/index.ts';
import { CertificateFiles } from './certificate-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'sioux-certificates-'));
after(() => rmSync(folder, { recursive: true }));

const [one, two] = [makeCertificate('one.example'), makeCertificate('two.example')];
const pair = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };

function write({ cert, key }: CertificateAndKey): void {
  writeFileSync(pair.cert, cert);
  writeFileSync(pair.key, key);
}

describe('certificates kept in files', () => {
  test('are taken anew when their files change', async () => {
    write(one);
    using files = await CertificateFiles.open([pair], { checkInterval: 10 });
    assert.equal(files.certificates.first.cert, one.cert);
    const replaced = Promise.withResolvers<void>();
    using _listening = files.certificates.onReplace(() => replaced.resolve());
    write(two);
    await replaced.promise;
    assert.equal(files.certificates.first.cert, two.cert);
  });

  test('stay in use while their files are wrong, which is told once', async () => {
    write(one);
    const told = Promise.withResolvers<unknown>();
    let times = 0;
    using files = await CertificateFiles.open([pair], {
      checkInterval: 5,
      report: (error) => {
        times += 1;
        told.resolve(error);
      },
    });
    writeFileSync(pair.cert, two.cert);
    const error = await told.promise;
    assert.match(String(error), /key\.pem is not the key of .*cert\.pem/);
    assert.equal(files.certificates.first.cert, one.cert);
    const replaced = Promise.withResolvers<void>();
    using _listening = files.certificates.onReplace(() => replaced.resolve());
    writeFileSync(pair.key, two.key);
    await replaced.promise;
    assert.equal(times, 1);
    assert.equal(files.certificates.first.cert, two.cert);
  });

  test('are named when they cannot be read', async () => {
    const missing = { cert: join(folder, 'none.pem'), key: pair.key };
    await assert.rejects(CertificateFiles.open([missing]), {
      code: 'FILE_UNREADABLE',
      message: `cannot read ${missing.cert}: there is no such file`,
    });
    const text = join(folder, 'text');
    writeFileSync(text, 'no certificate');
    await assert.rejects(CertificateFiles.open([{ cert: text, key: text }]), {
      code: 'BAD_CERTIFICATE',
      message: `${text} holds no certificate (PEM)`,
    });
    const [mine, other] = [makeCertificate('localhost'), makeCertificate('localhost')];
    const of = (name: string, content: string): string => {
      const path = join(folder, name);
      writeFileSync(path, content);
      return path;
    };
    const cert = of('mine.pem', mine.cert);
    for (const [key, why] of [
      [of('other.key', other.key), `is not the key of ${cert}`],
      [text, 'holds no private key (PEM)'],
    ]) {
      await assert.rejects(CertificateFiles.open([{ cert, key: key ?? '' }]), {
        code: 'BAD_CERTIFICATE',
        message: `${key} ${why}`,
      });
    }
  });
});
