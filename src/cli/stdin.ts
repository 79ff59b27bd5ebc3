import type { CommandTexts } from '../language/commands.ts';
import { UsageError } from './terminal.ts';

/** Bytes of stdin that are taken as one message at most. */
export const maxInputBytes = 67_108_864;

/**
 * All of stdin, up to its end.
 * @throws {UsageError} when there is more than a message may have.
 */
export async function readStdin(texts: CommandTexts): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of process.stdin) {
    const bytes = chunk as Buffer;
    length += bytes.length;
    if (length > maxInputBytes) throw new UsageError(texts.mistakes.inputTooLong(maxInputBytes));
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}
