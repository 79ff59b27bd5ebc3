import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, globSync, mkdirSync, rmSync } from 'node:fs';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const root = join(import.meta.dirname, '..');

/** What goes into the package as it is. */
const copied = ['README.md', 'LICENSE', 'CHANGELOG.md', 'exercises'];

/** The fields of our package.json that the published one repeats. */
const repeatedFields = ['name', 'version', 'description', 'keywords', 'license', 'type'];

interface PackageJson {
  readonly exports: Readonly<Record<string, string>>;
  /** What a bundler for browsers takes in the place of which module. */
  readonly browser: Readonly<Record<string, string>>;
  readonly bin: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly engines: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

/** `./src/framing/index.ts` → `./framing/index` */
function stripSource(path: string): string {
  return path.replace('./src/', './').replace(/\.ts$/, '');
}

/** The module of src/cli that a command runs: `main` for the one named as the package. */
function findEntry(command: string): string {
  return command === 'guichet' ? 'main' : command;
}

function compile(folder: string): void {
  const tsc = join(root, 'node_modules', '.bin', 'tsc');
  const { status, stdout, error } = spawnSync(
    process.execPath,
    [tsc, '-p', join(root, 'tsconfig.build.json'), '--outDir', folder, '--pretty', 'false'],
    { cwd: root, encoding: 'utf8', timeout: 120_000 },
  );
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`tsc could not build the package:\n${stdout}`);
}

/**
 * Names the JavaScript where a compiled file still names the TypeScript: tsc does so in the imports of
 * the code, but neither in those of the declarations nor in the URLs of workers.
 */
export function renameSources(text: string): string {
  return text
    .replaceAll(/(\b(?:from |import |import\())(['"])(\.[^'"\n]*)\.ts\2/g, '$1$2$3.js$2')
    .replaceAll(/(\bnew URL\()(['"])([^'"\n]*)\.ts\2(?=, import\.meta\.url\))/g, '$1$2$3.js$2')
    .replaceAll(/(\bimport\.meta\.resolve\()(['"])(\.[^'"\n]*)\.ts\2/g, '$1$2$3.js$2');
}

function renameSourcesIn(folder: string): void {
  for (const file of globSync('**/*.{js,d.ts}', { cwd: folder })) {
    const path = join(folder, file);
    const text = readFileSync(path, 'utf8');
    const renamed = renameSources(text);
    if (renamed !== text) writeFileSync(path, renamed);
  }
}

function describePackage(ours: PackageJson, commands: readonly string[]): object {
  const exports = Object.entries(ours.exports).map(([subpath, target]) => {
    if (!target.startsWith('./src/')) return [subpath, target];
    const module = stripSource(target);
    return [subpath, { types: `${module}.d.ts`, default: `${module}.js` }];
  });
  const browser = Object.entries(ours.browser).map(([module, replacement]) => [
    module.startsWith('./src/') ? `${stripSource(module)}.js` : module,
    `${stripSource(replacement)}.js`,
  ]);
  return {
    ...Object.fromEntries(repeatedFields.map((field) => [field, ours[field]])),
    bin: Object.fromEntries(commands.map((command) => [command, `bin/${command}.js`])),
    exports: Object.fromEntries(exports),
    browser: Object.fromEntries(browser),
    // The compile cache of a package that was run before it was packed stays behind.
    files: ['**', '!.cache'],
    sideEffects: ['./bin/*.js', './cli/*.js'],
    engines: ours.engines,
    dependencies: ours.dependencies,
  };
}

/** A command of the published package, whose Node is whichever the user has. */
function writeCommand(command: string, engine: string): string {
  const [major, minor] = engine.replace('>=', '').split('.');
  return `#!/usr/bin/env node
import module from 'node:module';
import { fileURLToPath } from 'node:url';

// Only what every Node understands may stand here: an old one must get as far as the message.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < ${major} || (major === ${major} && minor < ${minor})) {
  console.error(
    '${command}: this is Node ' + process.versions.node + ': install ${major}.${minor} or later from https://nodejs.org',
  );
  process.exitCode = 2;
} else {
  // Not in the default place, which on a shared machine another user could have filled.
  module.enableCompileCache(fileURLToPath(new URL('../.cache', import.meta.url)));
  await import('../cli/${findEntry(command)}.js');
}
`;
}

/** Writes the publishable package, whole, into `folder`, in the place of what was there. */
export function buildPackage(folder: string): void {
  const ours = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as PackageJson;
  rmSync(folder, { recursive: true, force: true });
  compile(folder);
  renameSourcesIn(folder);
  const commands = Object.keys(ours.bin);
  for (const command of commands) {
    const path = join(folder, 'bin', `${command}.js`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, writeCommand(command, ours.engines['node'] ?? ''));
    chmodSync(path, 0o755);
  }
  const description = describePackage(ours, commands);
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(description, null, 2)}\n`);
  for (const name of copied) {
    const path = join(root, name);
    if (existsSync(path)) cpSync(path, join(folder, name), { recursive: true });
  }
}

if (import.meta.main) {
  const folder = join(root, 'dist');
  buildPackage(folder);
  console.log(`built ${folder}`);
}
