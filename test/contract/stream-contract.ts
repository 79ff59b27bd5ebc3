import { suite } from 'node:test';
import { testEnds } from './stream-ends.ts';
import { testFace } from './stream-face.ts';
import { testFailures } from './stream-failures.ts';
import { testFlow } from './stream-flow.ts';
import { testLife } from './stream-life.ts';
import { testListener } from './stream-listener.ts';
import { testTap } from './stream-tap.ts';
import { testTime } from './stream-time.ts';
import type { StreamTransport } from './stream-transport.ts';

/** Holds a transport of streams to the whole contract of `src/transport/contract.ts`. */
export function testStreamContract(transport: StreamTransport): void {
  suite(`streams over ${transport.name}`, { timeout: 60_000 }, () => {
    suite('life', () => testLife(transport));
    suite('flow', () => testFlow(transport));
    suite('ends', () => testEnds(transport));
    suite('failures', () => testFailures(transport));
    // Mostly waiting: all of it at once.
    suite('time', { concurrency: true }, () => testTime(transport));
    suite('listener', () => testListener(transport));
    suite('promises', () => testFace(transport));
    suite('tap', () => testTap(transport));
  });
}
