import { serveHttp } from '../applications/http/index.ts';
import type {
  HttpExchange,
  HttpHandler,
  HttpRequest,
  HttpServer,
} from '../applications/http/index.ts';
import {
  CertificateFiles,
  FileSink,
  Log,
  TrafficMetrics,
  allowAddresses,
  buildSites,
  intercept,
  logLines,
  serveMetrics,
} from '../applications/http/site/index.ts';
import type { BuiltSite, LogSink } from '../applications/http/site/index.ts';
import type { MetricSnapshot } from '../observe/index.ts';
import { transportDefaults } from '../transport/index.ts';
import type { SiouxPlan } from './sioux-plan.ts';

/** What a server tells whoever looks after it. */
export interface SiouxReports {
  /** Something went wrong that costs nobody but what it is about. */
  report(error: unknown, request?: Pick<HttpRequest, 'method' | 'path'>): void;
  /** The metrics of all threads together; by default those of this one. */
  readonly collectMetrics?: () => Promise<readonly MetricSnapshot[]>;
}

/** Stdout as a log: it never blocks, and what its reader does not take waits within the log's bounds. */
const stdoutSink: LogSink = {
  write: (text) =>
    new Promise((resolve, reject) => {
      process.stdout.write(text, (error) => {
        if (error) reject(error);
        else resolve(undefined);
      });
    }),
};

/** One listener with its sites, its log and its certificates. */
export class SiouxServer {
  readonly #reports: SiouxReports;
  readonly #plan: SiouxPlan;
  readonly #traffic: TrafficMetrics;
  readonly #certificates: CertificateFiles | undefined;
  #server: HttpServer | undefined;
  #sites: BuiltSite;
  #log: { readonly path: string; readonly log: Log } | undefined;
  #writeLine = logLines.combined;

  private constructor(
    plan: SiouxPlan,
    reports: SiouxReports,
    sites: BuiltSite,
    certificates: CertificateFiles | undefined,
  ) {
    this.#plan = plan;
    this.#reports = reports;
    this.#sites = sites;
    this.#certificates = certificates;
    this.#traffic = new TrafficMetrics(() => this.#counts);
  }

  /**
   * Listens.
   *
   * @param sharesPort whether others may listen on the same port.
   * @throws what keeps it from serving as planned.
   */
  static async start(
    plan: SiouxPlan,
    reports: SiouxReports,
    sharesPort: boolean,
  ): Promise<SiouxServer> {
    const sites = await buildSites(plan.sites, reports);
    const certificates =
      plan.tls === undefined || plan.tls.length === 0
        ? undefined
        : await CertificateFiles.open(plan.tls, reports);
    const made = new SiouxServer(plan, reports, sites, certificates);
    await made.#listen(sharesPort);
    return made;
  }

  async #listen(sharesPort: boolean): Promise<void> {
    const plan = this.#plan;
    await this.#openLog(plan);
    const certificates = this.#certificates?.certificates;
    const isWatched =
      plan.accessLog !== undefined || plan.metricsPath !== undefined || plan.metricsPort !== 0;
    this.#server = await serveHttp(
      { transport: plan.tls === undefined ? 'tcp' : 'tls', host: plan.host, port: plan.port },
      this.#makeHandler(plan, this.#sites),
      {
        ...plan.limits,
        http2: plan.http2,
        server: plan.server,
        maxConnections: plan.maxConnections,
        reusePort: sharesPort,
        ...(certificates !== undefined && { tls: { certificates } }),
        onError: (error, request) => this.#reports.report(error, request),
        // A request that nobody counts costs no clock reading.
        ...(isWatched && { onResponse: (exchange) => this.#note(exchange) }),
      },
    );
  }

  #note(exchange: HttpExchange): void {
    this.#traffic.count(exchange);
    this.#log?.log.add(this.#writeLine(exchange, Date.now()));
  }

  /** With the port that the system chose. */
  get url(): string {
    return this.#server?.url ?? '';
  }

  get port(): number {
    const endpoint = this.#server?.endpoint;
    return endpoint !== undefined && 'port' in endpoint ? endpoint.port : 0;
  }

  get #counts(): { readonly connections: number; readonly refused: number } {
    const { connections = 0, refused = 0 } = this.#server ?? {};
    return { connections, refused };
  }

  metrics(): MetricSnapshot[] {
    return this.#traffic.snapshot();
  }

  /**
   * Serves by another plan from the next request on, with the certificates and passwords that are in their
   * files now, and the log anew. Connections stay; requests under way are answered as they began.
   *
   * @throws what is wrong with the plan; then everything goes on as before.
   */
  async reload(plan: SiouxPlan): Promise<void> {
    const sites = await buildSites(plan.sites, this.#reports);
    try {
      if (this.#certificates !== undefined && plan.tls !== undefined && plan.tls.length > 0) {
        await this.#certificates.reload(plan.tls);
      }
      await this.#openLog(plan);
    } catch (error) {
      await sites[Symbol.asyncDispose]();
      throw error;
    }
    const before = this.#sites;
    this.#sites = sites;
    this.#server?.setHandler(this.#makeHandler(plan, sites));
    const letGo = async (): Promise<void> => before[Symbol.asyncDispose]();
    setTimeout(() => void letGo(), Math.max(plan.drain, transportDefaults.drainTimeout)).unref();
  }

  /** Answers what was asked, then ends. */
  async close(drain: number = this.#plan.drain): Promise<void> {
    await this.#server?.close(drain);
    this.#certificates?.[Symbol.dispose]();
    await this.#sites[Symbol.asyncDispose]();
    await this.#log?.log[Symbol.asyncDispose]();
  }

  #makeHandler(plan: SiouxPlan, { handler }: BuiltSite): HttpHandler {
    const { metricsPath, metricsAllow } = plan;
    if (metricsPath === undefined) return handler;
    const collect = this.#reports.collectMetrics ?? (() => this.metrics());
    const metrics = intercept(serveMetrics(collect), allowAddresses(metricsAllow));
    return (request) => (request.path === metricsPath ? metrics(request) : handler(request));
  }

  async #openLog({ accessLog, logFormat }: SiouxPlan): Promise<void> {
    this.#writeLine = logLines[logFormat];
    const before = this.#log;
    if (before?.path === accessLog) {
      await before?.log.reopen();
      return;
    }
    if (accessLog === undefined) {
      this.#log = undefined;
    } else {
      const sink = accessLog === '-' ? stdoutSink : await FileSink.open(accessLog);
      const report = (error: unknown): void => this.#reports.report(error);
      this.#log = { path: accessLog, log: new Log(sink, { report }) };
    }
    await before?.log[Symbol.asyncDispose]();
  }
}
