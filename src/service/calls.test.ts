import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, suite, test } from 'node:test';
import { z } from 'zod';
import { serveCalls } from '../applications/http/calls/serve-calls.ts';
import { parseEndpoint } from '../presentation/index.ts';
import type { Endpoint } from '../presentation/index.ts';
import { isWebEndpoint } from '../transport/index.ts';
import { channelOf, clientOf, connect } from './client.ts';
import { defineService, implement, method, streamMethod } from './define.ts';
import type { ImplementedService } from './define.ts';
import { Dispatcher } from './dispatcher.ts';
import { CallError } from './errors.ts';
import { serveServices } from './serve.ts';

const service = defineService('trial', {
  add: method({
    params: z.object({ a: z.number(), b: z.number() }),
    result: z.number(),
    isIdempotent: true,
  }),
  wait: method({ params: z.object({ name: z.string() }), result: z.string() }),
  bad: method({ params: z.object({ kind: z.string() }), result: z.unknown() }),
  keep: method({
    params: z.object({ given: z.unknown(), note: z.string().optional() }),
    result: z.unknown(),
  }),
  next: method({ params: z.object({}), result: z.number() }),
  big: method({ params: z.object({ size: z.number() }), result: z.string() }),
  count: streamMethod({ params: z.object({ to: z.number() }), item: z.number() }),
  askBack: method({ params: z.object({}), result: z.unknown() }),
});

/** What clients serve, called back. */
const helper = defineService('helper', {
  name: method({ params: z.object({ surname: z.string().optional() }), result: z.string() }),
  letters: streamMethod({ params: z.object({ word: z.string() }), item: z.string() }),
  age: method({ params: z.object({}), result: z.number() }),
});

function codeOf(error: unknown): unknown {
  return error instanceof CallError ? error.code : error;
}

/** The service, with what a test wants to know of it and to decide. */
function makeTrial() {
  const waits = new Map<string, PromiseWithResolvers<string>>();
  const aborted: string[] = [];
  const state = { counter: 0, sent: 0 };
  const implemented = implement(service, {
    add: ({ a, b }) => a + b,
    wait({ name }, { signal }) {
      const wait = Promise.withResolvers<string>();
      waits.set(name, wait);
      signal.addEventListener('abort', () => aborted.push(name));
      return wait.promise;
    },
    bad({ kind }) {
      if (kind === 'function') return () => 1;
      if (kind === 'throwing') {
        return {
          get secret(): string {
            throw new Error('a secret');
          },
        };
      }
      if (kind === 'odd refusal') {
        throw new CallError('CONFLICT', 'seen before', { data: { reason: 'SEEN', by: () => 1 } });
      }
      if (kind === 'refusal') throw new CallError('NOT_FOUND', 'no such thing', { data: { kind } });
      throw new Error('a secret');
    },
    keep: (params) => params,
    next: () => ++state.counter,
    big: ({ size }) => 'x'.repeat(size),
    async *count({ to }) {
      for (let number = 0; number < to; number++) {
        state.sent++;
        yield number;
      }
    },
    async askBack(_params, { caller }) {
      const client = clientOf(caller, helper);
      const name = await caller.call('helper.name');
      const letters: string[] = [];
      for await (const letter of client.letters({ word: await client.name() })) {
        letters.push(letter);
      }
      const failures = await Promise.all([
        client.name({ surname: 1 as never }).catch(codeOf),
        client
          .letters({} as never)
          .next()
          .catch(codeOf),
        client.age().catch(codeOf),
      ]);
      return [name, ...letters, ...failures];
    },
  });
  return { implemented, waits, aborted, state };
}

const folder = mkdtempSync(join(tmpdir(), 'guichet-calls-'));
process.env['XDG_DATA_HOME'] = folder;
after(() => rmSync(folder, { recursive: true }));

let names = 0;
const transports = {
  tcp: () => 'tcp://127.0.0.1:0',
  tls: () => 'tls://127.0.0.1:0',
  unix: () => `unix:${join(folder, `${++names}.sock`)}`,
  udp: () => 'udp://127.0.0.1:0',
  memory: () => `memory://calls-${++names}`,
  ws: () => 'ws://127.0.0.1:0/rpc',
  wss: () => 'wss://127.0.0.1:0/rpc',
  http: () => 'http://127.0.0.1:0/rpc',
};

/** Serves one service at any endpoint, those of the web included. */
async function serveTrial(
  notation: string,
  services: readonly ImplementedService[],
): Promise<AsyncDisposable & { readonly endpoint: Endpoint }> {
  const endpoint = parseEndpoint(notation);
  const { transport } = endpoint;
  if (!isWebEndpoint(transport)) return serveServices(endpoint, services);
  const server = await serveCalls(transport, endpoint.tls, new Dispatcher(services));
  return {
    endpoint: { ...endpoint, transport: server.endpoint },
    [Symbol.asyncDispose]: () => server.close(),
  };
}

function hasCode(code: string, message?: RegExp) {
  return (error: unknown) => {
    assert.ok(error instanceof CallError, String(error));
    assert.equal(error.code, code);
    if (message !== undefined) assert.match(error.message, message);
    return true;
  };
}

for (const codec of ['json', 'cbor']) {
  for (const [name, place] of Object.entries(transports)) {
    suite(`calls in ${codec} over ${name}`, () => {
      test('answers, refusals, deadlines and cancellations are the same everywhere', async () => {
        const { implemented, waits, aborted } = makeTrial();
        await using server = await serveTrial(`${codec}+${place()}`, [implemented]);
        await using client = await connect(server.endpoint, service);
        assert.equal(await client.add({ a: 1, b: 2 }), 3);
        assert.deepEqual(
          await client.keep({ given: [{ note: undefined }], note: undefined }),
          codec === 'json' ? { given: [{}] } : { given: [{ note: undefined }], note: undefined },
        );
        const sums = Array.from({ length: 100 }, (_, a) => client.add({ a, b: 1 }));
        assert.equal((await Promise.all(sums)).at(-1), 100);
        await assert.rejects(
          channelOf(client).call('trial.add', { a: 'x', b: 1 }),
          hasCode('INVALID_PARAMS', /^trial\.add: a: /),
        );
        await assert.rejects(client.add({ a: 'x' as never, b: 1 }), hasCode('INVALID_PARAMS'));
        await assert.rejects(
          client.bad({ kind: 'refusal' }),
          hasCode('NOT_FOUND', /^no such thing$/),
        );
        await assert.rejects(client.bad({ kind: 'error' }), (error) => {
          assert.ok(error instanceof CallError && error.code === 'INTERNAL_ERROR');
          assert.doesNotMatch(JSON.stringify([error.message, error.data]), /secret/);
          return true;
        });
        await assert.rejects(client.bad({ kind: 'function' }), hasCode('RESULT_UNENCODABLE'));
        await assert.rejects(client.bad({ kind: 'throwing' }), (error) => {
          assert.ok(error instanceof CallError && error.code === 'RESULT_UNENCODABLE');
          assert.doesNotMatch(JSON.stringify([error.message, error.data]), /secret/);
          return true;
        });
        await assert.rejects(
          client.bad({ kind: 'odd refusal' }),
          hasCode('CONFLICT', /^seen before$/),
        );
        for (const unknown of [
          'trial.nothing',
          '__proto__.constructor',
          'trial.__proto__',
          'toString',
        ]) {
          await assert.rejects(channelOf(client).call(unknown), hasCode('METHOD_NOT_FOUND'));
        }
        await assert.rejects(
          client.wait({ name: 'late' }, { deadline: 40 }),
          hasCode('DEADLINE_EXCEEDED', /^trial\.wait: /),
        );
        const controller = new AbortController();
        const cancelled = client.wait({ name: 'cancelled' }, { signal: controller.signal });
        const slow = client.wait({ name: 'slow' });
        while (!waits.has('slow')) await client.add({ a: 0, b: 0 });
        controller.abort();
        await assert.rejects(cancelled, hasCode('CANCELLED', /^trial\.wait: /));
        waits.get('slow')?.resolve('done');
        assert.equal(await slow, 'done');
        while (aborted.length < 2) await client.add({ a: 0, b: 0 });
        assert.deepEqual(aborted.toSorted(), ['cancelled', 'late']);
        assert.ok((await channelOf(client).ping()) >= 0);
      });

      test('the same idempotency key does the work once', async () => {
        const { implemented, state } = makeTrial();
        await using server = await serveTrial(`${codec}+${place()}`, [implemented]);
        await using client = await connect(server.endpoint, service);
        const options = { idempotencyKey: 'once' };
        assert.deepEqual(
          await Promise.all([client.next({}, options), client.next({}, options)]),
          [1, 1],
        );
        assert.equal(await client.next({}), 2);
        assert.equal(await client.next({}, options), 1);
        assert.equal(state.counter, 2);
      });

      if (name === 'udp') {
        test('an answer too long for a datagram is an error that says so', async () => {
          const { implemented } = makeTrial();
          await using server = await serveTrial(`${codec}+${place()}`, [implemented]);
          await using client = await connect(server.endpoint, service);
          await assert.rejects(
            client.big({ size: 70_000 }),
            hasCode('ANSWER_TOO_LONG', /^trial\.big: the answer has 700\d\d bytes .* tcp/),
          );
          assert.equal((await client.big({ size: 1_000 })).length, 1_000);
        });
        return;
      }

      if (name === 'http') {
        test('a stream comes whole, and nobody is called back: there is one answer', async () => {
          const { implemented } = makeTrial();
          await using server = await serveTrial(`${codec}+${place()}`, [implemented]);
          await using client = await connect(server.endpoint, service);
          let sum = 0;
          for await (const number of client.count({ to: 1_000 })) sum += number;
          assert.equal(sum, 499_500);
          await assert.rejects(client.askBack({}), hasCode('INVALID_REQUEST', /WebSocket/));
        });
        return;
      }

      test('a stream comes item by item, held back by who reads it, and can be left', async () => {
        const { implemented, state } = makeTrial();
        await using server = await serveTrial(`${codec}+${place()}`, [implemented]);
        await using client = await connect(server.endpoint, service);
        let sum = 0;
        for await (const number of client.count({ to: 1_000 })) sum += number;
        assert.equal(sum, 499_500);
        state.sent = 0;
        for await (const number of client.count({ to: 1e9 }, { window: 16 })) {
          if (number === 100) break;
          await client.add({ a: 1, b: 1 });
          assert.ok(state.sent <= number + 2 * 16 + 1, `${state.sent} sent, ${number} read`);
        }
        assert.deepEqual(await channelOf(client).call('trial.count', { to: 3 }), [0, 1, 2]);
      });

      test('the server calls the client over the same connection', async () => {
        const { implemented } = makeTrial();
        const helping = implement(helper, {
          name: () => 'Ada',
          letters: ({ word }) => word,
          age: () => Number('unknown'),
        });
        await using server = await serveTrial(`${codec}+${place()}`, [implemented]);
        await using client = await connect(server.endpoint, service, {
          services: [helping],
        });
        assert.deepEqual(await client.askBack({}), [
          'Ada',
          'A',
          'd',
          'a',
          'INVALID_PARAMS',
          'INVALID_PARAMS',
          'INVALID_RESULT',
        ]);
      });
    });
  }
}

test('more calls in flight than allowed are refused at once, and the rest goes on', async () => {
  const { implemented, waits } = makeTrial();
  await using server = await serveServices('json+memory://overload', [implemented], {
    maxCallsPerConnection: 4,
  });
  await using client = await connect(server.endpoint, service);
  const calls = [1, 2, 3, 4].map((number) => client.wait({ name: `${number}` }));
  await assert.rejects(client.wait({ name: '5' }), hasCode('OVERLOADED'));
  for (const wait of waits.values()) wait.resolve('done');
  assert.deepEqual(await Promise.all(calls), ['done', 'done', 'done', 'done']);
  assert.equal(await client.add({ a: 1, b: 1 }), 2);
});

test('interceptors stand around every call, the outermost first', async () => {
  const seen: string[] = [];
  const { implemented } = makeTrial();
  await using server = await serveServices('json+memory://intercepted', [implemented], {
    interceptors: [
      (next) => (call) => {
        seen.push(`in ${call.context.method} ${call.context.session}`);
        if (call.context.session === undefined) throw new CallError('UNAUTHENTICATED');
        return next(call);
      },
    ],
  });
  await using client = await connect(server.endpoint, service);
  await assert.rejects(client.add({ a: 1, b: 1 }), hasCode('UNAUTHENTICATED'));
  assert.equal(await client.add({ a: 1, b: 1 }, { session: 'token' }), 2);
  assert.deepEqual(seen, ['in trial.add undefined', 'in trial.add token']);
});

test('a connection cut in the middle of a frame fails each call by name, and a safe one is repeated', async () => {
  const { implemented } = makeTrial();
  const seen = { connections: 0 };
  const cutting = createServer((socket) => {
    seen.connections++;
    socket.on('error', () => socket.destroy());
    socket.once('data', () => socket.end('{"jsonrpc":"2.0","id":1,"res'));
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => cutting.once('listening', resolve));
  const { port } = cutting.address() as AddressInfo;
  await using client = await connect(`json+tcp://127.0.0.1:${port}`, service);
  await assert.rejects(client.next({}), hasCode('UNAVAILABLE', /^trial\.next: /));
  const repeated = client.add({ a: 2, b: 3 }, { deadline: 8_000 });
  while (seen.connections < 3) await new Promise((resolve) => setTimeout(resolve, 10));
  await new Promise((resolve) => cutting.close(resolve));
  await using _server = await serveServices(`json+tcp://127.0.0.1:${port}`, [implemented]);
  assert.equal(await repeated, 5);
});

test('a server that never answers costs the deadline and no more', async () => {
  const silent = createServer((socket) =>
    socket.on('error', () => socket.destroy()).resume(),
  ).listen(0);
  await new Promise((resolve) => silent.once('listening', resolve));
  const { port } = silent.address() as AddressInfo;
  const client = await connect(`json+tcp://127.0.0.1:${port}`, service);
  const start = performance.now();
  await assert.rejects(
    client.next({}, { deadline: 100 }),
    hasCode('DEADLINE_EXCEEDED', /^trial\.next: no answer within 100 ms$/),
  );
  assert.ok(performance.now() - start < 2_000);
  await client[Symbol.asyncDispose]();
  silent.close();
});

test('closing lets what is in flight be answered, on either side', async () => {
  const { implemented, waits } = makeTrial();
  const server = await serveServices('json+tcp://127.0.0.1:0', [implemented]);
  const client = await connect(server.endpoint, service);
  const call = client.wait({ name: 'last' });
  while (!waits.has('last')) await client.add({ a: 0, b: 0 });
  const closing = server.close();
  waits.get('last')?.resolve('answered');
  assert.equal(await call, 'answered');
  await closing;
  await client[Symbol.asyncDispose]();
});

test('over datagrams a request that comes again is carried out once, another of the same id anew', async () => {
  const { implemented, state } = makeTrial();
  await using server = await serveServices('json+udp://127.0.0.1:0', [implemented]);
  const { transport } = server.endpoint;
  assert.ok('port' in transport);
  const socket = createSocket('udp4');
  socket.connect(transport.port, '127.0.0.1');
  await once(socket, 'connect');
  const ask = async (name: string, params: unknown): Promise<unknown> => {
    socket.send(JSON.stringify({ jsonrpc: '2.0', id: 1, method: name, params }));
    const [bytes] = (await once(socket, 'message')) as [Buffer];
    return (JSON.parse(bytes.toString()) as { result: unknown }).result;
  };
  assert.equal(await ask('trial.add', [1, 1]), 2);
  assert.equal(await ask('trial.add', [1, 2]), 3);
  assert.equal(await ask('trial.next', {}), 1);
  assert.equal(await ask('trial.next', {}), 1);
  assert.equal(state.counter, 1);
  socket.close();
});

test('a method that gives no stream gives whoever asks for one its result', async () => {
  for (const place of ['memory://no-stream', 'http://127.0.0.1:0/rpc']) {
    const { implemented } = makeTrial();
    await using server = await serveTrial(`json+${place}`, [implemented]);
    await using client = await connect(server.endpoint, service);
    const items = await Array.fromAsync(channelOf(client).stream('trial.add', { a: 1, b: 2 }));
    assert.deepEqual(items, [3]);
    assert.deepEqual(await Array.fromAsync(client.count({ to: 2 })), [0, 1]);
    assert.deepEqual(await Array.fromAsync(client.count({ to: 0 })), []);
  }
});

test('rpc.discover describes the methods by their schemas', async () => {
  const { implemented } = makeTrial();
  await using server = await serveServices('json+memory://discover', [implemented]);
  await using client = await connect(server.endpoint, service);
  const document = (await channelOf(client).call('rpc.discover')) as {
    openrpc: string;
    methods: { name: string; params: { name: string; required: boolean }[] }[];
  };
  assert.match(document.openrpc, /^1\./);
  const add = document.methods.find(({ name }) => name === 'trial.add');
  assert.deepEqual(
    add?.params.map(({ name, required }) => [name, required]),
    [
      ['a', true],
      ['b', true],
    ],
  );
});
