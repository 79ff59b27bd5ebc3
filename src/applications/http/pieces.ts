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

/** Pieces read at a time: more would only make everybody else wait longer for their turn. */
const maxReading = 8;

let reading = 0;

const waiting: (() => void)[] = [];

/**
 * Reads a piece when it is its turn, first come, first served. Between two turns of the event loop only
 * so many pieces are there to be sent, whatever the number of downloads, so that small requests and new
 * connections are not kept waiting by hundreds of large ones.
 */
export async function inTurn<Result>(read: () => Promise<Result>): Promise<Result> {
  if (reading >= maxReading) await new Promise<void>((resolve) => waiting.push(resolve));
  else reading++;
  try {
    return await read();
  } finally {
    const next = waiting.shift();
    if (next === undefined) reading--;
    else next();
  }
}
