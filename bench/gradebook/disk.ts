import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/*
 * What the disk gives whoever does not gather: commits a second, one by one, with full sync.
 * `disk.ts FOLDER row` commits one row each time; `disk.ts FOLDER mark` what a mark is made of: itself, the
 * sums of its student, the promotion's revision, and its entry in the history.
 */

const [folder = '.', what = 'row'] = process.argv.slice(2);
const seconds = 1.5;
const students = 2_000;

const database = new DatabaseSync(join(folder, `disk-${what}-${performance.now()}.sqlite`));
database.exec(`
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  CREATE TABLE promotions (id text PRIMARY KEY, revision integer);
  CREATE TABLE students (id text PRIMARY KEY, name text, weighted text, coefficients text);
  CREATE TABLE marks (id text PRIMARY KEY, student text, value text, coefficient text);
  CREATE INDEX marksByStudent ON marks (student);
  CREATE TABLE changes (promotion text, revision integer, items text, PRIMARY KEY (promotion, revision));
  INSERT INTO promotions VALUES ('promotion', 0);
  BEGIN;
`);
const insertStudent = database.prepare("INSERT INTO students VALUES (?, ?, '0', '0')");
for (let count = 0; count < students; count++)
  insertStudent.run(`student ${count}`, `Name ${count}`);
database.exec('COMMIT');
const insertMark = database.prepare("INSERT INTO marks VALUES (?, ?, '12.5', '2')");
const takeRevision = database.prepare('UPDATE promotions SET revision = revision + 1');
const updateSums = database.prepare(
  'UPDATE students SET weighted = ?, coefficients = ? WHERE id = ?',
);
const insertChange = database.prepare("INSERT INTO changes VALUES ('promotion', ?, ?)");

function addMark(count: number): void {
  const mark = `mark ${count}`;
  const student = `student ${(count * 31) % students}`;
  database.exec('BEGIN IMMEDIATE');
  takeRevision.run();
  insertMark.run(mark, student);
  updateSums.run(String(count * 12.5), String(count), student);
  const image = { mark, student, value: '12.5', scale: '20', coefficient: '2', version: 1 };
  insertChange.run(count, JSON.stringify([{ kind: 'mark', id: mark, before: null, after: image }]));
  database.exec('COMMIT');
}

const end = performance.now() + seconds * 1_000;
let count = 0;
for (; performance.now() < end; count++) {
  if (what === 'mark') addMark(count);
  else insertMark.run(`mark ${count}`, 'student');
}
database.close();
process.stdout.write(String(count / seconds));
