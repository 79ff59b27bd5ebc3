import { applications } from '../applications/index.ts';
import type { RunningApplication } from '../applications/index.ts';
import { formatEndpointNotation } from '../presentation/index.ts';
import { TransportError, findPortHolder, splitEndpoint } from '../transport/index.ts';
import { addWatchOption, watchIf, wholeNumber } from './options.ts';
import type { CommandHost } from './program.ts';
import { planServing } from './serve-plan.ts';
import type { PlannedApplication } from './serve-plan.ts';
import {
  applicationSettings,
  generalSettings,
  readConfiguration,
  readEnvironment,
} from './settings.ts';
import type { ServeSource } from './settings.ts';

interface ServeFlags {
  readonly host?: string;
  readonly port?: number;
  readonly config?: string;
  readonly watch?: boolean;
  readonly [setting: string]: unknown;
}

/** `--idle-timeout` as commander names what it parsed. */
function flagName(setting: string): string {
  return setting.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** Adds `guichet serve`. */
export function addServe(host: CommandHost): void {
  const { program, texts } = host;
  const settings = [...generalSettings, ...applications.flatMap(applicationSettings)];
  const command = program
    .command('serve')
    .description(texts.serve.description)
    .argument('[applications...]', texts.serve.applications)
    .option('--host <address>', texts.serve.host)
    .option('--port <number>', texts.serve.port, wholeNumber(texts, 0, 65_535))
    .option('--config <file>', texts.serve.config);
  for (const { name, min, max, default: usual } of settings) {
    command.option(
      `--${name} <number>`,
      texts.serve.setting(name, usual),
      wholeNumber(texts, min, max),
    );
  }
  addWatchOption(command, texts).action(async (words: string[], flags: ServeFlags) => {
    const numbers = new Map<string, number>();
    for (const { name } of settings) {
      const value = flags[flagName(name)];
      if (typeof value === 'number') numbers.set(name, value);
    }
    const ofFlags: ServeSource = {
      host: flags.host,
      port: flags.port,
      endpoints: new Map(),
      numbers,
    };
    const path = flags.config ?? process.env['GUICHET_CONFIG'];
    const sources = [
      ofFlags,
      await readConfiguration(path, applications, texts),
      readEnvironment(process.env, applications, settings, texts),
    ];
    using _watching = watchIf(flags.watch, host.terminal);
    await serve(host, words, sources);
  });
}

/** Serves until a signal, or an application that may, asks for the end. */
async function serve(
  host: CommandHost,
  words: readonly string[],
  sources: readonly ServeSource[],
): Promise<void> {
  const { terminal, texts } = host;
  const plan = planServing(words, sources, applications, texts);
  const numberOf = (name: string, usual: number): number =>
    sources.find((source) => source.numbers.has(name))?.numbers.get(name) ?? usual;
  const general = new Map(
    generalSettings.map(({ name, default: usual }) => [name, numberOf(name, usual)]),
  );
  const { promise: stopped, resolve: stop } = Promise.withResolvers<void>();
  const running: { planned: PlannedApplication; instance: RunningApplication }[] = [];
  const close = async (): Promise<void> => {
    const drain = general.get('drain') ?? 0;
    await Promise.all(running.map(({ instance }) => instance.close(drain)));
  };
  let signals = 0;
  const onSignal = (): void => {
    if (++signals > 1) process.exit(1);
    terminal.say(texts.serve.draining);
    stop();
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  try {
    for (const planned of plan.served) {
      const { application, endpoint } = planned;
      const options = Object.fromEntries(
        Object.entries(application.options).map(([name, option]) => [
          name,
          numberOf(`${application.name}-${name}`, option.default),
        ]),
      );
      const instance = await application.serve(endpoint, {
        transport: {
          idleTimeout: general.get('idle-timeout') ?? 0,
          maxConnections: general.get('max-connections') ?? 1,
        },
        options,
        print: (text) => terminal.print(text),
        report: (error) => terminal.say(`${application.name}: ${terminal.explain(error)}`),
        language: terminal.language,
        scope: plan,
        isAlone: plan.isAlone,
        stop,
      });
      running.push({ planned, instance });
    }
    const rows = running.map(({ planned: { application, endpoint }, instance }) => [
      application.name,
      formatEndpointNotation({ ...endpoint, transport: instance.endpoint }),
    ]);
    terminal.say(`${formatTable([texts.serve.columns, ...rows])}\n${texts.serve.ready}`);
    await stopped;
  } catch (error) {
    await close();
    throw await nameHolder(error, host);
  }
  await close();
  process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
}

/** Columns as wide as their widest cell. */
function formatTable(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) {
      widths[column] = Math.max(widths[column] ?? 0, cell.length);
    }
  }
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Adds to the error of a taken address who holds it, where the system tells. */
async function nameHolder(error: unknown, { terminal, texts }: CommandHost): Promise<unknown> {
  if (!(error instanceof TransportError) || error.code !== 'ADDRESS_IN_USE') return error;
  const place = splitEndpoint(String(error.details['endpoint'])).transport;
  if (place.transport === 'unix' || place.transport === 'memory') return error;
  const protocol = place.transport === 'udp' ? 'udp' : 'tcp';
  const holder = await findPortHolder(protocol, place.port);
  if (holder === undefined) return error;
  return new Error(
    `${terminal.explain(error)} (${texts.serve.holder(holder.command, holder.pid)})`,
    {
      cause: error,
    },
  );
}
