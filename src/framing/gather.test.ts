import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { connect, listen } from '../transport/index.ts';
import { FrameGatherer } from './gather.ts';

/** A gatherer in memory, what it has written so far, and what came of it once it is closed. */
async function openGatherer(name: string) {
  const chunks: Uint8Array[] = [];
  const received = Promise.withResolvers<string>();
  const listener = await listen(`memory:${name}`, {
    data: (_connection, bytes) => void chunks.push(bytes),
    close: () => received.resolve(Buffer.concat(chunks).toString()),
  });
  const connection = await connect(`memory:${name}`, { data: () => undefined });
  return {
    gatherer: new FrameGatherer(connection),
    written: () => connection.bytesWritten,
    end: async (): Promise<string> => {
      connection.close();
      const text = await received.promise;
      await listener.close();
      return text;
    },
  };
}

const ways = {
  text: (gatherer: FrameGatherer, frame: string) => gatherer.addText(frame),
  bytes: (gatherer: FrameGatherer, frame: string) => gatherer.add(Buffer.from(frame)),
  'text and bytes': (gatherer: FrameGatherer, frame: string, index: number) =>
    index % 3 === 0 ? gatherer.add(Buffer.from(frame)) : gatherer.addText(frame),
};

for (const [way, add] of Object.entries(ways)) {
  test(`the frames of one turn leave as one, many as a few, each later one longer: ${way}`, async () => {
    const { gatherer, written, end } = await openGatherer(`gather ${way}`);
    const frames = Array.from({ length: 100 }, (_, index) => `frame ${index}\n`);
    const totals = new Set<number>();
    for (const [index, frame] of frames.entries()) {
      add(gatherer, frame, index);
      totals.add(written());
    }
    const parts = [frames.slice(0, 12), frames.slice(0, 60)].map((part) => part.join('').length);
    assert.deepEqual([...totals], [0, ...parts]);
    await setImmediate();
    assert.equal(written(), frames.join('').length);
    // A turn that has fewer waits for its end, and the turns before have no part in that.
    const before = written();
    for (const [index, frame] of frames.slice(0, 11).entries()) add(gatherer, frame, index);
    assert.equal(written(), before);
    await setImmediate();
    assert.equal(await end(), frames.join('') + frames.slice(0, 11).join(''));
  });
}

test('frames that are long together do not wait for the end of the turn', async () => {
  const { gatherer, written, end } = await openGatherer('gather long');
  const frame = `${'x'.repeat(9_999)}\n`;
  gatherer.addText(frame);
  assert.equal(written(), 0);
  gatherer.addText(frame);
  assert.equal(written(), 20_000);
  assert.equal(await end(), frame + frame);
});
