import { randomFillSync } from 'node:crypto';

/** Crockford's base 32: no letter that reads as another or as a digit. */
const digits = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

const pool = Buffer.alloc(4096);
let used = pool.length;
let lastTime = 0;
let timeText = '';

function formatTime(time: number): string {
  let text = '';
  for (let rest = time, index = 0; index < 10; index++) {
    text = `${digits[rest % 32]}${text}`;
    rest = Math.floor(rest / 32);
  }
  return text;
}

/**
 * A new identifier: 26 characters, of which the first ten say the millisecond and the rest are 80 random
 * bits. Those made later sort later (to the millisecond), which keeps the indexes of a database compact.
 */
export function newIdentifier(time: number = Date.now()): string {
  if (time !== lastTime) {
    lastTime = time;
    timeText = formatTime(time);
  }
  if (used + 16 > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  let text = timeText;
  for (let index = 0; index < 16; index++) text += digits[(pool[used++] ?? 0) & 31];
  return text;
}
