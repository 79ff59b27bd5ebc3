import { makeDemo } from '../applications/gradebook/demo.ts';
import { addSubcommand, withBook } from './gradebook-command.ts';
import type { GradebookHost } from './gradebook-command.ts';

/** Adds `guichet gradebook demo`. */
export function addDemo(host: GradebookHost): void {
  const { words } = host;
  addSubcommand(host, 'demo').action(() =>
    withBook(host, async (book) => {
      const made = await makeDemo(book);
      return { value: made, text: words.demo(made.promotions, made.students, made.marks) };
    }),
  );
}
