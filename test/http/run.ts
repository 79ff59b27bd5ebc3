import { parseArgs } from 'node:util';
import { serveFiles, serveHttp } from 'guichet/http';
import { cases } from './cases/index.ts';
import { createFixture } from './fixture.ts';
import { peers, startPeer } from './peers.ts';
import { runCases } from './table.ts';
import type { Report } from './table.ts';
import type { Target } from './exchange.ts';

/**
 * `node test/http/run.ts [HOST:PORT | nginx | apache | lighttpd | ours …] [--only TEXT]`: holds servers
 * to the table of cases. A server given by its address must serve the folder that
 * `node test/http/run.ts --fixture` makes and names; the others are started and stopped.
 */

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: 'string', default: '' },
    fixture: { type: 'boolean', default: false },
    quiet: { type: 'boolean', default: false },
  },
});

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function print(name: string, report: Report): void {
  for (const { each, complaint } of report.failures) {
    if (!values.quiet) {
      say(`  ${each.level} ${each.group}: ${each.title} (${each.source})\n      ${complaint}`);
    }
  }
  const levels = report.levels.map(({ level, passed, all }) => `${level} ${passed}/${all}`);
  const seconds = (report.milliseconds / 1000).toFixed(1);
  say(`${name}: ${report.passed}/${report.all} passed; ${levels.join(', ')}; ${seconds} s`);
}

async function runOne(name: string, root: string): Promise<Report> {
  const wanted = cases.filter((each) => `${each.group}: ${each.title}`.includes(values.only));
  const runAt = (target: Target) => runCases(target, wanted);
  const peer = peers.find((each) => each.name === name);
  if (peer !== undefined) {
    const running = await startPeer(peer, root);
    try {
      return await runAt({ host: '127.0.0.1', port: running.port });
    } finally {
      await running.stop();
    }
  }
  if (name === 'ours') {
    await using server = await serveHttp('tcp://127.0.0.1:0', serveFiles(root));
    return await runAt({ host: '127.0.0.1', port: Number(new URL(server.url).port) });
  }
  const [host = '', port = ''] = name.split(':');
  return runAt({ host, port: Number(port) });
}

if (values.fixture) {
  const { root } = createFixture();
  say(root);
} else {
  using fixture = createFixture();
  for (const name of positionals) print(name, await runOne(name, fixture.root));
}
