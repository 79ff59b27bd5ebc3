/**
 * Keys are written and recognised four bytes at a time, which halves what they cost: the whole words of
 * a key's encoding, the least significant byte first. What is left of it, up to 3 bytes, goes singly.
 */
export function readWords(bytes: Uint8Array): Int32Array {
  const view = viewBytes(bytes);
  return Int32Array.from({ length: bytes.length >> 2 }, (_, index) =>
    view.getInt32(4 * index, true),
  );
}

/** A view of the same bytes. */
export function viewBytes(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
