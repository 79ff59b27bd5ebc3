import { readFile } from 'node:fs/promises';
import type { Application } from '../applications/index.ts';
import type { CommandTexts } from '../language/index.ts';
import { transportDefaults } from '../transport/index.ts';
import { UsageError } from './terminal.ts';

/** A whole number that a flag, the configuration file and the environment can set. */
export interface NumberSetting {
  /** As in `--idle-timeout`, `idle-timeout = ` and `GUICHET_IDLE_TIMEOUT`. */
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly default: number;
}

const hour = 3_600_000;

/** The settings of `guichet serve` that belong to no application. */
export const generalSettings: readonly NumberSetting[] = [
  { name: 'drain', min: 0, max: hour, default: transportDefaults.drainTimeout },
  { name: 'idle-timeout', min: 0, max: 24 * hour, default: transportDefaults.idleTimeout },
  { name: 'max-connections', min: 1, max: 1_000_000, default: transportDefaults.maxConnections },
];

/** The settings of one application, each named after it: `--message-silence`. */
export function applicationSettings(application: Application): NumberSetting[] {
  return Object.entries(application.options).map(([name, { min, max, default: usual }]) => ({
    name: `${application.name}-${name}`,
    min,
    max,
    default: usual,
  }));
}

/** What is known of what to serve, from one source. */
export interface ServeSource {
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly applications?: readonly string[] | undefined;
  /** Endpoints by application. */
  readonly endpoints: ReadonlyMap<string, readonly string[]>;
  /** Numbers by setting. */
  readonly numbers: ReadonlyMap<string, number>;
}

function environmentName(setting: string): string {
  return `GUICHET_${setting.toUpperCase().replaceAll('-', '_')}`;
}

function readWhole(
  name: string,
  text: string,
  min: number,
  max: number,
  texts: CommandTexts,
): number {
  const number = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= min && number <= max) return number;
  throw new UsageError(`${name}: ${texts.mistakes.notANumber(text, min, max)}`);
}

/** What `GUICHET_…` variables say. */
export function readEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
  applications: readonly Application[],
  settings: readonly NumberSetting[],
  texts: CommandTexts,
): ServeSource {
  const words = (name: string): string[] | undefined =>
    environment[name]?.split(/[\s]+/).filter((word) => word !== '');
  const numbers = new Map<string, number>();
  for (const { name, min, max } of settings) {
    const text = environment[environmentName(name)];
    if (text) numbers.set(name, readWhole(environmentName(name), text, min, max, texts));
  }
  const endpoints = new Map<string, readonly string[]>();
  for (const { name } of applications) {
    const listed = words(environmentName(`${name}-endpoints`));
    if (listed !== undefined && listed.length > 0) endpoints.set(name, listed);
  }
  const port = environment['GUICHET_PORT'];
  const named = words('GUICHET_APPLICATIONS');
  return {
    host: environment['GUICHET_HOST'] || undefined,
    port: port ? readWhole('GUICHET_PORT', port, 0, 65_535, texts) : undefined,
    applications: named !== undefined && named.length > 0 ? named : undefined,
    endpoints,
    numbers,
  };
}

/** What a configuration file says; `path` undefined looks for `guichet.toml`, which may be missing. */
export async function readConfiguration(
  path: string | undefined,
  applications: readonly Application[],
  texts: CommandTexts,
): Promise<ServeSource> {
  const file = path ?? 'guichet.toml';
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (missing && path === undefined) return { endpoints: new Map(), numbers: new Map() };
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(texts.serve.configUnreadable(file, reason));
  }
  // Loaded only here: most starts read no configuration, and pay nothing for its schema.
  const { readTables } = await import('./configuration.ts');
  return readTables(file, text, applications, texts);
}
