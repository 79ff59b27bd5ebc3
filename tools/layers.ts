import { join, relative, resolve, sep } from 'node:path';
import { API } from 'typescript/unstable/sync';

const root = join(import.meta.dirname, '..');

/** What everybody may import; the last two import nothing of ours but the errors. */
const foundations = ['errors', 'observe', 'language'];

/** Each builds on the ones before it, and imports only from those. */
const stack = ['transport', 'framing', 'presentation', 'session', 'service'];

/** For every folder of src/ (or file directly in it): what it may import besides itself. */
const allowedImports: ReadonlyMap<string, readonly string[]> = new Map([
  ['errors', []],
  ['observe', ['errors']],
  ['language', ['errors']],
  ...stack.map((name, index) => [name, [...stack.slice(0, index), ...foundations]] as const),
  ['store', foundations],
  ...['applications', 'repl', 'check'].map(
    (name) => [name, [...stack, 'store', ...foundations]] as const,
  ),
  ['browser', [...stack, ...foundations]],
  ['index', [...stack, 'store', 'applications', 'repl', 'check', ...foundations]],
  ['cli', [...stack, 'store', 'applications', 'repl', 'check', 'index', ...foundations]],
]);

interface Import {
  readonly file: string;
  readonly line: number;
  readonly specifier: string;
}

/** All imports of the sources under `folder`: static, dynamic, re-exports and types, as tsc sees them. */
function* readImports(folder: string): Generator<Import> {
  using api = new DisposableApi(folder);
  const snapshot = api.updateSnapshot({ openProjects: [join(folder, 'tsconfig.json')] });
  const sources = join(folder, 'src') + sep;
  for (const { program } of snapshot.getProjects()) {
    for (const file of program.getSourceFileNames()) {
      const source = file.startsWith(sources) ? program.getSourceFile(file) : undefined;
      for (const node of source?.imports ?? []) {
        const before = source?.text.slice(0, node.getStart(source)) ?? '';
        const specifier = source?.text.slice(node.getStart(source) + 1, node.end - 1) ?? '';
        yield { file, line: before.split('\n').length, specifier };
      }
    }
  }
}

class DisposableApi extends API {
  constructor(folder: string) {
    super({ cwd: folder });
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** The folder of src/ that a path belongs to, or the name of a file directly in src/. */
function nameLayer(sources: string, path: string): string {
  const [first = ''] = relative(sources, path).split(sep);
  return first.replace(/\.ts$/, '');
}

/** The layer an import leads to; nothing for a package or a module of Node. */
function findTarget(sources: string, file: string, specifier: string): string | undefined {
  if (specifier === 'guichet') return 'index';
  if (specifier.startsWith('guichet/')) return specifier.split('/')[1];
  if (!specifier.startsWith('.')) return undefined;
  return nameLayer(sources, resolve(file, '..', specifier));
}

function judge(layer: string, target: string): string | undefined {
  const allowed = allowedImports.get(layer);
  if (allowed === undefined) return `add src/${layer} to tools/layers.ts, which does not know it`;
  if (target === layer || allowed.includes(target)) return undefined;
  if (target === 'cli') return 'nothing imports cli: move what is shared below it';
  if (allowed.length === 0) return `${layer} may import nothing of ours`;
  return `${layer} may import only ${allowed.join(', ')}`;
}

/**
 * Checks that the sources under `folder`/src import only downwards; tests may import anything.
 * @returns one line a violation: where it is, what it imports and why it must not.
 */
export function findLayerViolations(folder: string = root): readonly string[] {
  const sources = join(folder, 'src');
  const violations: string[] = [];
  for (const { file, line, specifier } of readImports(folder)) {
    if (file.endsWith('.test.ts')) continue;
    const target = findTarget(sources, file, specifier);
    const reason = target === undefined ? undefined : judge(nameLayer(sources, file), target);
    if (reason !== undefined) {
      violations.push(`${relative(folder, file)}:${line} imports ${specifier}: ${reason}`);
    }
  }
  return violations;
}

if (import.meta.main) {
  const violations = findLayerViolations();
  for (const violation of violations) console.error(violation);
  process.exitCode = violations.length === 0 ? 0 : 1;
}
