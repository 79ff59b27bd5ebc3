import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { buildPackage } from '../tools/build.ts';

const root = join(import.meta.dirname, '..');
const bin = join(root, 'node_modules', '.bin');
const temporary = mkdtempSync(join(tmpdir(), 'guichet-package-'));
const built = join(temporary, 'built');
const consumer = join(temporary, 'consumer');
const installed = join(consumer, 'node_modules', 'guichet');

/**
 * For every subpath of the package, what a user does with it: a TypeScript module that throws when it
 * went wrong.
 */
const uses: Readonly<Record<string, string>> = {
  '.': `
    import { GuichetError } from 'guichet';
    const error = new GuichetError('SOME_CODE', 'a message', { details: { limit: 3 } });
    const code: 'SOME_CODE' = error.code;
    if (code !== 'SOME_CODE' || error.details['limit'] !== 3) throw error;`,
  './transport': `
    import { byteStreamHandler, listen, openStream } from 'guichet/transport';
    const reverse = byteStreamHandler(async (stream) => {
      const bytes: Uint8Array = await stream.readAll();
      await stream.write(bytes.toReversed());
    });
    await using listener = await listen('tcp://127.0.0.1:0', reverse);
    await using stream = await openStream(listener.endpoint);
    await stream.write(new Uint8Array([1, 2, 3]));
    stream.end();
    if ((await stream.readAll()).join() !== '3,2,1') throw new Error('not reversed');`,
  './framing': `
    import { line } from 'guichet/framing';
    import type { FrameDecoder } from 'guichet/framing';
    let frames = 0;
    const decoder: FrameDecoder = line().decoder(() => (frames += 1));
    decoder.push(Buffer.from([65, 13, 10, 66, 10]));
    if (frames !== 2) throw new Error('not two lines');`,
  './presentation': `
    import { ipv4, parseEndpoint, struct, u16 } from 'guichet/presentation';
    const peer = struct({ address: ipv4, port: u16 });
    const port: number = peer.decode(peer.encode({ address: '127.0.0.1', port: 7000 })).port;
    if (port !== 7000) throw new Error('another port');
    if (parseEndpoint('json+tcp://127.0.0.1:7000').framing !== 'line') throw new Error('no line');`,
  './service': `
    import { connect, defineService, implement, method, serveServices } from 'guichet/service';
    import { z } from 'zod';
    const adder = defineService('adder', {
      add: method({ params: z.object({ a: z.number(), b: z.number() }), result: z.number() }),
    });
    await using server = await serveServices('json+tcp://127.0.0.1:0', [
      implement(adder, { add: ({ a, b }) => a + b }),
    ]);
    await using client = await connect(server.endpoint, adder);
    const sum: number = await client.add({ a: 1, b: 2 });
    if (sum !== 3) throw new Error('not the sum');`,
  './browser': `
    import { CallError, cbor, connect, defineService, method, parseEndpoint } from 'guichet/browser';
    import { z } from 'zod';
    const adder = defineService('adder', {
      add: method({ params: z.object({ a: z.number() }), result: z.number() }),
    });
    const { codec } = parseEndpoint('cbor+ws://127.0.0.1:1/rpc');
    if (codec !== 'cbor' || cbor().encode([1]).length !== 2) throw new Error(codec);
    const refusal: unknown = await connect('json+ws://127.0.0.1:1/rpc', adder).catch((error) => error);
    if (!(refusal instanceof Error) || refusal instanceof CallError) throw refusal;`,
  './session': `
    import { PasswordHasher, SessionError, checkNewPassword, roles } from 'guichet/session';
    import type { AccessTable, Identity, Role } from 'guichet/session';
    const hasher = new PasswordHasher();
    const kept: string = await hasher.hash('correct horse battery');
    if (!(await hasher.verify('correct horse battery', kept))) throw new Error('not the same');
    const table: AccessTable<undefined> = { 'clock.now': { teacher: 'always' } };
    const role: Role | undefined = roles[1];
    try { checkNewPassword('short', 'ada'); throw table; }
    catch (error) { if (!(error instanceof SessionError) || role !== 'teacher') throw error; }`,
  './accounts': `
    import { accounts, accountsMigrations, session } from 'guichet/accounts';
    import { openStore } from 'guichet/store';
    import type { AccountsTables } from 'guichet/accounts';
    await using store = await openStore<AccountsTables>(':memory:', accountsMigrations);
    const rows = await store.read((query) => query.selectFrom('accounts').selectAll().execute());
    if (rows.length > 0 || session.name !== 'session' || !accounts.methods.create) throw rows;`,
  './store': `
    import { StoreError, openStore, prepare } from 'guichet/store';
    import type { Given, Kysely, Migration, Store } from 'guichet/store';
    interface Tables { words: { word: string } }
    const migration: Migration = {
      name: 'words-1',
      up: (database) => database.schema
        .createTable('words').addColumn('word', 'text', (column) => column.primaryKey()).execute(),
    };
    const add = prepare((query: Kysely<Tables>, given: Given<{ word: string }>) =>
      query.insertInto('words').values({ word: given('word') }));
    await using store: Store<Tables> = await openStore<Tables>(':memory:', [migration]);
    await store.write((_, run) => run(add, { word: 'a' }));
    const words = await store.read((query) => query.selectFrom('words').select('word').execute());
    const word: string | undefined = words[0]?.word;
    if (word !== 'a') throw new StoreError('STORE_FAILED', 'not written');`,
  './applications': `
    import { echoStreams } from 'guichet/applications';
    import { listen, openStream } from 'guichet/transport';
    await using listener = await listen('tcp://127.0.0.1:0', echoStreams);
    await using stream = await openStream(listener.endpoint);
    await stream.write(new Uint8Array([0, 10, 255]));
    stream.end();
    if ((await stream.readAll()).join() !== '0,10,255') throw new Error('no echo');`,
  './http': `
    import { prepareResponse, serveHttp } from 'guichet/http';
    const hello = prepareResponse({ status: 200, content: 'bonjour' });
    await using server = await serveHttp('tcp://127.0.0.1:0', () => hello);
    const text: string = await (await fetch(server.url)).text();
    if (text !== 'bonjour') throw new Error(text);`,
  './http/site': `
    import { intercept, redirects } from 'guichet/http/site';
    const site = intercept(() => ({ status: 404 }), redirects([{ from: '/a', to: '/b' }]));
    if (typeof site !== 'function') throw new Error('no handler');`,
  './observe': `
    import { Tap } from 'guichet/observe';
    import type { Direction, TapEvent } from 'guichet/observe';
    const seen: TapEvent[] = [];
    const direction: Direction = 'in';
    const tap = new Tap();
    const subscription: Disposable = tap.subscribe((event) => seen.push(event));
    tap.publish({ layer: 'transport', kind: 'end', direction, time: tap.now(), connection: 1 });
    subscription[Symbol.dispose]();
    if (seen.length !== 1 || tap.active) throw new Error('the tap does not work');`,
  './language': `
    import { chooseLanguage, translations } from 'guichet/language';
    const texts = translations({ en: { yes: 'yes' }, fr: { yes: 'oui' } });
    const text: string = texts[chooseLanguage('fr', {})].yes;
    if (text !== 'oui') throw new Error('not French');`,
  './gradebook': `
    import { Rational } from 'guichet/gradebook';
    const third: string = Rational.parse('1/3').toDecimal(2);
    if (third !== '0.33') throw new Error(third);`,
  './calculator': `
    import { Calculator, CalculatorError } from 'guichet/calculator';
    const result: string = new Calculator({ precision: 5 }).evaluate('1/3');
    if (result !== '0.33333') throw CalculatorError.of('DIVISION_BY_ZERO', { column: 2 });`,
};

interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program in the consumer's folder; the parameters are passed as they are. */
function run(
  program: string,
  parameters: readonly string[],
  environment: NodeJS.ProcessEnv = process.env,
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, parameters, {
      cwd: consumer,
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 60_000,
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, stdout, stderr }));
  });
}

/** npm under the Node it came with, unaware of the npm that may be running this test. */
async function runNpm(...parameters: readonly string[]): Promise<string> {
  const environment = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^npm_(?!config_(cache|registry)$)/.test(name)),
  );
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const ours = join(root, 'node_modules');
  environment['PATH'] = folders.filter((folder) => !folder.startsWith(ours)).join(delimiter);
  const quiet = ['--loglevel=error', '--no-audit', '--no-fund', '--no-update-notifier'];
  const { status, stdout, stderr } = await run('npm', [...parameters, ...quiet], environment);
  assert.equal(status, 0, `npm ${parameters.join(' ')}\n${stdout}${stderr}`);
  return stdout.trim();
}

function readPackage(folder: string): Readonly<Record<string, unknown>> {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<string, unknown>;
}

const sources = readPackage(root)['exports'] as Readonly<Record<string, string>>;
const subpaths = Object.keys(sources).filter((subpath) => subpath !== './package.json');

function nameModule(subpath: string): string {
  return `guichet${subpath.slice(1)}`;
}

before(async () => {
  mkdirSync(consumer);
  buildPackage(built);
  const tarball = await runNpm('pack', built, '--silent');
  writeFileSync(join(consumer, 'package.json'), '{ "type": "module", "private": true }');
  await runNpm('install', `./${tarball}`, '--prefer-offline', '--ignore-scripts');
  for (const [index, subpath] of subpaths.entries()) {
    writeFileSync(join(consumer, `use-${index}.ts`), uses[subpath] ?? '');
  }
});
after(() => rmSync(temporary, { recursive: true }));

describe('the published package', () => {
  test('holds JavaScript and declarations, and neither tests nor TypeScript sources', () => {
    const files = globSync('**/*', { cwd: installed, exclude: ['node_modules'] });
    const strange = files.filter((file) => /\.test\.|(?<!\.d)\.ts$|^\.|\.map$|tsconfig/.test(file));
    assert.deepEqual(strange, []);
    for (const file of ['README.md', 'LICENSE', 'CHANGELOG.md', 'errors.js', 'errors.d.ts']) {
      assert.ok(files.includes(file), file);
    }
  });

  test('asks for its dependencies and brings nothing that only the repository needs', () => {
    const description = readPackage(installed);
    const ours = readPackage(root);
    for (const field of ['name', 'version', 'license', 'dependencies', 'engines']) {
      assert.deepEqual(description[field], ours[field], field);
    }
    for (const field of ['private', 'scripts', 'devDependencies', 'optionalDependencies']) {
      assert.ok(!(field in description), field);
    }
    const unwanted = ['devDependencies', 'optionalDependencies'].flatMap((field) =>
      Object.keys(ours[field] ?? {}),
    );
    const brought = unwanted.filter((name) => existsSync(join(consumer, 'node_modules', name)));
    // A dependency of ours may ask for types of its own accord.
    assert.deepEqual(
      brought.filter((name) => !name.startsWith('@types/')),
      [],
    );
  });

  test('has a use here for every subpath', () => {
    assert.deepEqual(Object.keys(uses).sort(), subpaths.toSorted());
  });

  test('says where each subpath has its types and its code', () => {
    const exported = readPackage(installed)['exports'] as Record<string, Record<string, string>>;
    assert.deepEqual(Object.keys(exported), Object.keys(sources));
    for (const subpath of subpaths) {
      for (const file of Object.values(exported[subpath] ?? {})) {
        assert.ok(existsSync(join(installed, file)), `${subpath}: ${file}`);
      }
    }
  });

  for (const [index, subpath] of subpaths.entries()) {
    test(`${nameModule(subpath)} works from JavaScript`, async () => {
      const { status, stderr } = await run(process.execPath, [`use-${index}.ts`]);
      assert.equal(status, 0, stderr);
    });
  }

  for (const [resolution, module] of [
    ['nodenext', 'nodenext'],
    ['bundler', 'esnext'],
  ]) {
    test(`is typed for TypeScript under moduleResolution ${resolution}, libraries checked`, async () => {
      const compilerOptions = {
        module,
        moduleResolution: resolution,
        target: 'es2024',
        strict: true,
        exactOptionalPropertyTypes: true,
        noUncheckedIndexedAccess: true,
        skipLibCheck: false,
        noEmit: true,
        types: ['node'],
        typeRoots: [join(root, 'node_modules', '@types')],
      };
      const project = join(consumer, `tsconfig.${resolution}.json`);
      writeFileSync(project, JSON.stringify({ compilerOptions, include: ['use-*.ts'] }));
      const { status, stdout } = await run(process.execPath, [join(bin, 'tsc'), '-p', project]);
      assert.equal(status, 0, stdout);
    });
  }
});

const command = join(consumer, 'node_modules', '.bin', 'guichet');

describe('the command of the published package', () => {
  test('runs, and says its version', async () => {
    const { status, stdout, stderr } = await run(process.execPath, [command, '--version']);
    assert.deepEqual({ status, stderr }, { status: 0, stderr: '' });
    assert.equal(stdout.trim(), readPackage(root)['version']);
  });

  test('tells an old Node in one line what to do', async () => {
    const old = join(consumer, 'old.mjs');
    writeFileSync(old, `Object.defineProperty(process.versions, 'node', { value: '24.6.0' });`);
    const { status, stdout, stderr } = await run(process.execPath, ['--import', old, command]);
    assert.deepEqual({ status, stdout }, { status: 2, stdout: '' });
    assert.match(stderr, /^guichet: this is Node 24\.6\.0: install 24\.7 or later [^\n]*\n$/);
  });
});
