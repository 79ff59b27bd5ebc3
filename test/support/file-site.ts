import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { HttpError } from '../../src/applications/http/errors.ts';
import type { HttpResponse } from '../../src/applications/http/handler.ts';
import { serveFiles } from '../../src/applications/http/files/index.ts';
import type { FileHandler, FileOptions } from '../../src/applications/http/files/index.ts';
import { makeRequest, readContent } from './http-request.ts';

/** Files are written as of long enough ago that their times tell of every change. */
export const past: Date = new Date('2026-01-02T03:04:05.678Z');

export type Fields = Readonly<Record<string, string>>;

/** Writes a file and the folders on the way to it. */
export function write(
  root: string,
  name: string,
  content: string | Uint8Array,
  time: Date = past,
): void {
  const path = join(root, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  utimesSync(path, time, time);
}

/** A handler over a folder of its own. */
export interface Site {
  readonly root: string;
  readonly handler: FileHandler;
}

/** Folders for the tests of one file, side by side in a folder that is removed after them. */
export class Sites implements Disposable {
  readonly base: string = mkdtempSync(join(tmpdir(), 'guichet-files-'));
  #count = 0;

  /** Makes a folder that holds these files, and a handler for it. */
  make(
    files: Readonly<Record<string, string | Uint8Array>>,
    options: Partial<FileOptions> = {},
  ): Site {
    const root = join(this.base, `site-${(this.#count += 1)}`);
    mkdirSync(root);
    for (const [name, content] of Object.entries(files)) write(root, name, content);
    return { root, handler: serveFiles(root, options) };
  }

  [Symbol.dispose](): void {
    rmSync(this.base, { recursive: true });
  }
}

/** What a handler answers. */
export async function get(
  handler: FileHandler,
  target: string,
  fields: Fields = {},
  method: string = 'GET',
): Promise<HttpResponse> {
  return handler(makeRequest(target, fields, method));
}

export async function textOf(response: HttpResponse): Promise<string> {
  return (await readContent(response.content)).toString();
}

/** The status of an answer, refused or not; its content is read to the end. */
export async function statusOf(
  handler: FileHandler,
  target: string,
  fields: Fields = {},
  method: string = 'GET',
): Promise<number> {
  try {
    const response = await get(handler, target, fields, method);
    await readContent(response.content);
    return response.status;
  } catch (error) {
    if (error instanceof HttpError) return error.status;
    throw error;
  }
}
