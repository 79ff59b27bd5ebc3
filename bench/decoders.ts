import { spawnSync } from 'node:child_process';
import { length, line } from '../src/framing/index.ts';
import type { Framing, FrameSink } from '../src/framing/index.ts';
import { measureCpu, printTable } from './measure.ts';

/**
 * How fast streams are cut into frames, in chunks of 64 KiB as a socket gives them, against the
 * decoder everyone writes first in Node and against Python.
 */

const chunkBytes = 65_536;
const streamBytes = 8 * 1_048_576;
const payloadSizes = [1, 64, 1024, 65_536, 1_048_576];

/** Takes a chunk as a decoder does; the naive ones join everything again at each. */
type NaivePush = (chunk: Buffer) => void;

function createNaiveLineDecoder(sink: FrameSink): NaivePush {
  let pending: Buffer = Buffer.alloc(0);
  return (chunk) => {
    pending = Buffer.concat([pending, chunk]);
    for (let end = pending.indexOf(10); end !== -1; end = pending.indexOf(10)) {
      sink(pending.subarray(0, end), 1);
      pending = pending.subarray(end + 1);
    }
  };
}

function createNaiveLengthDecoder(sink: FrameSink): NaivePush {
  let pending: Buffer = Buffer.alloc(0);
  return (chunk) => {
    pending = Buffer.concat([pending, chunk]);
    while (pending.length >= 4) {
      const end = 4 + pending.readUInt32BE(0);
      if (pending.length < end) break;
      sink(pending.subarray(4, end), 4);
      pending = pending.subarray(end);
    }
  };
}

/**
 * Python's fastest ways: `split` on what came with the rest carried over, and `unpack_from` with
 * slices. Prints the nanoseconds of CPU time a frame costs, the median of 5.
 */
const pythonDecoder = `
import struct, sys, time
kind, size, total, chunk_size = sys.argv[1], *map(int, sys.argv[2:])
payload = b'a' * size
frame = payload + b'\\n' if kind == 'line' else struct.pack('>I', size) + payload
count = max(4, total // len(frame))
stream = frame * count
chunks = [stream[start:start + chunk_size] for start in range(0, len(stream), chunk_size)]
unpack = struct.Struct('>I').unpack_from

def cut_lines():
    frames, held = 0, []
    for chunk in chunks:
        lines = chunk.split(b'\\n')
        if len(lines) > 1:
            held.append(lines[0])
            lines[0] = b''.join(held)
            held = [lines.pop()]
            frames += len(lines)
        else:
            held.append(chunk)
    return frames

def cut_lengths():
    frames, pending = 0, bytearray()
    for chunk in chunks:
        pending += chunk
        start, end = 0, len(pending)
        while end - start >= 4:
            stop = start + 4 + unpack(pending, start)[0]
            if stop > end:
                break
            payload = bytes(pending[start + 4:stop])
            frames += 1
            start = stop
        del pending[:start]
    return frames

cut = cut_lines if kind == 'line' else cut_lengths
results = []
for _ in range(6):
    frames, before = 0, time.process_time_ns()
    while time.process_time_ns() - before < 100_000_000:
        frames += cut()
    results.append((time.process_time_ns() - before) / frames)
print(sorted(results[1:])[2])
`;

function measurePython(name: string, size: number): number {
  const { stdout, error } = spawnSync(
    'python3',
    ['-c', pythonDecoder, name, `${size}`, `${streamBytes}`, `${chunkBytes}`],
    { encoding: 'utf8' },
  );
  return error === undefined ? Number.parseFloat(stdout) : Number.NaN;
}

function prepareChunks(framing: Framing, size: number): Buffer[] {
  const frame = framing.encode(Buffer.alloc(size, 'a'));
  const count = Math.max(4, Math.floor(streamBytes / frame.length));
  const stream = Buffer.concat(Array.from({ length: count }, () => frame));
  const chunks: Buffer[] = [];
  for (let start = 0; start < stream.length; start += chunkBytes) {
    chunks.push(stream.subarray(start, start + chunkBytes));
  }
  return chunks;
}

function measureRow(framing: Framing, size: number, createNaive: typeof createNaiveLineDecoder) {
  const chunks = prepareChunks(framing, size);
  let frames = 0;
  let bytes = 0;
  const sink: FrameSink = (frame) => {
    frames += 1;
    bytes += frame.length;
  };
  const count = (work: () => void) => () => {
    frames = 0;
    bytes = 0;
    work();
    if (bytes !== frames * size) throw new Error(`${bytes} bytes in ${frames} frames of ${size}`);
    return frames;
  };
  const ours = measureCpu(
    count(() => {
      const decoder = framing.decoder(sink);
      for (const chunk of chunks) decoder.push(chunk);
      decoder.end();
    }),
  );
  const naive = measureCpu(
    count(() => {
      const push = createNaive(sink);
      for (const chunk of chunks) push(chunk);
    }),
  );
  const python = measurePython(framing.name, size);
  return [
    `${framing.name}, ${size} B`,
    ours.toFixed(1),
    (1e3 / ours).toFixed(3),
    (size / ours).toFixed(2),
    naive.toFixed(1),
    python.toFixed(1),
    (naive / ours).toFixed(2),
    (python / ours).toFixed(2),
  ];
}

/** Prints one table for the line decoder and one for the length decoder. */
export async function run(): Promise<void> {
  const headings = [
    'CPU time',
    'ns/frame',
    'M frames/s',
    'GB/s',
    'naive ns',
    'Python ns',
    'naive/ours',
    'Python/ours',
  ];
  for (const [framing, createNaive] of [
    [line(), createNaiveLineDecoder],
    [length(), createNaiveLengthDecoder],
  ] as const) {
    printTable(`${framing.name} decoder, chunks of ${chunkBytes} bytes`, [
      headings,
      ...payloadSizes.map((size) => measureRow(framing, size, createNaive)),
    ]);
  }
}
