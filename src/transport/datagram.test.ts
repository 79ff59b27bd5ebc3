import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { runPython } from '../../test/support/guichet.ts';
import { within } from '../../test/support/recorder.ts';
import { bind, connectDatagrams, listen, maxDatagramBytes, TransportError } from './index.ts';
import type { Address, DatagramHandler } from './index.ts';

let names = 0;
const transports = {
  'UDP on IPv4': () => 'udp://127.0.0.1:0',
  'UDP on IPv6': () => 'udp://[::1]:0',
  memory: () => `memory://datagrams-${++names}`,
};

const echo: DatagramHandler = { datagram: (socket, bytes, peer) => void socket.send(bytes, peer) };

/** A handler that keeps what comes, and hands it out in order. */
function makeInbox() {
  const came: { bytes: Uint8Array; peer: Address }[] = [];
  const errors: TransportError[] = [];
  let wake = Promise.withResolvers<void>();
  const handler: DatagramHandler = {
    datagram(_socket, bytes, peer) {
      came.push({ bytes, peer });
      wake.resolve();
    },
    error(_socket, error) {
      errors.push(error);
      wake.resolve();
    },
  };
  const until = async (condition: () => boolean): Promise<void> => {
    while (!condition()) {
      wake = Promise.withResolvers();
      await within(wake.promise, 'received');
    }
  };
  return { handler, came, errors, until };
}

for (const [name, place] of Object.entries(transports)) {
  suite(`datagrams over ${name}`, () => {
    test('each arrives whole, from none to the longest, and goes back to where it came from', async () => {
      await using server = await bind(place(), echo);
      const { handler, came, until } = makeInbox();
      await using client = await connectDatagrams(server.endpoint, handler);
      for (const length of [0, 1, 1_472, 9_000, maxDatagramBytes]) {
        const sent = Buffer.alloc(length, length % 251);
        const before = came.length;
        assert.equal(client.send(sent), true);
        await until(() => came.length > before);
        assert.ok(sent.equals(came.at(-1)?.bytes ?? Buffer.from('?')), `${length} bytes`);
      }
      assert.equal(came.at(-1)?.peer.port, server.local.port);
    });

    test('one too long is refused by the sender, with what to do', async () => {
      await using server = await bind(place(), echo);
      await using client = await connectDatagrams(server.endpoint, makeInbox().handler);
      assert.throws(
        () => client.send(new Uint8Array(maxDatagramBytes + 1)),
        (error) => error instanceof TransportError && error.code === 'DATAGRAM_TOO_LONG',
      );
    });

    test('a connected socket hears its peer alone', async () => {
      await using server = await bind(place(), echo);
      const stranger = await bind(place(), makeInbox().handler);
      const { handler, came, until } = makeInbox();
      await using client = await connectDatagrams(server.endpoint, handler);
      stranger.send(Buffer.from('psst'), client.local);
      await stranger.close();
      client.send(Buffer.from('hello'));
      await until(() => came.length > 0);
      assert.equal(Buffer.from(came[0]?.bytes ?? []).toString(), 'hello');
    });

    test('a peer that is not there is told of, and the socket goes on', async () => {
      const server = await bind(place(), echo);
      await server.close();
      const { handler, errors, until } = makeInbox();
      await using client = await connectDatagrams(server.endpoint, handler);
      client.send(Buffer.from('anybody?'));
      await until(() => errors.length > 0);
      assert.equal(errors[0]?.code, 'CONNECTION_REFUSED');
      assert.equal(client.isClosed, false);
    });

    test('a handler that throws costs one datagram and tells of it', async () => {
      const failures: TransportError[] = [];
      await using server = await bind(place(), {
        datagram(socket, bytes, peer) {
          if (bytes.length === 0) throw new Error('mistake');
          socket.send(bytes, peer);
        },
        error: (_socket, error) => void failures.push(error),
      });
      const { handler, came, until } = makeInbox();
      await using client = await connectDatagrams(server.endpoint, handler);
      client.send(new Uint8Array(0));
      client.send(Buffer.from('next'));
      await until(() => came.length > 0);
      assert.match(failures[0]?.message ?? '', /mistake/);
    });

    test('a signal closes it, and a closed socket sends nothing', async () => {
      const controller = new AbortController();
      const closed = Promise.withResolvers<string>();
      const socket = await bind(
        place(),
        { ...echo, close: (_socket, reason) => closed.resolve(reason.code) },
        { signal: controller.signal },
      );
      controller.abort();
      assert.equal(await within(closed.promise, 'closed'), 'aborted');
      assert.equal(socket.send(new Uint8Array(1), socket.local), false);
      await socket.close();
    });
  });
}

test('a stream endpoint cannot be bound, nor a datagram one listened on', async () => {
  await assert.rejects(bind('tcp://127.0.0.1:0', echo), { code: 'UNKNOWN_TRANSPORT' });
  await assert.rejects(listen('udp://127.0.0.1:0', { data: () => undefined }), {
    code: 'UNKNOWN_TRANSPORT',
  });
});

test("Python's socket gets its datagrams back", async () => {
  await using server = await bind('udp://127.0.0.1:0', echo);
  const program = `
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.settimeout(4)
for data in (bytes(range(256)), b'', b'x' * 60000):
    s.sendto(data, ('127.0.0.1', int(sys.argv[1])))
    assert s.recvfrom(65536)[0] == data
print('same')
`;
  assert.equal(await runPython(program, [String(server.local.port)]), 'same\n');
});
