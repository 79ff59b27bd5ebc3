import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { CertificateFiles } from './certificate-files.ts';
import { buildSite } from './build-site.ts';
import { Htpasswd } from './htpasswd.ts';
import { FileSink } from './log-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'sioux-named-'));
after(() => rmSync(folder, { recursive: true }));
const pipe = join(folder, 'pipe');
execFileSync('mkfifo', [pipe]);
const unreadable = {
  code: 'FILE_UNREADABLE',
  message: `cannot read ${pipe}: it is no regular file`,
};

describe('a pipe in place of a file that a configuration names', () => {
  test('is refused at once, whatever it is named for', async () => {
    await assert.rejects(buildSite({ root: folder, errorPages: { 404: pipe } }), unreadable);
    await assert.rejects(CertificateFiles.open([{ cert: pipe, key: pipe }]), unreadable);
    const authentication = { file: pipe };
    await assert.rejects(buildSite({ root: folder, authentication }), unreadable);
    await assert.rejects(FileSink.open(pipe), {
      code: 'LOG_UNWRITABLE',
      message: `cannot write the log ${pipe}: nobody reads this pipe`,
    });
  });

  test('leaves the passwords as they were', async () => {
    const path = join(folder, 'users');
    writeFileSync(path, 'ada:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=\n');
    const reported: unknown[] = [];
    const report = (error: unknown): void => void reported.push(String(error));
    await using users = await Htpasswd.open(path, { checkInterval: 0, report });
    renameSync(pipe, path);
    assert.equal(await users.verify('ada', 'secret'), true);
    assert.equal(await users.verify('ada', 'wrong'), false);
    assert.deepEqual(reported, [`SiteError: cannot read ${path}: it is no regular file`]);
  });
});
