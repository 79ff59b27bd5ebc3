import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import {
  CallError,
  Channel,
  Dispatcher,
  defineService,
  implement,
  method,
  serveServices,
  streamMethod,
} from '../../src/service/index.ts';
import { openStoredServices } from '../../src/applications/services/stored.ts';
import { StoreError } from '../../src/store/index.ts';
import type { StoreErrorCode } from '../../src/store/index.ts';

const storeError = (code: StoreErrorCode): StoreError =>
  new StoreError(code, 'store /secret/place: …');

/** Stands where the table opens everything: what it throws is what is tested. */
const failing = defineService('echo', {
  at: method({ params: z.object({ once: z.boolean() }), result: z.null() }),
  stream: streamMethod({ params: z.object({}), item: z.number() }),
});

test('failures of the store are told as those of a call, without saying where it is', async () => {
  await using stored = await openStoredServices(':memory:');
  const implemented = implement(failing, {
    at({ once }) {
      if (once) throw storeError('STORE_FULL');
      return Promise.reject(storeError('STORE_UNREACHABLE'));
    },
    async *stream() {
      yield 1;
      await Promise.resolve();
      throw storeError('STORE_UNCERTAIN');
    },
  });
  const dispatcher = new Dispatcher([implemented], { interceptors: [stored.interceptor] });
  await using listener = await serveServices('json+tcp://127.0.0.1:0', dispatcher);
  await using channel = await Channel.open(listener.endpoint);
  const seen: unknown[] = [];
  const attempts = [
    channel.call('echo.at', { once: true }),
    channel.call('echo.at', { once: false }),
    (async () => {
      for await (const item of channel.stream('echo.stream', {})) seen.push(item);
    })(),
  ];
  const told = (await Promise.allSettled(attempts)).map((one) => {
    assert.ok(one.status === 'rejected' && one.reason instanceof CallError);
    assert.ok(!JSON.stringify(one.reason.toObject()).includes('/secret'));
    return [one.reason.code, one.reason.data?.['reason']];
  });
  assert.deepEqual(told, [
    ['OVERLOADED', 'STORE_FULL'],
    ['OVERLOADED', 'STORE_UNREACHABLE'],
    ['FAILED', 'STORE_UNCERTAIN'],
  ]);
  assert.deepEqual(seen, [1]);
});
