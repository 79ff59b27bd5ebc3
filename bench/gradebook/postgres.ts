import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/*
 * What PostgreSQL gives its own load generator, on the same disk and the same cores, with its commits as
 * durable as ours: a row, and in one statement all that a mark is made of. Nobody is asked who they are, nothing
 * is checked, no answer is written: what is left is the database.
 */

/** PostgreSQL refuses to run as root: it then runs as nobody. */
const user = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

const tables = `
CREATE TABLE promotions (id text PRIMARY KEY, revision bigint);
CREATE TABLE students (id text PRIMARY KEY, promotion text, name text, weighted text, coefficients text);
CREATE TABLE marks (id text PRIMARY KEY, student text NOT NULL REFERENCES students, value text,
  scale text, coefficient text, change text);
CREATE INDEX marks_by_student ON marks (student);
CREATE TABLE changes (promotion text, revision bigint, items text, PRIMARY KEY (promotion, revision));
CREATE TABLE entries (id text PRIMARY KEY, student text);
INSERT INTO promotions SELECT 'promotion ' || number, 0 FROM generate_series(0, 63) number;
INSERT INTO students SELECT 'student ' || number, 'promotion ' || number / 200, 'Name ' || number, '0', '0'
  FROM generate_series(0, 12799) number;
`;

const scripts = {
  row: "INSERT INTO entries VALUES (gen_random_uuid()::text, 'student');\n",
  // Each client gives marks in a promotion of its own: none waits for another's row.
  mark: `\\set number :client_id * 200 + random(0, 199)
WITH taken AS (UPDATE promotions SET revision = revision + 1 WHERE id = 'promotion ' || :client_id
    RETURNING id, revision),
  given AS (INSERT INTO marks SELECT gen_random_uuid()::text, 'student ' || :number, '14.5', '20', '2',
    id || '.' || revision FROM taken RETURNING student),
  counted AS (UPDATE students SET weighted = (length(weighted) * 14.5)::text,
    coefficients = (length(coefficients) * 2)::text WHERE id = 'student ' || :number)
INSERT INTO changes SELECT taken.id, revision, repeat('x', 300) FROM taken, given;
`,
};

/** A PostgreSQL server of its own. */
export interface Postgres extends Disposable {
  /** Transactions a second of so many clients, each waiting for its answers. */
  measure(script: keyof typeof scripts, clients: number): number;
}

/** The folder of PostgreSQL's programs as Debian has them, pgbench among them. */
export function findPostgres(): string | undefined {
  const [program] = globSync('/usr/lib/postgresql/*/bin/pgbench').toSorted().toReversed();
  return program === undefined ? undefined : dirname(program);
}

/** Starts a server whose data are in a folder, on the core where the servers run. */
export function startPostgres(programs: string, folder: string): Postgres {
  const data = join(folder, 'postgres');
  // A socket's path must be short.
  const socket = mkdtempSync(join(tmpdir(), 'guichet-postgres-'));
  // The way to its data is anybody's.
  for (const path of [dirname(folder), folder]) chmodSync(path, 0o711);
  mkdirSync(data, { mode: 0o700 });
  if (user.uid !== undefined)
    for (const path of [data, socket]) chownSync(path, user.uid, user.gid);
  const run = (core: string, program: string, ...words: readonly string[]): string =>
    execFileSync('taskset', ['-c', core, join(programs, program), ...words], {
      ...user,
      cwd: socket,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  const common = ['-h', socket, '-U', 'guichet'];
  for (const [name, text] of Object.entries({ tables, ...scripts })) {
    writeFileSync(join(socket, name), text, { mode: 0o644 });
  }
  run('0', 'initdb', '-D', data, '-U', 'guichet', '-A', 'trust', '-E', 'UTF8', '--locale=C');
  const settings = `-c unix_socket_directories=${socket} -c listen_addresses='' -c max_connections=80`;
  run('0', 'pg_ctl', '-D', data, '-l', join(socket, 'log'), '-w', '-o', settings, 'start');
  run('1', 'psql', ...common, '-q', '-f', join(socket, 'tables'), 'postgres');
  return {
    measure(script, clients) {
      const load = ['-n', '-M', 'prepared', '-T', '2', '-c', String(clients)];
      const told = run('1', 'pgbench', ...common, ...load, '-f', join(socket, script), 'postgres');
      const [, rate] = /^tps = ([\d.]+)/m.exec(told) ?? [];
      if (rate === undefined) throw new Error(`pgbench said: ${told}`);
      return Number(rate);
    },
    [Symbol.dispose]() {
      run('0', 'pg_ctl', '-D', data, '-m', 'immediate', '-w', 'stop');
      rmSync(socket, { recursive: true, force: true });
    },
  };
}
