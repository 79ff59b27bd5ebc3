import { defaultMaxFrameBytes } from '../framing/index.ts';
import { defaultMaxJsonDepth } from '../presentation/index.ts';
import { weighPlainJson } from '../presentation/json-plain.ts';

/** About how many bytes a value takes; for what is no plain data, the most that one message may. */
export function weigh(value: unknown): number {
  const left = weighPlainJson(value, defaultMaxFrameBytes, defaultMaxJsonDepth);
  return left < 0 ? defaultMaxFrameBytes : defaultMaxFrameBytes - left;
}
