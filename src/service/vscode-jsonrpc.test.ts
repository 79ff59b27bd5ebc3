import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as connectSocket, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { suite, test } from 'node:test';
import {
  AbstractMessageReader,
  AbstractMessageWriter,
  ParameterStructures,
  ResponseError,
  createMessageConnection,
} from 'vscode-jsonrpc/node';
import type { DataCallback, Message, MessageReader, MessageWriter } from 'vscode-jsonrpc/node';
import { z } from 'zod';
import { channelOf, connect } from './client.ts';
import { defineService, implement, method } from './define.ts';
import { CallError } from './errors.ts';
import { serveServices } from './serve.ts';

/** A message a line, in the place of the library's `Content-Length` headers. */
class LineReader extends AbstractMessageReader implements MessageReader {
  readonly #socket: Socket;

  constructor(socket: Socket) {
    super();
    this.#socket = socket;
  }

  listen(callback: DataCallback) {
    const lines = createInterface(this.#socket);
    lines.on('line', (line) => callback(JSON.parse(line) as Message));
    lines.on('close', () => this.fireClose());
    return { dispose: () => lines.close() };
  }
}

class LineWriter extends AbstractMessageWriter implements MessageWriter {
  readonly #socket: Socket;

  constructor(socket: Socket) {
    super();
    this.#socket = socket;
  }

  async write(message: Message) {
    this.#socket.write(`${JSON.stringify(message)}\n`);
  }

  end() {
    this.#socket.end();
  }
}

function converse(socket: Socket) {
  socket.on('error', () => socket.destroy());
  return createMessageConnection(new LineReader(socket), new LineWriter(socket));
}

/** What an editor's server might offer, and what it asks of the editor. */
const editor = defineService('editor', {
  insert: method({
    params: z.object({ at: z.number(), text: z.string() }),
    result: z.string(),
  }),
  save: method({ params: z.object({}), result: z.boolean() }),
  wait: method({ params: z.object({}), result: z.null() }),
});

const window = defineService('window', {
  confirm: method({ params: z.object({ question: z.string() }), result: z.boolean() }),
});

function openEditor() {
  const stopped = Promise.withResolvers<void>();
  const waiting = Promise.withResolvers<void>();
  const implemented = implement(editor, {
    insert({ at, text }) {
      if (at < 0) throw new CallError('CONFLICT', 'the text has changed', { data: { at } });
      return `${at}: ${text}`;
    },
    save: async (_params, { caller }) =>
      (await caller.call('window.confirm', { question: 'Save?' })) === true,
    wait: (_params, { signal }) =>
      new Promise((resolve) => {
        signal.addEventListener('abort', () => {
          stopped.resolve();
          resolve(null);
        });
        waiting.resolve();
      }),
  });
  return { implemented, stopped: stopped.promise, waiting: waiting.promise };
}

suite('a client of vscode-jsonrpc calls our server', () => {
  test('by name and by position, and is called back over the same connection', async () => {
    const { implemented } = openEditor();
    await using server = await serveServices('json+tcp://127.0.0.1:0', [implemented]);
    const socket = await openSocket(portOf(server.endpoint.transport));
    const connection = converse(socket);
    const asked: unknown[] = [];
    connection.onRequest('window.confirm', (params: unknown) => {
      asked.push(params);
      return true;
    });
    connection.listen();
    const named = connection.sendRequest('editor.insert', { at: 1, text: 'Zoé' });
    const placed = connection.sendRequest(
      'editor.insert',
      ParameterStructures.byPosition,
      2,
      'second',
    );
    assert.deepEqual(await Promise.all([named, placed]), ['1: Zoé', '2: second']);
    assert.equal(await connection.sendRequest('editor.save'), true);
    assert.deepEqual(asked, [{ question: 'Save?' }]);
    connection.dispose();
    socket.destroy();
  });

  test('is told what failed by our codes, and is not answered when it only notifies', async () => {
    const { implemented } = openEditor();
    await using server = await serveServices('json+tcp://127.0.0.1:0', [implemented]);
    const socket = await openSocket(portOf(server.endpoint.transport));
    const connection = converse(socket);
    connection.onUnhandledNotification(() => assert.fail('nothing was to come'));
    connection.listen();
    await connection.sendNotification('editor.insert', { at: -1, text: 'to nobody' });
    await connection.sendNotification('$/setTrace', { value: 'off' });
    const failures = await Promise.allSettled([
      connection.sendRequest('editor.insert', { at: -1, text: 'a' }),
      connection.sendRequest('editor.insert', { at: 'x', text: 'a' }),
      connection.sendRequest('editor.close'),
    ]);
    const seen: unknown[] = [];
    for (const failure of failures) {
      assert.ok(failure.status === 'rejected');
      const { reason } = failure as { reason: unknown };
      assert.ok(reason instanceof ResponseError);
      seen.push([reason.code, reason.message, (reason.data as { code: string }).code]);
    }
    assert.deepEqual(seen, [
      [-32_006, 'the text has changed', 'CONFLICT'],
      [-32_602, 'Invalid params', 'INVALID_PARAMS'],
      [-32_601, 'Method not found', 'METHOD_NOT_FOUND'],
    ]);
    connection.dispose();
    socket.destroy();
  });

  test('stops what goes on when its connection breaks', async () => {
    const { implemented, stopped, waiting } = openEditor();
    await using server = await serveServices('json+tcp://127.0.0.1:0', [implemented]);
    const socket = await openSocket(portOf(server.endpoint.transport));
    const connection = converse(socket);
    connection.listen();
    const call = connection.sendRequest('editor.wait');
    const left = assert.rejects(call, /disposed|closed/);
    await waiting;
    connection.dispose();
    // A mere end would only say that nothing more is asked: what was asked is still answered.
    socket.resetAndDestroy();
    await Promise.all([stopped, left]);
  });
});

suite('our client calls a server of vscode-jsonrpc', () => {
  async function openForeignEditor() {
    const notified = Promise.withResolvers<unknown>();
    const server = createServer((socket) => {
      const connection = converse(socket);
      connection.onRequest('editor.insert', ({ at, text }: { at: number; text: string }) => {
        if (at < 0) return new ResponseError(-32_006, 'changed', { code: 'CONFLICT', at });
        return `${at}: ${text}`;
      });
      connection.onRequest('editor.join', (first: string, second: string) => first + second);
      connection.onRequest('editor.save', () =>
        connection.sendRequest('window.confirm', { question: 'Save?' }),
      );
      connection.onNotification('editor.changed', (params: unknown) => notified.resolve(params));
      connection.listen();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    return {
      endpoint: `json+tcp://127.0.0.1:${port}`,
      notified: notified.promise,
      close: () => new Promise((resolve) => server.close(resolve)),
    };
  }

  test('by name and by position, notifies it, and answers what it asks', async () => {
    const { endpoint, notified, close } = await openForeignEditor();
    {
      const questions: string[] = [];
      const confirm = implement(window, {
        confirm({ question }) {
          questions.push(question);
          return true;
        },
      });
      await using client = await connect(endpoint, editor, { services: [confirm] });
      const calls = Array.from({ length: 50 }, (_, at) => client.insert({ at, text: 'é' }));
      assert.deepEqual(
        await Promise.all(calls),
        calls.map((_, at) => `${at}: é`),
      );
      assert.equal(await channelOf(client).call('editor.join', ['a', 'b']), 'ab');
      assert.equal(await client.save(), true);
      assert.deepEqual(questions, ['Save?']);
      channelOf(client).notify('editor.changed', { lines: 3 });
      assert.deepEqual(await notified, { lines: 3 });
    }
    await close();
  });

  test('and gives its errors by our codes', async () => {
    const { endpoint, close } = await openForeignEditor();
    {
      await using client = await connect(endpoint, editor);
      await assert.rejects(client.insert({ at: -1, text: '' }), (error) => {
        assert.ok(error instanceof CallError);
        assert.deepEqual([error.code, error.message], ['CONFLICT', 'changed']);
        return true;
      });
      // It asks what this client does not serve, and hands on our refusal.
      await assert.rejects(client.save(), (error) => {
        assert.ok(error instanceof CallError);
        assert.equal(error.code, 'METHOD_NOT_FOUND');
        return true;
      });
      await assert.rejects(channelOf(client).call('editor.close'), { code: 'METHOD_NOT_FOUND' });
    }
    await close();
  });
});

async function openSocket(port: number): Promise<Socket> {
  const socket = connectSocket(port, '127.0.0.1');
  await once(socket, 'connect');
  return socket;
}

function portOf(endpoint: { readonly transport: string; readonly port?: number }): number {
  assert.ok(endpoint.port !== undefined);
  return endpoint.port;
}
