import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Writer } from './writer.ts';

class ProbedWriter extends Writer {
  get capacity(): number {
    return this.buffer.length;
  }
}

describe('the buffer of a writer', () => {
  it('takes no memory before it is used', () => {
    assert.equal(new ProbedWriter(1_000).capacity, 0);
  });

  it('is kept for the next value, unless it is over 1 MiB', () => {
    const writer = new ProbedWriter(100_000_000);
    writer.writeByteString(new Uint8Array(500_000));
    const { capacity } = writer;
    writer.reset();
    assert.ok(capacity >= 500_000);
    assert.equal(writer.capacity, capacity);
    writer.writeByteString(new Uint8Array(2_000_000));
    writer.reset();
    assert.equal(writer.capacity, 0);
  });

  it('grows by doubling, so that many small writes copy little', () => {
    const writer = new ProbedWriter(100_000_000);
    const capacities = new Set<number>();
    for (let index = 0; index < 1_000_000; index += 1) {
      writer.writeByte(0);
      capacities.add(writer.capacity);
    }
    assert.ok(capacities.size < 12, `${capacities.size} buffers`);
  });
});
