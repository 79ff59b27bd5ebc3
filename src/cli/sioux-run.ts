import { networkInterfaces } from 'node:os';
import { GuichetError } from '../errors.ts';
import { serveHttp } from '../applications/http/index.ts';
import type { HttpHandler } from '../applications/http/index.ts';
import { redirectToTls, serveMetrics } from '../applications/http/site/index.ts';
import type { SiouxTexts } from '../language/sioux.ts';
import { findPortHolder } from '../transport/index.ts';
import type { CommandHost } from './command-host.ts';
import { SiouxServer } from './sioux-server.ts';
import { SiouxThreads } from './sioux-threads.ts';
import type { SiouxPlan } from './sioux-plan.ts';

/** What a change of needs a restart: it is decided once, when listening begins. */
const lasting = [
  'host',
  'port',
  'threads',
  'limits',
  'http2',
  'server',
  'maxConnections',
  'metricsPort',
  'redirectPort',
] as const;

/** Whether two parts of plans say the same. */
function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** The addresses that others reach this machine by, where it listens on all of them. */
function reachableHosts(host: string): readonly string[] {
  if (host !== '0.0.0.0' && host !== '::') return [];
  return Object.values(networkInterfaces()).flatMap((addresses = []) =>
    addresses
      .filter(({ internal, family }) => !internal && family === 'IPv4')
      .map(({ address }) => address),
  );
}

/** What `sioux` runs, from its start to its end. */
export class SiouxRun {
  readonly #host: Omit<CommandHost, 'program'>;
  readonly #texts: SiouxTexts;
  readonly #readPlan: () => Promise<SiouxPlan>;
  readonly #locate: (error: unknown) => unknown;
  readonly #stopped = Promise.withResolvers<void>();
  #plan: SiouxPlan;
  #isStopping = false;
  #reloading: Promise<void> = Promise.resolve();

  constructor(
    host: Omit<CommandHost, 'program'>,
    texts: SiouxTexts,
    plan: SiouxPlan,
    readPlan: () => Promise<SiouxPlan>,
    locate: (error: unknown) => unknown,
  ) {
    this.#host = host;
    this.#texts = texts;
    this.#plan = plan;
    this.#readPlan = readPlan;
    this.#locate = locate;
  }

  /** Serves until a signal asks for the end. */
  async run(): Promise<void> {
    const { terminal } = this.#host;
    const onSignal = (): void => {
      if (this.#isStopping) process.exit(1);
      this.#isStopping = true;
      this.#say(this.#texts.draining);
      this.#stopped.resolve();
    };
    let server: SiouxServer | SiouxThreads | undefined;
    const onHangUp = (): void => {
      if (server === undefined || this.#isStopping) return;
      const running = server;
      this.#reloading = this.#reloading.then(() => this.#reload(running));
    };
    // Whoever reads the log may go: the files are still wanted.
    terminal.onReaderGone = () => undefined;
    process.on('SIGINT', onSignal).on('SIGTERM', onSignal).on('SIGHUP', onHangUp);
    try {
      server = await this.#start();
      this.#announce(server);
      await using _beside = await this.#serveBeside(server);
      await this.#stopped.promise;
      await this.#reloading;
      await server.close(this.#plan.drain);
    } finally {
      process.off('SIGINT', onSignal).off('SIGTERM', onSignal).off('SIGHUP', onHangUp);
    }
  }

  async #start(): Promise<SiouxServer | SiouxThreads> {
    const report = (
      error: unknown,
      request?: { readonly method: string; readonly path: string },
    ) => {
      const reason = this.#host.terminal.explain(error);
      this.#say(
        request === undefined ? reason : this.#texts.failed(request.method, request.path, reason),
      );
    };
    const died = (number: number, reason: string): void =>
      this.#say(this.#texts.died(number, reason));
    try {
      return this.#plan.threads === 1
        ? await SiouxServer.start(this.#plan, { report }, false)
        : await SiouxThreads.start(this.#plan, { report, died });
    } catch (error) {
      throw await this.#nameHolder(error);
    }
  }

  /** Serves what has a port of its own: metrics, and what sends clients of plain HTTP to HTTPS. */
  async #serveBeside(server: SiouxServer | SiouxThreads): Promise<AsyncDisposableStack> {
    const { host, metricsPort, redirectPort } = this.#plan;
    const beside = new AsyncDisposableStack();
    const add = async (at: string, port: number, handler: HttpHandler): Promise<string> => {
      const place = { transport: 'tcp', host: at, port } as const;
      return beside.use(await serveHttp(place, handler)).url;
    };
    try {
      if (metricsPort !== 0) {
        const handler = serveMetrics(async () => server.metrics());
        this.#say(this.#texts.metricsAt(await add('127.0.0.1', metricsPort, handler)));
      }
      if (redirectPort !== 0) {
        const refuse: HttpHandler = () => ({ status: 400, content: 'HTTPS is spoken here\n' });
        const handler = redirectToTls(server.port)(refuse);
        this.#say(this.#texts.redirectingAt(await add(host, redirectPort, handler)));
      }
      return beside;
    } catch (error) {
      await beside.disposeAsync();
      await server.close(0);
      throw await this.#nameHolder(error);
    }
  }

  #announce(server: SiouxServer | SiouxThreads): void {
    const { sites, host, maxConnections, tightFiles } = this.#plan;
    if (tightFiles !== undefined) this.#say(this.#texts.fewFiles(maxConnections, tightFiles));
    const roots = [sites.fallback, ...(sites.hosts ?? [])].flatMap((site) => site?.root ?? []);
    const url = new URL(server.url);
    for (const reachable of [host, ...reachableHosts(host)]) {
      url.hostname = reachable.includes(':') ? `[${reachable}]` : reachable;
      this.#say(this.#texts.serving(roots[0] ?? '', url.href));
    }
    for (const site of sites.hosts ?? []) {
      this.#say(this.#texts.serving(site.root, site.names.join(', ')));
    }
  }

  async #reload(server: SiouxServer | SiouxThreads): Promise<void> {
    try {
      const plan = await this.#readPlan();
      await server.reload(plan);
      const changed = lasting.filter((name) => !isSame(plan[name], this.#plan[name]));
      if ((plan.tls === undefined) !== (this.#plan.tls === undefined)) changed.push('tls' as never);
      this.#say(this.#texts.reloaded);
      if (changed.length > 0) this.#say(this.#texts.needsRestart(changed.join(', ')));
    } catch (error) {
      const errors: readonly unknown[] = error instanceof AggregateError ? error.errors : [error];
      for (const one of errors) {
        this.#say(this.#texts.notReloaded(this.#host.terminal.explain(this.#locate(one))));
      }
    }
  }

  /** Says who holds the port, and how to take another, where the port is taken. */
  async #nameHolder(error: unknown): Promise<unknown> {
    if (!(error instanceof GuichetError) || error.code !== 'ADDRESS_IN_USE') return error;
    const taken = Number(/:(\d+)$/.exec(String(error.details['endpoint']))?.[1]);
    const found = await findPortHolder('tcp', taken);
    const holder = found === undefined ? '' : ` (${this.#texts.holder(found.command, found.pid)})`;
    const text = `${this.#host.terminal.explain(error)}${holder}${this.#texts.otherPort(taken + 1)}`;
    return new Error(text, { cause: error });
  }

  #say(text: string): void {
    this.#host.terminal.say(`sioux: ${text}`);
  }
}
