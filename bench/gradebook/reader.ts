import { once } from 'node:events';
import { connect } from 'node:net';
import { parseArgs } from 'node:util';

/*
 * Reads a promotion over and over, as a program that is not ours does: a socket, and JSON. In a process of
 * its own, so that what others make of their answers is not in what it measures. At the end of
 * its stdin it prints the milliseconds of each reading: until the last byte of the answer has come.
 */

const { values } = parseArgs({
  options: {
    port: { type: 'string' },
    promotion: { type: 'string' },
    students: { type: 'string' },
  },
});
const students = Number(values.students);
/** Milliseconds between two readings. */
const interval = 20;

const socket = connect(Number(values.port), '127.0.0.1').setNoDelay(true).setEncoding('utf8');
await once(socket, 'connect');
const over = new AbortController();
process.stdin.resume();
process.stdin.once('end', () => over.abort());

interface Answer {
  readonly result: { readonly students: readonly unknown[] };
}

const params = { promotion: values.promotion, limit: students };
/** Milliseconds of reading that are not counted. */
const warm = performance.now() + 700;
const times: number[] = [];
for (let id = 1; !over.signal.aborted; id++) {
  const sent = performance.now();
  socket.write(
    `${JSON.stringify({ jsonrpc: '2.0', id, method: 'gradebook.listStudents', params })}\n`,
  );
  let line = '';
  while (!line.endsWith('\n')) {
    const [text] = (await once(socket, 'data')) as [string];
    line += text;
  }
  const taken = performance.now() - sent;
  const { result } = JSON.parse(line) as Answer;
  if (result.students.length !== students)
    throw new Error(`${result.students.length} students were read`);
  if (sent > warm) times.push(taken);
  await new Promise((resolve) => {
    setTimeout(resolve, interval);
  });
}
process.stdout.write(`${JSON.stringify(times)}\n`);
process.exit(0);
