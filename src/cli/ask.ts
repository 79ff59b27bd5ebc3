import { createInterface } from 'node:readline/promises';

const enter = new Set(['\r', '\n']);
const endOfTransmission = '\u0004';
const interrupt = '\u0003';
const killLine = '\u0015';
const erase = new Set(['\u007f', '\b']);

/** The longest answer that is taken, in characters. */
const maxAnswer = 1_024;

/** Asks on the terminal, on stderr; what is typed is seen. Nothing when the person leaves. */
export async function ask(question: string): Promise<string | undefined> {
  // The terminal itself edits the line, and shows it.
  const lines = createInterface({ input: process.stdin, output: process.stderr, terminal: false });
  const left = new Promise<undefined>((resolve) => {
    lines.on('close', () => resolve(undefined));
  });
  try {
    return await Promise.race([lines.question(question), left]);
  } finally {
    lines.close();
  }
}

/**
 * Asks on the terminal without showing what is typed. The terminal is put back as it was on every way
 * out. Nothing when the person leaves.
 */
export async function askSecretly(question: string): Promise<string | undefined> {
  const { stdin } = process;
  // Before the question is asked: whoever answers at once is not shown either.
  stdin.setRawMode(true);
  process.stderr.write(question);
  stdin.setEncoding('utf8').resume();
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  let typed = '';
  const read = (text: string): void => {
    for (const character of text) {
      if (enter.has(character)) return resolve(typed);
      if (character === interrupt || (character === endOfTransmission && typed === '')) {
        return resolve(undefined);
      }
      if (erase.has(character)) typed = Array.from(typed).slice(0, -1).join('');
      else if (character === killLine) typed = '';
      else if (character >= ' ' && typed.length < maxAnswer) typed += character;
    }
  };
  const end = (): void => resolve(undefined);
  stdin.on('data', read).once('end', end);
  try {
    return await promise;
  } finally {
    stdin.off('data', read).off('end', end).pause();
    stdin.setRawMode(false);
    process.stderr.write('\n');
  }
}
