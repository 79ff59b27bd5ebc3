import { serveTasks } from '../../src/service/index.ts';

/** What the tests have a thread do. */
export type PoolTask =
  | { readonly kind: 'double'; readonly number: number }
  | { readonly kind: 'work'; readonly milliseconds: number }
  | { readonly kind: 'spin' | 'eat' | 'exit' | 'fail' };

serveTasks<PoolTask, number>(
  (task) => {
    switch (task.kind) {
      case 'double':
        return task.number * 2;
      case 'work':
        for (const end = performance.now() + task.milliseconds; performance.now() < end;);
        return task.milliseconds;
      case 'spin':
        for (;;);
      case 'eat': {
        const eaten: string[] = [];
        for (;;) eaten.push(`${eaten.length}`.repeat(1000));
      }
      case 'exit':
        return process.exit(3);
      case 'fail':
        throw Object.assign(new Error('no'), { why: 'because' });
    }
  },
  (thrown) => (thrown instanceof Error && 'why' in thrown ? thrown.why : undefined),
);
