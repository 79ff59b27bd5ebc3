/** Bytes read from a source at a time: fewer cost more calls, more would cost a slow client's memory. */
const pieceBytes = 131_072;

/** Pieces kept for the next one to use: memory that is not given back costs no page faults. */
const maxSpare = 32;

const spare: Buffer[] = [];

/** A piece of memory to read into; what is in it is left over from others. */
export function takePiece(): Buffer {
  return spare.pop() ?? Buffer.allocUnsafeSlow(pieceBytes);
}

/** Gives a piece back, which nobody must use any more. */
export function givePiece(piece: Buffer): void {
  if (spare.length < maxSpare) spare.push(piece);
}
