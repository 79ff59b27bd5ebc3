import { constants, open } from 'node:fs/promises';

/**
 * Reads a file that a configuration names, if it is one: a pipe or a device is refused at once.
 *
 * @throws what the system says, with its `code` and `path`; `EFTYPE` for what is no regular file.
 */
export async function readNamedFile(path: string): Promise<Buffer> {
  // To open a pipe would wait for whoever writes to it, for ever, on one of the few threads for files.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stats = await file.stat();
    if (!stats.isFile()) {
      const code = stats.isDirectory() ? 'EISDIR' : 'EFTYPE';
      throw Object.assign(new Error(`${code}: no regular file`), { code, path });
    }
    return await file.readFile();
  } finally {
    await file.close();
  }
}
