import type { Random } from './random.ts';
import type { FuzzTarget } from './target.ts';

/** The longest input made. */
export const maxInputBytes = 4096;

/** Numbers at which parsers go wrong: the ends of each width, and their neighbours. */
const interestingNumbers = [
  0,
  1,
  2,
  3,
  4,
  10,
  13,
  16,
  23,
  24,
  27,
  31,
  32,
  63,
  64,
  127,
  128,
  254,
  255,
  256,
  257,
  1000,
  4095,
  4096,
  32_767,
  32_768,
  65_535,
  65_536,
  1_048_576,
  1_048_577,
  2 ** 24 - 1,
  2 ** 24,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32 - 1,
  2 ** 32,
  2 ** 53 - 1,
  2 ** 53,
  2 ** 63,
  2 ** 64 - 1,
] as const;

const widths = [1, 1, 2, 4, 4, 8] as const;

/** The bytes of an input that is being made, with room to grow. */
class Draft {
  readonly bytes = new Uint8Array(maxInputBytes);
  length = 0;

  load(source: Uint8Array): void {
    this.length = Math.min(source.length, maxInputBytes);
    this.bytes.set(source.subarray(0, this.length));
  }

  insert(position: number, piece: Uint8Array): void {
    const fitting = piece.slice(0, maxInputBytes - this.length);
    this.bytes.copyWithin(position + fitting.length, position, this.length);
    this.bytes.set(fitting, position);
    this.length += fitting.length;
  }

  overwrite(position: number, piece: Uint8Array): void {
    this.bytes.set(piece.subarray(0, this.length - position), position);
  }

  remove(start: number, end: number): void {
    this.bytes.copyWithin(start, end, this.length);
    this.length -= end - start;
  }
}

type Mutation = (draft: Draft, random: Random, target: FuzzTarget) => void;

/** Reused: what is written in it is copied at once. */
const numberBytes = new DataView(new ArrayBuffer(8));

function writeNumber(value: number, width: number, isLittleEndian: boolean): Uint8Array {
  const whole = BigInt.asUintN(64, BigInt(Math.trunc(value)));
  numberBytes.setBigUint64(0, whole, isLittleEndian);
  const start = isLittleEndian ? 0 : 8 - width;
  return new Uint8Array(numberBytes.buffer, start, width);
}

function readNumber(bytes: Uint8Array, start: number, width: number, isLittle: boolean): number {
  let value = 0;
  for (let index = 0; index < width; index += 1) {
    value = value * 256 + (bytes[isLittle ? start + width - 1 - index : start + index] ?? 0);
  }
  return value;
}

function pickRange(draft: Draft, random: Random): [start: number, end: number] {
  const start = random.below(draft.length);
  const longest = random.oneIn(4) ? draft.length - start : Math.min(16, draft.length - start);
  return [start, Math.min(draft.length, start + 1 + random.below(longest))];
}

const mutations: readonly Mutation[] = [
  function flipBit(draft, random) {
    const position = random.below(draft.length);
    draft.bytes[position] = (draft.bytes[position] ?? 0) ^ (1 << random.below(8));
  },
  function setByte(draft, random) {
    draft.bytes[random.below(draft.length)] = random.below(256);
  },
  function addToByte(draft, random) {
    const position = random.below(draft.length);
    draft.bytes[position] = (draft.bytes[position] ?? 0) + random.below(9) - 4;
  },
  function placeInterestingNumber(draft, random) {
    const number = writeNumber(
      random.pick(interestingNumbers),
      random.pick(widths),
      random.oneIn(2),
    );
    const position = random.below(draft.length + 1);
    if (random.oneIn(2)) draft.insert(position, number);
    else draft.overwrite(position, number);
  },
  /** A number that could count the bytes after it becomes their count, or misses it by a little. */
  function editLength(draft, random) {
    const width = random.pick(widths);
    const isLittle = random.oneIn(4);
    let position = random.below(draft.length);
    for (let tries = 0; tries < 8; tries += 1) {
      const value = readNumber(draft.bytes, position, width, isLittle);
      if (value > 0 && value <= draft.length - position) break;
      position = random.below(draft.length);
    }
    const value = readNumber(draft.bytes, position, width, isLittle);
    const rest = Math.max(0, draft.length - position - width);
    const edited = random.pick([rest, rest + 1, rest - 1, value + 1, value - 1, value * 2, -value]);
    draft.overwrite(position, writeNumber(edited, width, isLittle));
  },
  function insertRandomBytes(draft, random) {
    const piece = Uint8Array.from({ length: 1 + random.below(8) }, () => random.below(256));
    draft.insert(random.below(draft.length + 1), piece);
  },
  function insertToken(draft, random, target) {
    if (target.tokens === undefined) return;
    draft.insert(random.below(draft.length + 1), random.pick(target.tokens));
  },
  function removeRange(draft, random) {
    draft.remove(...pickRange(draft, random));
  },
  function truncate(draft, random) {
    const length = random.below(draft.length);
    if (random.oneIn(4)) draft.remove(0, draft.length - length);
    else draft.length = length;
  },
  function duplicateRange(draft, random) {
    const [start, end] = pickRange(draft, random);
    const piece = draft.bytes.slice(start, end);
    for (let times = random.oneIn(4) ? random.below(64) : 0; times >= 0; times -= 1) {
      draft.insert(end, piece);
    }
  },
  function moveRange(draft, random) {
    const piece = draft.bytes.slice(...pickRange(draft, random));
    draft.overwrite(random.below(draft.length), piece);
  },
  function splice(draft, random, target) {
    const other = random.pick(target.seeds);
    const start = random.below(other.length);
    const piece = other.subarray(start, start + 1 + random.below(other.length - start));
    const position = random.below(draft.length + 1);
    if (random.oneIn(2)) draft.length = position;
    draft.insert(position, piece);
  },
];

const draft = new Draft();

/**
 * Input number `iteration`: the seeds themselves come first, then seeds changed in one to sixteen
 * places, now and then bytes of no pattern at all.
 */
export function createInput(target: FuzzTarget, random: Random, iteration: number): Uint8Array {
  const seed = target.seeds[iteration];
  draft.load(seed ?? random.pick(target.seeds));
  if (seed === undefined) {
    if (random.oneIn(50)) {
      draft.load(Uint8Array.from({ length: random.below(64) }, () => random.below(256)));
    }
    for (
      let changes = random.oneIn(4) ? random.below(16) : random.below(3);
      changes >= 0;
      changes--
    ) {
      if (draft.length === 0) draft.load(random.pick(target.seeds));
      random.pick(mutations)(draft, random, target);
    }
  }
  // At an odd place in a larger buffer, to find out code that forgets where its view begins and ends.
  const memory = new Uint8Array(draft.length + 10).fill(0xaa);
  memory.set(draft.bytes.subarray(0, draft.length), 3);
  return memory.subarray(3, 3 + draft.length);
}
