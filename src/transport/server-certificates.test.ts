import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as connectTls } from 'node:tls';
import { describe, test } from 'node:test';
import { makeCertificate } from '../../test/support/certificate.ts';
import { listen } from './listen.ts';
import { ServerCertificates } from './server-certificates.ts';

const one = makeCertificate('one.example', '*.one.example');
const two = makeCertificate('two.example');
const renewed = makeCertificate('one.example', 'renewed.example');

/** The names in the certificate that a server shows to whoever asks for a name. */
async function namesShown(port: number, servername: string): Promise<string> {
  const socket = connectTls({ host: '127.0.0.1', port, servername, rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const { subjectaltname = '' } = socket.getPeerCertificate();
  socket.destroy();
  return subjectaltname;
}

async function listenWith(certificates: ServerCertificates) {
  const listener = await listen(
    'tls://127.0.0.1:0',
    { data: (connection, bytes) => connection.write(bytes) },
    { tls: { certificates } },
  );
  const { endpoint } = listener;
  return { listener, port: endpoint.transport === 'tls' ? endpoint.port : 0 };
}

describe('the certificates of a server', () => {
  test('are chosen by the name that the client asks for', async () => {
    const { listener, port } = await listenWith(new ServerCertificates([one, two]));
    await using _listening = listener;
    assert.match(await namesShown(port, 'two.example'), /two\.example/);
    assert.match(await namesShown(port, 'www.ONE.example'), /one\.example/);
    assert.match(await namesShown(port, 'nobody.example'), /one\.example/);
    assert.match(await namesShown(port, ''), /one\.example/);
  });

  test('are replaced without a connection noticing', async () => {
    const certificates = new ServerCertificates([one, two]);
    const { listener, port } = await listenWith(certificates);
    await using _listening = listener;
    const open = connectTls({ host: '127.0.0.1', port, rejectUnauthorized: false });
    await once(open, 'secureConnect');
    certificates.replace([renewed]);
    for (const name of ['', 'one.example', 'two.example']) {
      assert.match(await namesShown(port, name), /renewed\.example/);
    }
    open.write('still');
    const [bytes] = (await once(open, 'data')) as [Buffer];
    assert.equal(bytes.toString(), 'still');
    open.destroy();
  });

  test('stay as they are when the new ones are wrong', () => {
    const certificates = new ServerCertificates([one]);
    assert.throws(() => certificates.replace([{ cert: one.cert, key: two.key }]));
    assert.throws(() => certificates.replace([{ cert: 'nothing', key: one.key }]));
    assert.throws(() => certificates.replace([]), RangeError);
    assert.equal(certificates.first, one);
    assert.ok(certificates.expires > Date.now());
  });
});
