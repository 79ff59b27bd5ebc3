import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { formatEndpointNotation } from 'guichet/presentation';
import { defineService, implement, method, serveServices, streamMethod } from 'guichet/service';
import { z } from 'zod';
import { run } from './support/guichet.ts';

const service = defineService('long', {
  text: method({ params: z.object({ length: z.number() }), result: z.string() }),
  items: streamMethod({ params: z.object({}), item: z.number() }),
});

suite('guichet call of a server whose answers are long', () => {
  let server: Awaited<ReturnType<typeof serveServices>>;
  let endpoint = '';
  before(async () => {
    const implemented = implement(service, {
      text: ({ length }) => 'x'.repeat(length),
      items: () => Array.from({ length: 10_001 }, (_, index) => index),
    });
    server = await serveServices('json+tcp://127.0.0.1:0', [implemented], {
      maxFrameBytes: 33_554_432,
    });
    endpoint = formatEndpointNotation(server.endpoint);
  });
  after(() => server.close(0));

  test('takes what every server of guichet may answer', async () => {
    const ended = await run(['call', endpoint, 'long.text', '[16777000]']);
    assert.deepEqual([ended.code, ended.stdout.length, ended.stderr], [0, 16_777_003, '']);
  });

  test('says of a longer one how long it may be, in a line of the language asked for', async () => {
    const call = ['call', endpoint, 'long.text', '[16777300]'];
    assert.equal(
      (await run(call)).stderr,
      'guichet: long.text: the answer is longer than the limit of 16777216 bytes: raise maxFrameBytes, or ask for less\n',
    );
    assert.equal(
      (await run([...call, '--lang', 'fr'])).stderr,
      'guichet: long.text : la réponse dépasse la limite de 16777216 octets ; augmentez maxFrameBytes ou demandez-en moins\n',
    );
  });

  test('says of a stream too long for one answer that it is one', async () => {
    const call = ['call', endpoint, 'long.items'];
    assert.equal(
      (await run(call)).stderr,
      'guichet: long.items: more than 10000 items; ask for a stream with meta.window\n',
    );
    assert.equal(
      (await run([...call, '--lang', 'fr'])).stderr,
      'guichet: long.items : plus de 10000 éléments ; demandez un flux\n',
    );
    assert.equal((await run([...call, '--stream'])).stdout.split('\n').length, 10_002);
  });
});
