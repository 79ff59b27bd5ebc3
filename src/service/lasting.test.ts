import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as connectSocket } from 'node:net';
import { describe, it } from 'node:test';
import { z } from 'zod';
import { connect, defineService, implement, lasting, method, serveServices } from './index.ts';
import type { Schema } from './index.ts';

/** A schema that counts how often it is asked. */
function count(schema: Schema): Schema & { times: number } {
  const counting = {
    times: 0,
    '~standard': {
      version: 1 as const,
      vendor: 'counting',
      validate: (value: unknown) => {
        counting.times++;
        return schema['~standard'].validate(value);
      },
    },
  };
  return counting;
}

describe('a result that lasts', () => {
  it('is checked once, and given whole to each caller over each codec', async () => {
    const river = z.object({ name: z.string(), length: z.number() });
    const schema = count(z.object({ rivers: z.array(river) }));
    const loire = { name: 'Loire', length: 1_006, depth: 'unknown' };
    const rivers = lasting({ rivers: [loire] });
    const atlas = defineService('atlas', {
      list: method({ params: z.strictObject({}), result: schema }),
    });
    const implemented = implement(atlas, { list: () => rivers });
    await using json = await serveServices('json+tcp://127.0.0.1:0', [implemented]);
    await using cbor = await serveServices('cbor+tcp://127.0.0.1:0', [implemented]);
    const seen = defineService('atlas', {
      list: method({ params: z.strictObject({}), result: z.unknown() }),
    });
    for (const { endpoint } of [json, cbor, json, cbor]) {
      await using client = await connect(endpoint, seen);
      // What the schema does not know of is left out, the second time as the first.
      assert.deepEqual(await client.list(), { rivers: [{ name: 'Loire', length: 1_006 }] });
    }
    assert.equal(schema.times, 1);
  });

  it('is the same text each time, under the identifier of each call', async () => {
    const rivers = lasting(['Loire', 'Rhône']);
    const atlas = defineService('atlas', {
      list: method({ params: z.strictObject({}), result: z.array(z.string()) }),
    });
    await using server = await serveServices('json+tcp://127.0.0.1:0', [
      implement(atlas, { list: () => rivers }),
    ]);
    const { transport } = server.endpoint;
    assert.ok(transport.transport === 'tcp');
    const socket = connectSocket(transport.port, '127.0.0.1').setEncoding('utf8');
    for (const id of [7, 'eight', 9]) {
      socket.write(`${JSON.stringify({ jsonrpc: '2.0', id, method: 'atlas.list' })}\n`);
      const [line] = (await once(socket, 'data')) as [string];
      assert.equal(
        line,
        `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":["Loire","Rhône"]}\n`,
      );
    }
    socket.destroy();
  });

  it('that its schema refuses is an error each time', async () => {
    const rivers = lasting({ rivers: 3 });
    const wrong: unknown = rivers;
    const atlas = defineService('atlas', {
      list: method({ params: z.strictObject({}), result: z.array(z.string()) }),
    });
    await using server = await serveServices('json+tcp://127.0.0.1:0', [
      implement(atlas, { list: () => wrong as string[] }),
    ]);
    await using client = await connect(server.endpoint, atlas);
    for (let time = 0; time < 2; time++) {
      await assert.rejects(client.list(), { code: 'INVALID_RESULT' });
    }
  });
});
