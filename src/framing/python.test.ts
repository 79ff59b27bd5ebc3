import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { cutEveryWay } from '../../test/support/cuts.ts';
import { length, line } from './index.ts';
import type { Framing } from './index.ts';

const python = '/usr/bin/python3';

/** Reads our length frames and our lines from its input, answers each in its own writing of both. */
const peer = `
import struct, sys
source, target = sys.stdin.buffer, sys.stdout.buffer
count, = struct.unpack('>I', source.read(4))
payloads = []
for _ in range(count):
    size, = struct.unpack('>I', source.read(4))
    payloads.append(source.read(size))
lines = []
while True:
    line = source.readline()
    if not line:
        break
    assert line.endswith(b'\\n')
    lines.append(line[:-1])
answer = b''.join(struct.pack('>I', len(each)) + each for each in payloads)
target.write(struct.pack('>I', len(answer)) + answer)
for each in lines:
    target.write(each + b'\\r\\n')
`;

function decodeAll(framing: Framing, chunks: readonly Uint8Array[]): Buffer[] {
  const frames: Buffer[] = [];
  const decoder = framing.decoder((frame) => frames.push(Buffer.from(frame)));
  for (const bytes of chunks) decoder.push(bytes);
  decoder.end();
  return frames;
}

test('Python reads our frames by struct and our lines by readline, and we read those it writes', () => {
  const payloads = ['', 'salut', '\n\r\n', '\xff'.repeat(300), 'x'.repeat(70_000)].map((each) =>
    Buffer.from(each, 'latin1'),
  );
  const lines = ['bonjour', '', 'élève', 'a\rb', 'y'.repeat(70_000)].map((each) =>
    Buffer.from(each),
  );
  const count = Buffer.alloc(4);
  count.writeUInt32BE(payloads.length);
  const { stdout, stderr, status } = spawnSync(python, ['-c', peer], {
    input: Buffer.concat([
      count,
      ...payloads.map((each) => length().encode(each)),
      ...lines.map((each) => line().encode(each)),
    ]),
    maxBuffer: 16 * 1024 * 1024,
  });
  assert.equal(status, 0, stderr.toString());
  const framed = 4 + stdout.readUInt32BE();
  for (const chunks of cutEveryWay(stdout.subarray(4, framed), [1, 4000, 3])) {
    assert.deepEqual(decodeAll(length(), chunks), payloads);
  }
  for (const chunks of cutEveryWay(stdout.subarray(framed), [1, 4000, 3])) {
    assert.deepEqual(decodeAll(line(), chunks), lines);
  }
});
