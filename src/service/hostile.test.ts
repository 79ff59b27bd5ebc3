import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { suite, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { z } from 'zod';
import { cbor } from '../presentation/index.ts';
import { openStream } from '../transport/index.ts';
import { Channel } from './channel.ts';
import { channelOf, connect } from './client.ts';
import { defineService, implement, method, streamMethod } from './define.ts';
import { Dispatcher } from './dispatcher.ts';
import { IdempotencyMemory } from './idempotency.ts';
import { serveServices } from './serve.ts';
import type { ServeOptions } from './serve.ts';
import { failureOf } from '../../test/support/failures.ts';

const service = defineService('trial', {
  add: method({ params: z.object({ a: z.number(), b: z.number() }), result: z.number() }),
  keep: method({ params: z.unknown(), result: z.unknown() }),
  big: method({ params: z.object({ size: z.number() }), result: z.string() }),
  later: method({ params: z.object({ size: z.number() }), result: z.string() }),
  odd: method({ params: z.object({}), result: z.unknown() }),
  wait: method({ params: z.object({}), result: z.null() }),
  work: method({ params: z.object({}), result: z.number() }),
  share: method({ params: z.object({}), result: z.null() }),
  count: streamMethod({ params: z.object({}), item: z.string() }),
});

function makeTrial() {
  const state = { sent: 0, waiting: 0, aborted: 0, worked: 0, underWay: 0, mostUnderWay: 0 };
  const implemented = implement(service, {
    add: ({ a, b }) => a + b,
    keep: (params) => params,
    big: ({ size }) => 'x'.repeat(size),
    later: async ({ size }) => 'x'.repeat(size),
    odd: async () => () => 1,
    wait: (_params, { signal }) =>
      new Promise((resolve) => {
        state.waiting++;
        signal.addEventListener('abort', () => {
          state.aborted++;
          resolve(null);
        });
      }),
    work() {
      for (const end = performance.now() + 0.5; performance.now() < end;);
      return ++state.worked;
    },
    async share() {
      state.mostUnderWay = Math.max(state.mostUnderWay, ++state.underWay);
      await setImmediate();
      state.underWay--;
      return null;
    },
    *count() {
      for (;;) {
        state.sent++;
        yield 'x'.repeat(1_000);
      }
    },
  });
  return { implemented, state };
}

/** A server, a line conversation with it by hand, and a client who must notice nothing. */
async function openTrial(options: ServeOptions = {}) {
  const { implemented, state } = makeTrial();
  const server = await serveServices('json+tcp://127.0.0.1:0', [implemented], options);
  const stream = await openStream(server.endpoint.transport);
  const other = await connect(server.endpoint, service);
  let received = '';
  const readLine = async (): Promise<unknown> => {
    while (!received.includes('\n')) {
      const chunk = await stream.read();
      assert.ok(chunk !== undefined, 'the connection ended');
      received += Buffer.from(chunk).toString();
    }
    const end = received.indexOf('\n');
    const line = received.slice(0, end);
    received = received.slice(end + 1);
    return JSON.parse(line);
  };
  return {
    server,
    stream,
    other,
    state,
    send: (...messages: unknown[]) =>
      stream.write(Buffer.from(messages.map((each) => `${text(each)}\n`).join(''))),
    async next(): Promise<Readonly<Record<string, unknown>>> {
      return (await readLine()) as Readonly<Record<string, unknown>>;
    },
    /** The answers of a batch. */
    async nextBatch(): Promise<readonly unknown[]> {
      const answers = await readLine();
      assert.ok(Array.isArray(answers), 'one answer came');
      return answers;
    },
    async [Symbol.asyncDispose]() {
      assert.equal(await other.add({ a: 1, b: 2 }), 3);
      stream.connection.reset();
      await other[Symbol.asyncDispose]();
      await server.close(0);
    },
  };
}

function text(message: unknown): string {
  return typeof message === 'string' ? message : JSON.stringify(message);
}

function request(id: unknown, name: string, params: unknown = {}, more: object = {}) {
  return { jsonrpc: '2.0', id, method: `trial.${name}`, params, ...more };
}

function codeIn(answer: unknown): unknown {
  const { error } = answer as { error?: { data?: { code?: unknown } } };
  return error?.data?.code;
}

suite('a hostile client', () => {
  test('is given errors in the place of batched answers that cannot be sent, alone or together', async () => {
    await using trial = await openTrial();
    await trial.send([request(1, 'odd'), request(2, 'add', { a: 1, b: 1 })]);
    const mixed = (await trial.nextBatch()) as { id: number; result?: unknown }[];
    assert.deepEqual(
      mixed
        .toSorted((first, second) => first.id - second.id)
        .map((answer) => [answer.id, answer.result ?? codeIn(answer)]),
      [
        [1, 'RESULT_UNENCODABLE'],
        [2, 2],
      ],
    );
    const many = Array.from({ length: 40 }, (_, id) => request(id, 'later', { size: 50_000 }));
    await trial.send(many);
    const refused = await trial.nextBatch();
    assert.equal(refused.length, 40);
    assert.deepEqual([...new Set(refused.map(codeIn))], ['ANSWER_TOO_LONG']);
  });

  test('is refused giant batches and batches of nothing, each by one error', async () => {
    await using trial = await openTrial();
    await trial.send(
      `[${'1,'.repeat(400_000)}1]`,
      [],
      Array.from({ length: 1_001 }, () => 0),
    );
    for (let count = 0; count < 3; count++) {
      assert.equal(codeIn(await trial.next()), 'INVALID_REQUEST');
    }
    await trial.send(Array.from({ length: 1_000 }, () => []));
    const answers = await trial.nextBatch();
    assert.equal(answers.length, 1_000);
  });

  test('is told that a batch inside a batch is no request, whatever it holds', async () => {
    await using trial = await openTrial();
    const notification = { jsonrpc: '2.0', method: 'trial.keep' };
    await trial.send([[notification], [request(1, 'add', { a: 1, b: 1 })], [[]]]);
    const answers = await trial.nextBatch();
    assert.deepEqual(answers.map(codeIn), [
      'INVALID_REQUEST',
      'INVALID_REQUEST',
      'INVALID_REQUEST',
    ]);
  });

  test('that answers what nobody asked, with whatever, is not heard', async () => {
    await using trial = await openTrial();
    for (const result of [1, { ['__proto__']: { polluted: true } }]) {
      await trial.send(
        ...Array.from({ length: 2_000 }, (_, id) => ({ jsonrpc: '2.0', id, result })),
      );
    }
    await trial.send({ jsonrpc: '2.0', id: 1, error: {} }, request('after', 'add', { a: 2, b: 2 }));
    assert.deepEqual(await trial.next(), { jsonrpc: '2.0', id: 'after', result: 4 });
    assert.equal(Reflect.get({}, 'polluted'), undefined);
  });

  test('that cancels what does not exist, thousands of times, is answered each time', async () => {
    await using trial = await openTrial();
    const storm = Array.from({ length: 5_000 }, (_, id) => ({
      jsonrpc: '2.0',
      id,
      method: 'rpc.cancel',
      params: { id: `no ${id}` },
    }));
    await trial.send(...storm);
    for (let id = 0; id < storm.length; id++) {
      assert.deepEqual(await trial.next(), { jsonrpc: '2.0', id, result: false });
    }
  });

  test('is refused an id that is in flight, and the first call with it can still be cancelled', async () => {
    await using trial = await openTrial();
    await trial.send(request(7, 'wait'), request(7, 'wait'));
    const refusal = await trial.next();
    assert.equal(refusal['id'], null);
    assert.equal(codeIn(refusal), 'INVALID_REQUEST');
    assert.equal(trial.state.waiting, 1);
    await trial.send({ jsonrpc: '2.0', method: 'rpc.cancel', params: { id: 7 } });
    const cancelled = await trial.next();
    assert.deepEqual([cancelled['id'], codeIn(cancelled)], [7, 'CANCELLED']);
    assert.equal(trial.state.aborted, 1);
    await trial.send(request(7, 'add', { a: 1, b: 1 }));
    assert.equal((await trial.next())['result'], 2);
  });

  test('leaves no call behind when it goes, whatever ids it gave', async () => {
    await using trial = await openTrial();
    await trial.send(request(null, 'wait'), request(null, 'wait'), request('', 'wait'));
    while (trial.state.waiting < 3) await trial.other.add({ a: 0, b: 0 });
    trial.stream.connection.reset();
    while (trial.state.aborted < 3) await trial.other.add({ a: 0, b: 0 });
  });

  test('leaves no notification behind when it breaks off', async () => {
    await using trial = await openTrial();
    await trial.send({ jsonrpc: '2.0', method: 'trial.wait' });
    while (trial.state.waiting < 1) await trial.other.add({ a: 0, b: 0 });
    trial.stream.connection.reset();
    while (trial.state.aborted < 1) await trial.other.add({ a: 0, b: 0 });
  });

  test('that ends in order has its notifications carried out, each within its time', async () => {
    await using trial = await openTrial();
    await trial.send({ jsonrpc: '2.0', method: 'trial.wait', meta: { deadline: 100 } });
    trial.stream.end();
    assert.equal(await trial.stream.read(), undefined, 'the server ends once they are');
    assert.deepEqual([trial.state.waiting, trial.state.aborted], [1, 1]);
  });

  test('that sends nothing but garbage is answered, and then read ever more slowly', async () => {
    await using trial = await openTrial();
    const start = performance.now();
    await trial.send(...Array.from({ length: 200 }, () => 'garbage'));
    for (let count = 0; count < 200; count++) {
      assert.equal(codeIn(await trial.next()), 'PARSE_ERROR');
    }
    await trial.send(request(1, 'add', { a: 1, b: 1 }));
    assert.equal((await trial.next())['result'], 2);
    assert.ok(performance.now() - start > 500, 'it was read on at once');
  });

  test('that sends batches of work gives way to others in the midst of them', async () => {
    await using trial = await openTrial();
    const batch = Array.from({ length: 500 }, (_, id) => request(id, 'work'));
    await trial.send(batch, request('behind', 'add', { a: 1, b: 1 }));
    while (trial.state.worked === 0) await trial.other.add({ a: 1, b: 1 });
    for (let count = 0; count < 3; count++) await trial.other.add({ a: 1, b: 1 });
    assert.ok(trial.state.worked < 250, `${trial.state.worked} calls were carried out before`);
    const answers = [await trial.next(), await trial.next()];
    const answered = answers.find((answer) => Array.isArray(answer));
    assert.equal(Object.keys(answered ?? {}).length, 500);
  });

  test('that sends a batch of calls that soon end has few of them under way at once', async () => {
    await using trial = await openTrial();
    await trial.send(Array.from({ length: 1_000 }, (_, id) => request(id, 'share')));
    const answers = await trial.nextBatch();
    assert.equal(answers.length, 1_000);
    assert.ok(trial.state.mostUnderWay <= 32, `${trial.state.mostUnderWay} at once`);
  });

  test('that sends a batch of calls that take long has the ones behind them begun nonetheless', async () => {
    await using trial = await openTrial();
    const cancels = Array.from({ length: 100 }, (_, id) => ({
      jsonrpc: '2.0',
      method: 'rpc.cancel',
      params: { id },
    }));
    await trial.send([...Array.from({ length: 100 }, (_, id) => request(id, 'wait')), ...cancels]);
    const answers = await trial.nextBatch();
    assert.deepEqual(
      answers.map(codeIn),
      Array.from({ length: 100 }, () => 'CANCELLED'),
    );
    assert.equal(trial.state.waiting, 100);
  });

  test('that sends a batch is given its deadlines from when it came', async () => {
    await using trial = await openTrial();
    const batch = Array.from({ length: 40 }, (_, id) =>
      request(id, 'wait', {}, { meta: { deadline: id < 32 ? 100 : 20 } }),
    );
    await trial.send(batch);
    const answers = await trial.nextBatch();
    assert.deepEqual(
      answers.map(codeIn),
      Array.from({ length: 40 }, () => 'DEADLINE_EXCEEDED'),
    );
    assert.equal(trial.state.waiting, 32, 'those that were too late were not begun');
  });

  test('that sends calls one after another without a pause gives way to others in the midst', async () => {
    await using trial = await openTrial();
    const flood = Array.from({ length: 2_000 }, (_, id) => request(id, 'work'));
    await trial.send(...flood);
    while (trial.state.worked === 0) await trial.other.add({ a: 1, b: 1 });
    await trial.other.add({ a: 1, b: 1 });
    assert.ok(trial.state.worked < 1_000, `${trial.state.worked} calls were carried out before`);
    for (let count = 0; count < flood.length; count++) await trial.next();
  });

  test('that asks again and again what is served gives way to others in the midst', async () => {
    const { implemented } = makeTrial();
    const state = { described: 0 };
    class Counting extends Dispatcher {
      override describe(): unknown {
        state.described++;
        return super.describe();
      }
    }
    await using server = await serveServices('json+tcp://127.0.0.1:0', new Counting([implemented]));
    await using other = await connect(server.endpoint, service);
    await using stream = await openStream(server.endpoint.transport);
    const asked = 150;
    await stream.write(
      Buffer.from('{"jsonrpc":"2.0","id":1,"method":"rpc.discover"}\n'.repeat(asked)),
    );
    stream.end();
    while (state.described === 0) await other.add({ a: 1, b: 1 });
    for (let count = 0; count < 3; count++) await other.add({ a: 1, b: 1 });
    assert.ok(state.described < asked / 2, `${state.described} answers before`);
    const answers = Buffer.from(await stream.readAll())
      .toString()
      .trim()
      .split('\n');
    assert.equal(answers.length, asked);
  });

  test('that leaves in the midst of a batch has the rest of it left undone', async () => {
    await using trial = await openTrial();
    await trial.send(Array.from({ length: 1_000 }, (_, id) => request(id, 'work')));
    while (trial.state.worked === 0) await trial.other.add({ a: 1, b: 1 });
    trial.stream.connection.reset();
    let before = -1;
    while (before !== trial.state.worked) {
      before = trial.state.worked;
      for (let count = 0; count < 20; count++) await trial.other.add({ a: 1, b: 1 });
    }
    assert.ok(before < 900, `${before} calls were carried out`);
  });

  test('that repeats ids in flight is answered, and then read ever more slowly', async () => {
    await using trial = await openTrial();
    await trial.send(request(1, 'wait'));
    const start = performance.now();
    await trial.send(...Array.from({ length: 200 }, () => request(1, 'wait')));
    for (let count = 0; count < 200; count++) {
      assert.equal(codeIn(await trial.next()), 'INVALID_REQUEST');
    }
    await trial.send(request(2, 'add', { a: 1, b: 1 }));
    assert.equal((await trial.next())['result'], 2);
    assert.ok(performance.now() - start > 500, 'it was read on at once');
  });

  test('is refused an id too long to be repeated in an answer', async () => {
    await using trial = await openTrial();
    await trial.send(request('i'.repeat(1_040_000), 'later', { size: 1 }));
    const refusal = await trial.next();
    assert.deepEqual([refusal['id'], codeIn(refusal)], [null, 'INVALID_REQUEST']);
  });

  test('that does not read is sent so much and no more, and the rest of the server goes on', async () => {
    await using trial = await openTrial({ maxBytesPerConnection: 2_000_000 });
    trial.stream.connection.pause();
    await trial.send(
      ...Array.from({ length: 200 }, (_, id) => request(id, 'big', { size: 900_000 })),
    );
    await trial.other.add({ a: 1, b: 1 });
    trial.stream.connection.resume();
    const seen = { answered: 0, refused: 0 };
    for (let count = 0; count < 200; count++) {
      const answer = await trial.next();
      if ('result' in answer) seen.answered++;
      else assert.equal(codeIn(answer), 'OVERLOADED');
      if (!('result' in answer)) seen.refused++;
    }
    assert.ok(seen.answered >= 1 && seen.refused >= 1, JSON.stringify(seen));
  });

  test('that asks for an endless stream and does not read holds up nobody', async () => {
    await using trial = await openTrial();
    trial.stream.connection.pause();
    await trial.send(request(1, 'count', {}, { meta: { window: 1e9, deadline: 10_000 } }));
    while (trial.state.sent === 0) await trial.other.add({ a: 1, b: 1 });
    let before = -1;
    while (before !== trial.state.sent) {
      before = trial.state.sent;
      for (let count = 0; count < 200; count++) await trial.other.add({ a: 1, b: 1 });
    }
    assert.ok(trial.state.sent < 50_000, `${trial.state.sent} kilobytes were sent`);
  });

  test('has its meta checked, field by field', async () => {
    await using trial = await openTrial();
    const wrong: [unknown, string][] = [
      [1, 'meta'],
      [[], 'meta'],
      [null, 'meta'],
      [{ deadline: -1 }, 'meta.deadline'],
      [{ deadline: '1' }, 'meta.deadline'],
      [{ deadline: null }, 'meta.deadline'],
      [{ window: 0 }, 'meta.window'],
      [{ session: 1 }, 'meta.session'],
      [{ session: 's'.repeat(513) }, 'meta.session'],
      [{ idempotencyKey: {} }, 'meta.idempotencyKey'],
      [{ traceparent: [] }, 'meta.traceparent'],
    ];
    for (const [meta, path] of wrong) {
      await trial.send(request(1, 'add', { a: 1, b: 1 }, { meta }));
      const { error } = (await trial.next()) as { error?: { data?: object } };
      assert.equal(Reflect.get(error?.data ?? {}, 'path'), path);
    }
    await trial.send(request(1, 'add', { a: 1, b: 1 }, { meta: { deadline: 0 } }));
    assert.equal(codeIn(await trial.next()), 'DEADLINE_EXCEEDED');
    for (const meta of [{ deadline: 1e300 }, {}, { deadline: 0.5 }, { ['__proto__']: 1 }]) {
      await trial.send(request(1, 'add', { a: 1, b: 1 }, { meta }));
      assert.equal((await trial.next())['result'], 2);
    }
  });

  test('pollutes no prototype, and is given its own members back', async () => {
    await using trial = await openTrial();
    const params = '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}';
    await trial.send(`{"jsonrpc":"2.0","id":1,"method":"trial.keep","params":${params}}`);
    assert.equal(JSON.stringify((await trial.next())['result']), params);
    for (const name of ['__proto__', 'constructor', 'hasOwnProperty.call', '__proto__.add']) {
      await trial.send({ jsonrpc: '2.0', id: 1, method: name });
      assert.equal(codeIn(await trial.next()), 'METHOD_NOT_FOUND');
    }
    assert.equal(Reflect.get({}, 'polluted'), undefined);
  });

  test('is refused numbers that no double holds, with their place', async () => {
    await using trial = await openTrial();
    await trial.send('{"jsonrpc":"2.0","id":1,"method":"trial.keep","params":{"a":[1e400]}}');
    const { error } = (await trial.next()) as { error?: { code: number; data: object } };
    assert.equal(error?.code, -32_700);
    assert.equal(Reflect.get(error.data, 'path'), '.params.a[0]');
  });

  test('is refused a map with the same key twice, in CBOR', async () => {
    const { implemented } = makeTrial();
    await using server = await serveServices('cbor+tcp://127.0.0.1:0', [implemented]);
    const stream = await openStream(server.endpoint.transport);
    // {"id": 1, "id": 2}
    const bytes = Buffer.from('a26269640162696402', 'hex');
    await stream.write(Buffer.concat([Buffer.from([0, 0, 0, bytes.length]), bytes]));
    const answer = await stream.read();
    assert.ok(answer !== undefined);
    assert.equal(codeIn(cbor().decode(answer.subarray(4))), 'PARSE_ERROR');
    stream.connection.reset();
  });
});

test('idempotency keys are forgotten by number and by bytes, and failures at once', async () => {
  const few = new IdempotencyMemory(100, 60_000, 1e9);
  for (let key = 0; key < 10_000; key++) few.once(`${key}`, undefined, 'a.b', {}, () => key);
  assert.ok(few.size <= 100);
  assert.equal(
    few.once('9999', undefined, 'a.b', {}, () => 'anew'),
    9_999,
  );
  assert.equal(
    few.once('1', undefined, 'a.b', {}, () => 'anew'),
    'anew',
  );
  const light = new IdempotencyMemory(10_000, 60_000, 1_000_000);
  for (let key = 0; key < 500; key++) {
    light.once(`${key}`, undefined, 'a.b', {}, () => 'x'.repeat(100_000));
    await light.once(`later ${key}`, undefined, 'a.b', {}, async () => 'x'.repeat(100_000));
  }
  assert.ok(light.size <= 10, `${light.size} are remembered`);
  const failing = (): Promise<never> => Promise.reject(new Error('no'));
  await assert.rejects(async () => few.once('failed', undefined, 'a.b', {}, failing));
  assert.equal(
    few.once('failed', undefined, 'a.b', {}, () => 'again'),
    'again',
  );
});

test('100,000 calls leave the heap as they found it', async () => {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  const { implemented } = makeTrial();
  await using server = await serveServices('json+memory://heap', [implemented]);
  await using client = await connect(server.endpoint, service);
  const callMany = async (): Promise<number> => {
    for (let round = 0; round < 500; round++) {
      await Promise.all(Array.from({ length: 100 }, (_, a) => client.add({ a, b: round })));
    }
    collectGarbage();
    return process.memoryUsage().heapUsed;
  };
  const before = await callMany();
  const after = await callMany();
  assert.ok(after - before < 2_000_000, `${after - before} bytes more`);
});

suite('a client', () => {
  test('refuses deadlines that are none, and keeps long ones', async () => {
    const { implemented } = makeTrial();
    await using server = await serveServices('json+memory://deadlines', [implemented]);
    await using channel = await Channel.open(server.endpoint);
    for (const deadline of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
      const error = await failureOf(channel.call('trial.add', { a: 1, b: 1 }, { deadline }));
      assert.equal(error.code, 'INVALID_REQUEST');
      assert.match(error.message, /^trial\.add: a deadline of /);
    }
    const none = await failureOf(channel.call('trial.add', { a: 1, b: 1 }, { deadline: 0 }));
    assert.equal(none.code, 'DEADLINE_EXCEEDED');
    assert.equal(await channel.call('trial.add', { a: 1, b: 1 }, { deadline: 1e15 }), 2);
  });

  test('takes whatever a server answers for an error', async () => {
    const answers = [{}, { code: 'x', message: 3 }, { code: -32_601, data: { ['__proto__']: 1 } }];
    const server = createServer((socket) => {
      socket.on('error', () => socket.destroy());
      socket.on('data', (bytes) => {
        const { id } = JSON.parse(bytes.toString()) as { id: number };
        socket.write(`${JSON.stringify({ jsonrpc: '2.0', id, error: answers[id - 1] })}\n`);
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    {
      await using client = await connect(`json+tcp://127.0.0.1:${port}`, service);
      const codes: string[] = [];
      for (const _ of answers) {
        const error = await failureOf(client.add({ a: 1, b: 1 }));
        assert.equal(typeof error.message, 'string');
        codes.push(error.code);
      }
      assert.deepEqual(codes, ['FAILED', 'FAILED', 'METHOD_NOT_FOUND']);
    }
    server.close();
  });

  test('is told at once, by name, of each call that a killed server leaves', async () => {
    const program = `
      import { serveServices, implement, defineService, method } from 'guichet/service';
      import { z } from 'zod';
      const trial = defineService('trial', {
        wait: method({ params: z.object({}), result: z.null() }),
        add: method({ params: z.object({ a: z.number(), b: z.number() }), result: z.number() }),
      });
      const server = await serveServices('json+tcp://127.0.0.1:0', [implement(trial, {
        wait: () => new Promise(() => {}),
        add: ({ a, b }) => a + b,
      })]);
      console.log(server.endpoint.transport.port);
    `;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      cwd: import.meta.dirname,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [port] = (await once(child.stdout, 'data')) as [Buffer];
    await using client = await connect(`json+tcp://127.0.0.1:${Number(port.toString())}`, service, {
      reconnect: false,
    });
    const calls = [client.wait({}), client.wait({}), channelOf(client).call('trial.wait')];
    const failures = calls.map(failureOf);
    assert.equal(await client.add({ a: 1, b: 1 }), 2);
    const start = performance.now();
    child.kill('SIGKILL');
    for (const error of await Promise.all(failures)) {
      assert.equal(error.code, 'UNAVAILABLE');
      assert.match(error.message, /^trial\.wait: no answer from /);
    }
    assert.ok(performance.now() - start < 5_000);
    const after = await failureOf(client.add({ a: 1, b: 1 }));
    assert.equal(after.code, 'UNAVAILABLE');
    assert.match(after.message, /^trial\.add: /);
  });

  test('waits for a new connection no longer than the deadline', async () => {
    const server = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const channel = await Channel.open(`json+tcp://127.0.0.1:${port}`);
    await new Promise((resolve) => server.close(resolve));
    const start = performance.now();
    const error = await failureOf(
      channel.call('trial.add', {}, { deadline: 200, idempotencyKey: 'k' }),
    );
    assert.ok(performance.now() - start < 1_000);
    assert.match(error.message, /^trial\.add: /);
    await channel.close();
  });
});
