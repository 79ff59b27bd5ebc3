import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { FileOptions, Http2Limits, HttpLimits } from '../applications/http/index.ts';
import type {
  CertificateFilePair,
  LogFormat,
  SiteDescription,
  SitesDescription,
} from '../applications/http/site/index.ts';
import { isSendableField } from '../applications/http/site/fields.ts';
import type { SiouxTexts } from '../language/sioux.ts';
import { EndpointError, splitEndpoint } from '../transport/index.ts';
import { noConfiguration } from './sioux-configuration.ts';
import type { SiouxConfiguration, SiteRules } from './sioux-configuration.ts';
import { fitConnections, readOpenFileLimit } from './open-files.ts';
import {
  fileNumbers,
  http2Options,
  limitOptions,
  settingName,
  siouxSettings,
} from './sioux-settings.ts';
import type { SettingValue } from './sioux-settings.ts';
import { splitCommas } from './sioux-sources.ts';
import type { SiouxSource } from './sioux-sources.ts';
import { UsageError } from './terminal.ts';

/** All that `sioux` is to do, as plain data that crosses between threads. */
export interface SiouxPlan {
  readonly host: string;
  readonly port: number;
  readonly threads: number;
  /** `undefined` for plain HTTP; without pairs, the development certificate. */
  readonly tls: readonly CertificateFilePair[] | undefined;
  readonly limits: HttpLimits;
  readonly http2: Http2Limits | false;
  /** Of each thread: what is asked for, or what the open files that the system allows have room for. */
  readonly maxConnections: number;
  /** The open files that the system allows, where they have no room for connections enough. */
  readonly tightFiles: number | undefined;
  readonly drain: number;
  /** The Server field; empty for none. */
  readonly server: string;
  readonly sites: SitesDescription;
  /** Absolute path, or `-` for stdout. */
  readonly accessLog: string | undefined;
  readonly logFormat: LogFormat;
  /** 0 for none. */
  readonly redirectPort: number;
  readonly metricsPath: string | undefined;
  readonly metricsPort: number;
  readonly metricsAllow: readonly string[];
}

/** The value of each setting: the strongest source that has it, else the default. */
class Settings {
  readonly #sources: readonly SiouxSource[];

  constructor(sources: readonly SiouxSource[]) {
    this.#sources = sources;
  }

  find(name: string): SettingValue | undefined {
    return this.#sources.find((source) => source.has(name))?.get(name);
  }

  number(name: string): number {
    const found = this.find(name);
    return typeof found === 'number' ? found : Number(this.#usual(name));
  }

  switch(name: string): boolean {
    const found = this.find(name);
    return typeof found === 'boolean' ? found : this.#usual(name) === true;
  }

  /** A text, `undefined` where none is set and for none. */
  text(name: string): string | undefined {
    const found = this.find(name) ?? this.#usual(name);
    return typeof found === 'string' && found !== '' ? found : undefined;
  }

  list(name: string): readonly string[] {
    const found = this.find(name);
    if (found === undefined) return splitCommas(String(this.#usual(name) ?? ''));
    return typeof found === 'object' ? found : [String(found)];
  }

  #usual(name: string): SettingValue | undefined {
    return siouxSettings.find((setting) => setting.name === name)?.default;
  }
}

/** An option that differs from its default, and nothing for one that does not. */
function describeFiles(settings: Settings, { types }: SiteRules): SiteDescription['files'] {
  const spa = settings.text('spa');
  const cache = settings.text('cache');
  const numbers = Object.fromEntries(
    Object.keys(fileNumbers).map((option) => [option, settings.number(settingName(option))]),
  ) as Record<keyof typeof fileNumbers, number>;
  const files: Partial<FileOptions> = {
    ...numbers,
    index: settings.list('index'),
    listing: settings.switch('listing'),
    cleanUrls: settings.switch('clean-urls'),
    dotfiles: settings.switch('dotfiles'),
    compression: settings.switch('compression'),
    charset: settings.text('charset') ?? '',
    ...(spa !== undefined && { fallback: spa.startsWith('/') ? spa : `/${spa}` }),
    ...(cache !== undefined && { cacheControl: cache }),
    ...(types !== undefined && { types }),
  };
  return files;
}

function describeCors(settings: Settings, texts: SiouxTexts): SiteDescription['cors'] {
  const origins = settings.list('cors');
  if (origins.length === 0) return undefined;
  const credentials = settings.switch('cors-credentials');
  if (credentials && origins.includes('*')) throw new UsageError(texts.credentials);
  const lists = Object.fromEntries(
    (['methods', 'headers', 'exposed'] as const).flatMap((name) => {
      const list = settings.list(`cors-${name}`);
      return list.length === 0 ? [] : [[name, list]];
    }),
  );
  return {
    ...lists,
    origins: origins.includes('*') ? '*' : origins,
    credentials,
    maxAge: settings.number('cors-max-age'),
  };
}

function describeSite(
  root: string,
  settings: Settings,
  rules: SiteRules,
  hidden: readonly string[],
  texts: SiouxTexts,
): SiteDescription {
  const { redirects, headers, errorPages } = rules;
  const files = describeFiles(settings, rules);
  const cors = describeCors(settings, texts);
  const auth = settings.text('auth');
  const paths = settings.list('auth-paths');
  return {
    root,
    hidden: auth === undefined ? hidden : [...hidden, auth],
    ...(files !== undefined && { files }),
    ...(cors !== undefined && { cors }),
    ...(redirects !== undefined && { redirects }),
    ...(headers !== undefined && { headers }),
    ...(errorPages !== undefined && { errorPages }),
    ...(auth !== undefined && {
      authentication: { file: auth, realm: settings.text('realm') ?? 'sioux', paths },
    }),
  };
}

/** Whether a root is there; one that the configuration file names is told with its place. */
async function checkRoot(
  root: string,
  { findMention }: Pick<SiouxConfiguration, 'findMention'>,
  texts: SiouxTexts,
): Promise<void> {
  const found = await stat(root).catch(() => undefined);
  if (found?.isDirectory() === true) return;
  const mention = findMention(root);
  const reason = found === undefined ? texts.noRoot(root) : texts.notFolder(root);
  if (mention === undefined) throw new UsageError(reason);
  throw new UsageError(
    texts.wrong(mention, '', found === undefined ? texts.noFolder(root) : reason),
  );
}

/** A host as an endpoint has it: IPv6 without the brackets that people may write. */
function readHost(host: string, texts: SiouxTexts): string {
  const bare = /^\[(.*)\]$/.exec(host)?.[1] ?? host;
  try {
    const { transport } = splitEndpoint(`tcp://${bare.includes(':') ? `[${bare}]` : bare}:0`);
    if (transport.transport === 'tcp') return transport.host;
  } catch (error) {
    if (!(error instanceof EndpointError)) throw error;
  }
  throw new UsageError(texts.badHost('host', host));
}

function readServer(server: string, texts: SiouxTexts): string {
  if (isSendableField('Server', server)) return server;
  throw new UsageError(`server: ${texts.expected.field}`);
}

function planTls(
  settings: Settings,
  { certificates }: SiouxConfiguration,
  texts: SiouxTexts,
): SiouxPlan['tls'] {
  const cert = settings.text('cert');
  const key = settings.text('key');
  if ((cert === undefined) !== (key === undefined)) throw new UsageError(texts.pair);
  const first = cert !== undefined && key !== undefined ? [{ cert, key }] : [];
  const pairs = [...first, ...certificates];
  const isAsked = settings.find('tls');
  return isAsked === true || (isAsked !== false && pairs.length > 0) ? pairs : undefined;
}

/**
 * Decides what to serve, from the strongest source to the weakest: flags, the configuration file, the
 * environment.
 *
 * @throws {UsageError}
 */
export async function planSioux(
  flags: SiouxSource,
  configuration: SiouxConfiguration,
  environment: SiouxSource,
  texts: SiouxTexts,
): Promise<SiouxPlan> {
  const common = [flags, configuration.settings, environment];
  const settings = new Settings(common);
  const tls = planTls(settings, configuration, texts);
  if (tls === undefined && settings.number('redirect-port') !== 0) {
    throw new UsageError(texts.redirectsNeedTls);
  }
  const accessLog = settings.text('access-log');
  const hidden = [
    configuration.file,
    accessLog,
    ...(tls ?? []).flatMap(({ cert, key }) => [cert, key]),
  ];
  const secret = hidden.filter((file) => file !== undefined && file !== '-') as readonly string[];
  const root = settings.text('root') ?? resolve('.');
  const isNamed = flags.has('root');
  await checkRoot(root, isNamed ? noConfiguration : configuration, texts);
  const hosts: (SiteDescription & { readonly names: readonly string[] })[] = [];
  for (const { names, settings: own, rules } of configuration.hosts) {
    const ofHost = own.get('root');
    if (typeof ofHost !== 'string') throw new UsageError(texts.hostRoot(names.join(', ')));
    await checkRoot(ofHost, configuration, texts);
    const site = describeSite(
      ofHost,
      new Settings([flags, own, configuration.settings, environment]),
      { ...configuration.rules, ...rules },
      secret,
      texts,
    );
    hosts.push({ ...site, names });
  }
  const numbers = <Option extends string>(options: readonly Option[]): Record<Option, number> =>
    Object.fromEntries(
      options.map((option) => [option, settings.number(settingName(option))]),
    ) as Record<Option, number>;
  const fallback =
    settings.text('unknown-hosts') === 'refuse'
      ? undefined
      : describeSite(root, settings, configuration.rules, secret, texts);
  const threads = settings.number('threads');
  const asked = settings.number('max-connections');
  const systemFiles = await readOpenFileLimit();
  const maxConnections = fitConnections(asked, threads, systemFiles);
  // Of what nobody asked for, a part is enough to say nothing.
  const enough = settings.find('max-connections') === undefined ? Math.min(asked, 1_024) : asked;
  return {
    host: readHost(settings.text('host') ?? '', texts),
    port: settings.number('port'),
    threads,
    tls,
    limits: numbers(limitOptions),
    http2: settings.switch('http2') ? numbers(http2Options) : false,
    maxConnections,
    tightFiles: maxConnections < enough ? systemFiles : undefined,
    drain: settings.number('drain'),
    server: readServer(settings.text('server') ?? '', texts),
    sites: { hosts, ...(fallback !== undefined && { fallback }) },
    accessLog,
    logFormat: settings.text('log-format') === 'json' ? 'json' : 'combined',
    redirectPort: settings.number('redirect-port'),
    metricsPath: settings.text('metrics'),
    metricsPort: settings.number('metrics-port'),
    metricsAllow: settings.list('metrics-allow'),
  };
}
