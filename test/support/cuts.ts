/** Ways to cut a stream into chunks, for tests that a decoder gives the same whatever the cuts. */

/** The bytes in chunks of `size`, the last one shorter. */
export function cutEvery(bytes: Uint8Array, size: number): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let start = 0; start < bytes.length; start += size) {
    chunks.push(bytes.subarray(start, start + size));
  }
  return chunks;
}

/** The bytes in chunks of the given sizes, taken in turn and over again; a size of 0 is an empty chunk. */
export function cutAt(bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  if (!sizes.some((size) => size > 0)) return [bytes];
  const chunks: Uint8Array[] = [];
  let start = 0;
  for (let turn = 0; start < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 0;
    chunks.push(bytes.subarray(start, start + size));
    start += size;
  }
  return chunks;
}

/** Whole, one byte at a time, two at a time, and by the given sizes. */
export function cutEveryWay(
  bytes: Uint8Array,
  sizes: readonly number[] = [1, 0, 3],
): Uint8Array[][] {
  return [[bytes], cutEvery(bytes, 1), cutEvery(bytes, 2), cutAt(bytes, sizes)];
}
