import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { length, line } from './index.ts';
import { PendingBytes } from './pending.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function measureBuffers(): number {
  // The first leaves the freed buffers to a sweeper in the background, the second waits for that.
  collectGarbage();
  collectGarbage();
  return process.memoryUsage().arrayBuffers;
}

for (const [framing, begin] of [
  [line(), ''],
  [length(), '\0\x10\0\0'],
] as const) {
  test(`a ${framing.name} decoder fed single bytes of slabs of 64 KiB keeps none of the slabs`, () => {
    const chunks = 20_000;
    const decoder = framing.decoder(() => {});
    decoder.push(Buffer.from(begin, 'latin1'));
    const before = measureBuffers();
    for (let index = 0; index < chunks; index += 1) {
      const slab = Buffer.allocUnsafeSlow(65_536);
      slab[index % 65_536] = 0x61;
      decoder.push(slab.subarray(index % 65_536, (index % 65_536) + 1));
    }
    const kept = measureBuffers() - before;
    assert.equal(decoder.pendingBytes, begin.length + chunks);
    // Kept slabs would be 1.3 GB.
    assert.ok(kept < 1_048_576, `${kept} bytes kept`);
  });

  test(`a ${framing.name} decoder takes at most twice what has arrived of a frame, plus 64 bytes`, () => {
    const decoder = framing.decoder(() => {});
    decoder.push(Buffer.from(begin, 'latin1'));
    const source = Buffer.alloc(300_000, 'a');
    const before = measureBuffers();
    for (const size of [1000, 10_000, 100_000, 300_000]) {
      decoder.push(source.subarray(0, size));
      const taken = measureBuffers() - before;
      assert.ok(taken <= 2 * decoder.pendingBytes + 64, `${taken} for ${decoder.pendingBytes}`);
    }
  });

  test(`a frame of 1 MiB sent to a ${framing.name} decoder byte by byte costs time in its length`, () => {
    const size = 1_048_576;
    let frames = 0;
    const decoder = framing.decoder((frame) => {
      frames += 1;
      assert.equal(frame.length, size);
      assert.ok(frame.every((byte) => byte === 0x61));
    });
    decoder.push(Buffer.from(begin, 'latin1'));
    const byte = Buffer.from('a');
    const { user: before } = process.cpuUsage();
    for (let index = 0; index < size; index += 1) decoder.push(byte);
    if (framing.name === 'line') decoder.push(Buffer.from('\n'));
    const milliseconds = (process.cpuUsage().user - before) / 1000;
    assert.equal(frames, 1);
    // About 50 ms; joining or scanning again at each chunk takes minutes.
    assert.ok(milliseconds < 2000, `${milliseconds} ms`);
  });
}

test('the pending bytes of a frame are handed over in memory of their own', () => {
  const pending = new PendingBytes();
  const source = Uint8Array.of(1, 2, 3, 4, 5);
  pending.append(source, 1, 3, 100);
  assert.equal(pending.length, 2);
  assert.equal(pending.lastByte, 3);
  const first = pending.take(source, 3, 5, 1);
  pending.append(source, 0, 1, 100);
  const second = pending.take(source, 0, 0);
  source.fill(0);
  assert.deepEqual([...first], [2, 3, 4]);
  assert.deepEqual([...second], [1]);
  assert.equal(pending.length, 0);
  assert.equal(pending.lastByte, undefined);
});
