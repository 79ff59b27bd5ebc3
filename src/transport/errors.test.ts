import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toTransportError } from './errors.ts';

test("of OpenSSL's messages the reason is told, and what to do about the commonest", () => {
  const fail = (reason: string): string => {
    const text = `40E3432D167F0000:error:0A00010B:SSL routines:tls_validate:${reason}:../ssl/tlsany_meth.c:78:\n`;
    const thrown = Object.assign(new Error(text), { code: 'ERR_SSL_X' });
    return toTransportError(thrown, 'tls://127.0.0.1:1').message;
  };
  assert.equal(fail('no shared cipher'), 'tls://127.0.0.1:1: no shared cipher');
  assert.equal(
    fail('wrong version number'),
    'tls://127.0.0.1:1: what answers there is not TLS (wrong version number); check the port, or write tcp',
  );
});
