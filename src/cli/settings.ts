import type { Application } from '../applications/application.ts';
import type { CommandTexts } from '../language/commands.ts';
import { transportDefaults } from '../transport/index.ts';
import { readWholeNumber } from './options.ts';

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

/** A text that a flag, the configuration file and the environment can set. */
export interface TextSetting {
  /** As in `--store`, `store = ` and `GUICHET_STORE`. */
  readonly name: string;
  /** What stands for its value in the help. */
  readonly placeholder: string;
}

/** The texts of `guichet serve` that belong to no application. */
export const textSettings: readonly TextSetting[] = [{ name: 'store', placeholder: 'place' }];

/** The settings of one application, each named after it: `--message-silence`. */
export function applicationSettings(application: Application): NumberSetting[] {
  return Object.entries(application.options).map(([name, { min, max, default: usual }]) => ({
    name: `${application.name}-${name}`,
    min,
    max,
    default: usual,
  }));
}

/** The texts of one application, each named after it: `--http-root`. */
export function applicationTexts({ name, texts = {} }: Application): TextSetting[] {
  return Object.entries(texts).map(([text, placeholder]) => ({
    name: `${name}-${text}`,
    placeholder,
  }));
}

/** What is known of what to serve, from one source. */
export interface ServeSource {
  /** How a person names a setting of this source: `--port`, `guichet.toml: port`, `GUICHET_PORT`. */
  nameSetting(setting: string): string;
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly applications?: readonly string[] | undefined;
  /** Endpoints by application. */
  readonly endpoints: ReadonlyMap<string, readonly string[]>;
  /** Numbers by setting. */
  readonly numbers: ReadonlyMap<string, number>;
  /** Texts by setting. */
  readonly texts: ReadonlyMap<string, string>;
}

function environmentName(setting: string): string {
  return `GUICHET_${setting.toUpperCase().replaceAll('-', '_')}`;
}

/** What `GUICHET_…` variables say; an empty one says nothing. */
export function readEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
  applications: readonly Application[],
  settings: readonly NumberSetting[],
  texts: CommandTexts,
): ServeSource {
  const words = (name: string): string[] =>
    (environment[name] ?? '').split(/\s+/).filter((word) => word !== '');
  const numbers = new Map<string, number>();
  for (const { name, min, max } of settings) {
    const variable = environmentName(name);
    const text = environment[variable];
    if (text) numbers.set(name, readWholeNumber(texts, variable, text, min, max));
  }
  const given = new Map<string, string>();
  for (const { name } of [...textSettings, ...applications.flatMap(applicationTexts)]) {
    const text = environment[environmentName(name)];
    if (text) given.set(name, text);
  }
  const endpoints = new Map<string, readonly string[]>();
  for (const { name } of applications) {
    const listed = words(environmentName(`${name}-endpoints`));
    if (listed.length > 0) endpoints.set(name, listed);
  }
  const named = words('GUICHET_APPLICATIONS');
  const port = environment['GUICHET_PORT'];
  return {
    nameSetting: environmentName,
    host: environment['GUICHET_HOST'] || undefined,
    port: port ? readWholeNumber(texts, 'GUICHET_PORT', port, 0, 65_535) : undefined,
    applications: named.length > 0 ? named : undefined,
    endpoints,
    numbers,
    texts: given,
  };
}

/** A source that says nothing. */
export function emptySource(nameSetting: (setting: string) => string): ServeSource {
  return { nameSetting, endpoints: new Map(), numbers: new Map(), texts: new Map() };
}
