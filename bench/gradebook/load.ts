import { parseArgs } from 'node:util';
import { gradebook } from '../../src/applications/gradebook/index.ts';
import { connect } from '../../src/service/index.ts';
import type { Client } from '../../src/service/index.ts';
import { findQuantile } from '../measure.ts';

/*
 * Clients of the gradebook, in a process of their own: see its options. Each client adds a mark, waits for
 * the answer, and adds the next. It prints which promotions others may read meanwhile, one that it leaves
 * alone and one that it gives marks, then what it measured.
 */

type Book = Client<typeof gradebook>;

const { values } = parseArgs({
  options: {
    port: { type: 'string' },
    clients: { type: 'string', default: '64' },
    seconds: { type: 'string', default: '4' },
    /** Marks of each student of the promotion that is read. */
    marks: { type: 'string', default: '0' },
    /** Promotions of 200 whose students are given marks. */
    promotions: { type: 'string', default: '1' },
    keys: { type: 'boolean', default: false },
  },
});
const { port } = values;
const students = 200;
const [clients, seconds, marks, promotions] = [
  values.clients,
  values.seconds,
  values.marks,
  values.promotions,
].map(Number);

function open(): Promise<Book> {
  return connect(`json+tcp://127.0.0.1:${port}`, gradebook, { maxFrameBytes: 16_777_216 });
}

const first = await open();
const { promotion } = await first.createPromotion({ name: 'read' });
const added = await first.addStudents({
  promotion,
  students: Array.from({ length: students }, (_, index) => ({
    familyName: `Student ${index}`,
    number: String(index),
  })),
});
for (let round = 0; round < (marks ?? 0); round++) {
  await first.addMarks({
    marks: added.students.map(({ student }) => ({ student, value: '12.5', label: 'Mark' })),
  });
}
const others: string[] = [];
let written = '';
for (let index = 0; index < (promotions ?? 1); index++) {
  const other = await first.createPromotion({ name: `write ${index}` });
  const made = await first.addStudents({
    promotion: other.promotion,
    students: Array.from({ length: 200 }, (_, number) => ({ familyName: `Student ${number}` })),
  });
  written = other.promotion;
  others.push(...made.students.map(({ student }) => student));
}

process.stdout.write(`${JSON.stringify({ alone: promotion, written, students })}\n`);
const books = await Promise.all(Array.from({ length: clients ?? 0 }, open));
const start = performance.now();
const end = start + (seconds ?? 0) * 1_000;
const warm = start + 500;
let count = 0;
const waits: number[] = [];

async function write(book: Book, index: number): Promise<void> {
  // Each goes down the list of students, as a teacher does, from a place of their own.
  for (let turn = Math.floor((index * others.length) / books.length); ; turn++) {
    if (performance.now() >= end) break;
    const sent = performance.now();
    await book.addMark(
      { student: others[turn % others.length] ?? '', value: '14.5', coefficient: '2' },
      values.keys ? { idempotencyKey: crypto.randomUUID() } : {},
    );
    if (sent < warm) continue;
    count++;
    waits.push(performance.now() - sent);
  }
}

await Promise.all(books.map(write));
process.stdout.write(
  `${JSON.stringify({
    rate: count / ((end - warm) / 1_000),
    p50: findQuantile(waits, 0.5),
    p99: findQuantile(waits, 0.99),
  })}\n`,
);
process.exit(0);
