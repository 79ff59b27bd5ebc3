import type { Application, RunningApplication } from '../applications/application.ts';
import { applications } from '../applications/registry.ts';
import { serveTexts } from '../language/serve.ts';
import type { ServeTexts } from '../language/serve.ts';
import { formatEndpointNotation } from '../presentation/index.ts';
import { TransportError, formatAddress } from '../transport/index.ts';
import { formatTable } from './format.ts';
import { addExamples } from './help.ts';
import { addNumberOption, addWatchOption, watchIf } from './options.ts';
import type { CommandHost } from './command-host.ts';
import { planServing } from './serve-plan.ts';
import type { PlannedApplication, ServePlan } from './serve-plan.ts';
import { readConfiguration } from './configuration-file.ts';
import {
  applicationSettings,
  applicationTexts,
  generalSettings,
  readEnvironment,
  textSettings,
} from './settings.ts';
import type { ServeSource } from './settings.ts';

interface ServeFlags {
  readonly host?: string;
  readonly port?: number;
  readonly config?: string;
  readonly watch?: boolean;
  readonly json?: boolean;
  readonly [setting: string]: unknown;
}

/** An application that listens, and where it was planned to. */
interface Served {
  readonly planned: PlannedApplication;
  readonly instance: RunningApplication;
}

/** `--idle-timeout` as commander names what it parsed. */
function flagName(setting: string): string {
  return setting.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** Adds `guichet serve`. */
export function addServe(host: CommandHost): void {
  const { program, texts: commandTexts, terminal } = host;
  const texts = serveTexts[terminal.language];
  const settings = [...generalSettings, ...applications.flatMap(applicationSettings)];
  const command = program
    .command('serve')
    .description(texts.description)
    .argument('[applications...]', texts.applications)
    .option('--host <address>', texts.host);
  addNumberOption(command, commandTexts, '--port <number>', texts.port, [0, 65_535]);
  command.option('--config <file>', texts.config);
  for (const { name, min, max, default: usual } of settings) {
    const description = (texts.settings[name] ?? name) + texts.usually(usual);
    addNumberOption(command, commandTexts, `--${name} <number>`, description, [min, max]);
  }
  const textsToSet = [...textSettings, ...applications.flatMap(applicationTexts)];
  for (const { name, placeholder } of textsToSet) {
    command.option(`--${name} <${placeholder}>`, texts.textSettings[name] ?? name);
  }
  command.option('--json', texts.json);
  addExamples(command, commandTexts, texts.examples, texts.settingsNote);
  addWatchOption(command, commandTexts).action(async (words: string[], flags: ServeFlags) => {
    const numbers = new Map<string, number>();
    for (const { name } of settings) {
      const value = flags[flagName(name)];
      if (typeof value === 'number') numbers.set(name, value);
    }
    const given = new Map<string, string>();
    for (const { name } of textsToSet) {
      const value = flags[flagName(name)];
      if (typeof value === 'string' && value !== '') given.set(name, value);
    }
    const ofFlags: ServeSource = {
      nameSetting: (setting) => `--${setting}`,
      host: flags.host,
      port: flags.port,
      endpoints: new Map(),
      numbers,
      texts: given,
    };
    const path = flags.config ?? (process.env['GUICHET_CONFIG'] || undefined);
    const sources = [
      ofFlags,
      await readConfiguration(path, applications, terminal.language, texts),
      readEnvironment(process.env, applications, settings, commandTexts),
    ];
    const plan = planServing(words, sources, applications, texts);
    using _watching = watchIf(flags.watch, terminal);
    await new Serving(host, texts, plan, sources).run(flags.json === true);
  });
}

/** What `guichet serve` runs, from its start to its end. */
class Serving {
  readonly #host: CommandHost;
  readonly #texts: ServeTexts;
  readonly #plan: ServePlan;
  readonly #sources: readonly ServeSource[];
  readonly #stopped = Promise.withResolvers<void>();
  #isStopping = false;

  constructor(
    host: CommandHost,
    texts: ServeTexts,
    plan: ServePlan,
    sources: readonly ServeSource[],
  ) {
    this.#host = host;
    this.#texts = texts;
    this.#plan = plan;
    this.#sources = sources;
  }

  /** Serves until a signal, or an application that may, asks for the end. */
  async run(asJson: boolean): Promise<void> {
    const { terminal } = this.#host;
    const onSignal = (): void => {
      if (this.#isStopping) process.exit(1);
      terminal.say(this.#texts.draining);
      this.#stop();
    };
    terminal.onReaderGone = () => this.#loseReader();
    process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
    const served = await this.#start();
    if (!this.#isStopping) this.#announce(served, asJson);
    await this.#stopped.promise;
    const drain = this.#generalNumber('drain');
    await close(served, drain);
    // A reader that does not read would hold us for ever: it has the same time as the connections.
    if (!(await terminal.flush(drain))) process.exit(1);
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  }

  #stop(): void {
    this.#isStopping = true;
    this.#stopped.resolve();
  }

  /** An application that is served for what it prints has nothing left to do; others have. */
  #loseReader(): void {
    if (!this.#plan.isAlone) {
      this.#host.terminal.say(this.#texts.notRead);
      return;
    }
    this.#host.exit(1);
    this.#stop();
  }

  /** Starts all, or none: when one fails, those that did start are closed, and every failure is told. */
  async #start(): Promise<Served[]> {
    const started = await Promise.allSettled(
      this.#plan.served.map(async (planned) => ({
        planned,
        instance: await this.#serve(planned),
      })),
    );
    const served = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    const failures = started.flatMap((one, index) =>
      one.status === 'rejected'
        ? [{ application: this.#plan.served[index]?.application, reason: one.reason as unknown }]
        : [],
    );
    if (failures.length === 0) return served;
    await close(served, 0);
    const named = await Promise.all(
      failures.map(({ application, reason }) => this.#nameHolder(application, reason)),
    );
    // What several share, as the store, fails for all of them alike: that is told once.
    throw new AggregateError(new Set(named));
  }

  #serve({ application, endpoint }: PlannedApplication): Promise<RunningApplication> {
    const { terminal } = this.#host;
    const options = Object.fromEntries(
      Object.entries(application.options).map(([name, option]) => [
        name,
        this.#number(`${application.name}-${name}`, option.default),
      ]),
    );
    return application.serve(endpoint, {
      transport: {
        idleTimeout: this.#generalNumber('idle-timeout'),
        maxConnections: this.#generalNumber('max-connections'),
      },
      options,
      texts: Object.fromEntries(
        Object.keys(application.texts ?? {}).flatMap((name) => {
          const text = this.#text(`${application.name}-${name}`);
          return text === undefined ? [] : [[name, text]];
        }),
      ),
      served: this.#plan.served.map((planned) => ({
        application: planned.application.name,
        endpoint: formatEndpointNotation(planned.endpoint),
      })),
      print: (text) => terminal.print(text),
      report: (error, from) => {
        const who = from === undefined ? '' : ` ${formatAddress(from)}`;
        terminal.say(`${application.name}:${who} ${terminal.explain(error)}`);
      },
      tell: (text) => terminal.say(text),
      language: terminal.language,
      store: this.#text('store'),
      scope: this.#plan,
      isAlone: this.#plan.isAlone,
      stop: () => this.#stop(),
    });
  }

  #number(name: string, usual: number): number {
    return this.#sources.find((source) => source.numbers.has(name))?.numbers.get(name) ?? usual;
  }

  #text(name: string): string | undefined {
    return this.#sources.find((source) => source.texts.has(name))?.texts.get(name);
  }

  #generalNumber(name: string): number {
    const usual = generalSettings.find((setting) => setting.name === name)?.default ?? 0;
    return this.#number(name, usual);
  }

  /** The table of what listens where, and the line that says that all of it does. */
  #announce(served: readonly Served[], asJson: boolean): void {
    const { terminal } = this.#host;
    const rows = served.map(({ planned: { application, endpoint }, instance }) => [
      application.name,
      instance.url ?? formatEndpointNotation({ ...endpoint, transport: instance.endpoint }),
    ]);
    const table = asJson
      ? JSON.stringify(rows.map(([application, endpoint]) => ({ application, endpoint })))
      : formatTable([this.#texts.columns, ...rows]);
    terminal.say(`${table}\n${this.#texts.ready}`);
  }

  /** Says which application could not be had and, where the system tells, who holds its address. */
  async #nameHolder(application: Application | undefined, error: unknown): Promise<unknown> {
    const { terminal } = this.#host;
    if (!(error instanceof TransportError)) return error;
    let holder = '';
    if (error.code === 'ADDRESS_IN_USE') {
      const { findHolder } = await import('./holder.ts');
      const found = await findHolder(String(error.details['endpoint']));
      if (found !== undefined) holder = ` (${this.#texts.holder(found.command, found.pid)})`;
    }
    const text = `${application?.name ?? ''}: ${terminal.explain(error)}${holder}`;
    return new Error(text, { cause: error });
  }
}

async function close(served: readonly Served[], drain: number): Promise<void> {
  await Promise.all(served.map(({ instance }) => instance.close(drain)));
}
