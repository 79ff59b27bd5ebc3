import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync } from 'node:fs';
import { readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { hello } from './case.ts';

/** When every file of the fixture but one was last changed. */
export const modified = new Date('2024-01-02T03:04:05Z');

/** 1,000 bytes of which each ten tell their place: `0000000001000000000200…`. */
export const digits: string = Array.from({ length: 100 }, (_, index) =>
  String(index).padStart(10, '0'),
).join('');

/** Text worth compressing, 18,500 bytes. */
export const prose: string = Array.from(
  { length: 500 },
  (_, index) => `Line ${String(index).padStart(4, '0')} of a text of little worth.\n`,
).join('');

/** A mebibyte that no compression makes smaller. */
export const noise: Buffer = (() => {
  const bytes = Buffer.alloc(1_048_576);
  let state = 1;
  for (let index = 0; index < bytes.length; index++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[index] = state >>> 24;
  }
  return bytes;
})();

/** What the file with siblings holds, whose size would betray that another was sent. */
export const precompressed = `${prose}precompressed\n`;

const page = '<!doctype html>\n<title>Index</title>\n<p>The index of the fixture.</p>\n';

const files: Readonly<Record<string, string | Uint8Array>> = {
  'index.html': page,
  'page.html': '<!doctype html>\n<title>Page</title>\n<p>A page.</p>\n',
  'hello.txt': hello,
  'smuggled.txt': 'smuggled\n',
  'future.txt': 'tomorrow\n',
  'empty.txt': '',
  'digits.txt': digits,
  'prose.txt': prose,
  'noise.bin': noise,
  'style.css': 'body { color: black }\n'.repeat(200),
  'script.js': 'export const answer = 42;\n'.repeat(200),
  'module.mjs': 'export {};\n',
  'data.json': `${JSON.stringify({ numbers: Array.from({ length: 400 }, (_, index) => index) })}\n`,
  'drawing.svg': '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>\n',
  'picture.jpg': Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), noise.subarray(0, 4096)]),
  'picture.png': Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), noise.subarray(0, 99)]),
  'picture.webp': 'RIFF',
  'font.woff2': 'wOF2',
  'program.wasm': '\0asm',
  'paper.pdf': '%PDF-1.7\n',
  'film.mp4': noise.subarray(0, 65_536),
  'feed.xml': '<?xml version="1.0"?>\n<feed/>\n',
  'archive.tar.gz': gzipSync('archive'),
  'unknown.xyzzy': 'unknown\n',
  noextension: 'plain\n',
  'UPPER.TXT': 'upper\n',
  'Case.txt': 'case\n',
  'with space.txt': 'space\n',
  'plus+sign.txt': 'plus\n',
  'percent%41.txt': 'percent\n',
  'semi;colon.txt': 'semicolon\n',
  'at@sign.txt': 'at\n',
  'tilde~.txt': 'tilde\n',
  "quote's.txt": 'quote\n',
  'été.txt': 'summer\n',
  '日本.txt': 'Japan\n',
  'two..dots.txt': 'dots\n',
  '...three.txt': 'three\n',
  'back\\slash.txt': 'backslash\n',
  'folder/index.html': '<!doctype html>\n<title>Folder</title>\n',
  'folder/page.html': '<!doctype html>\n<title>Page in a folder</title>\n',
  'folder/deep/file.txt': 'deep\n',
  'bare/file.txt': 'in a folder without an index\n',
  'a b/index.html': '<!doctype html>\n<title>Spaced folder</title>\n',
  'évasion/index.html': '<!doctype html>\n<title>Accented folder</title>\n',
  '.secret': 'secret\n',
  '.htpasswd': 'secret\n',
  '.git/config': 'secret\n',
  'folder/.hidden/file.txt': 'secret\n',
  '.well-known/security.txt': 'Contact: mailto:nobody@example.org\n',
  'pre.txt': precompressed,
  'pre.txt.gz': gzipSync(precompressed, { level: 9 }),
  'pre.txt.br': brotliCompressSync(precompressed),
  'pre.txt.zst': zstdCompressSync(precompressed),
};

function dateAll(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) dateAll(path);
    if (entry.isDirectory() || entry.isFile()) utimesSync(path, modified, modified);
  }
}

/** A folder to serve, and one beside it that must not be. */
export interface Fixture {
  readonly root: string;
  [Symbol.dispose](): void;
}

/** Writes the files that the cases ask for into a new folder. */
export function createFixture(): Fixture {
  const folder = mkdtempSync(join(tmpdir(), 'guichet-http-'));
  // Servers that give up their rights must read it too.
  chmodSync(folder, 0o755);
  const root = join(folder, 'root');
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  mkdirSync(join(root, 'void'));
  mkdirSync(join(folder, 'root-beside'));
  writeFileSync(join(folder, 'outside.txt'), 'outside\n');
  writeFileSync(join(folder, 'root-beside', 'file.txt'), 'outside\n');
  symlinkSync('hello.txt', join(root, 'inside-link.txt'));
  symlinkSync('folder', join(root, 'inside-folder-link'));
  symlinkSync('../outside.txt', join(root, 'outside-link.txt'));
  symlinkSync(join(folder, 'outside.txt'), join(root, 'absolute-link.txt'));
  symlinkSync('../root-beside', join(root, 'outside-folder-link'));
  symlinkSync('.secret', join(root, 'secret-link.txt'));
  symlinkSync('nowhere', join(root, 'dangling-link.txt'));
  symlinkSync('looping-link.txt', join(root, 'looping-link.txt'));
  symlinkSync('/dev/zero', join(root, 'device-link.txt'));
  execFileSync('mkfifo', [join(root, 'pipe.txt')]);
  dateAll(root);
  const tomorrow = new Date(Date.now() + 86_400_000);
  utimesSync(join(root, 'future.txt'), tomorrow, tomorrow);
  return { root, [Symbol.dispose]: () => rmSync(folder, { recursive: true }) };
}
