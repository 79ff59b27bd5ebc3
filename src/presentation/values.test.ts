import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { connectValues, createJson, ipv4, listenValues, struct, u16 } from './index.ts';
import type { JsonValue } from './index.ts';

/** True for the very same type only: the two conditional types are related just then. */
type Same<One, Other> =
  (<Type>() => Type extends One ? 1 : 2) extends <Type>() => Type extends Other ? 1 : 2
    ? true
    : false;

function expectSame<One, Other>(same: Same<One, Other>): void {
  assert.equal(same, true);
}

const place = struct({ address: ipv4, port: u16 });

suite('conversations in values', () => {
  test('have the type of the codec they are given, on both sides', async () => {
    const seen = Promise.withResolvers<string>();
    await using listener = await listenValues(
      'struct+tcp://127.0.0.1:0',
      {
        value(connection, value) {
          expectSame<typeof value, { address: string; port: number }>(true);
          connection.send({ address: value.address, port: value.port + 1 });
        },
      },
      { codec: place },
    );
    const connection = await connectValues(
      { codec: 'struct', framing: 'length', transport: listener.endpoint },
      {
        value: (_connection, { address, port }) => seen.resolve(`${address}:${port}`),
      },
      { codec: place },
    );
    connection.send({ address: '10.0.0.1', port: 80 });
    assert.equal(await seen.promise, '10.0.0.1:81');
    connection.close();
  });

  test('are of unknown type without one, beside the type of their state', async () => {
    const closed = Promise.withResolvers<number>();
    await using listener = await listenValues('json+tcp://127.0.0.1:0', {
      open: () => ({ count: 0 }),
      value(connection, value) {
        expectSame<typeof value, unknown>(true);
        connection.state.count++;
      },
      close: (connection) => closed.resolve(connection.state.count),
    });
    const connection = await connectValues(
      { codec: 'json', framing: 'line', transport: listener.endpoint },
      { value: (_connection, value) => expectSame<typeof value, JsonValue>(true) },
      { codec: createJson() },
    );
    connection.send([1]);
    connection.send(2);
    connection.close();
    assert.equal(await closed.promise, 2);
  });
});
