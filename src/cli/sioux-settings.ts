import { fileDefaults, http2Defaults, httpDefaults } from '../applications/http/index.ts';
import type { FileOptions, Http2Limits, HttpLimits } from '../applications/http/index.ts';
import { logFormats } from '../applications/http/site/index.ts';
import { transportDefaults } from '../transport/index.ts';
import type { TextForm } from './sioux-forms.ts';

/** What a setting can be. */
export type SettingValue = number | boolean | string | readonly string[];

interface SettingBase {
  /** As in `--clean-urls`, `clean-urls = ` and `SIOUX_CLEAN_URLS`. */
  readonly name: string;
  /** A setting of a site can be said of each of the hosts, in the configuration file. */
  readonly scope: 'server' | 'site';
}

/** A whole number. */
export interface NumberSetting extends SettingBase {
  readonly kind: 'number';
  readonly min: number;
  readonly max: number;
  readonly default: number;
}

/** Yes or no. */
export interface SwitchSetting extends SettingBase {
  readonly kind: 'switch';
  readonly default: boolean;
}

/** A text, one of a few words, or a list of texts. */
export interface TextSetting extends SettingBase {
  readonly kind: 'text' | 'list';
  /** What its value is called in the help. */
  readonly value: string;
  /** The words that it can be; by default any. */
  readonly words?: readonly string[];
  /** What it is when it is merely asked for; without this, a value must be given. */
  readonly bare?: string;
  /** Whether it names a file, relative to where it is said. */
  readonly isFile?: boolean;
  /** What it, or each of a list, must look like; by default any text will do. */
  readonly form?: TextForm;
  readonly default?: string;
}

export type Setting = NumberSetting | SwitchSetting | TextSetting;

const hour = 3_600_000;
const gibi = 1_073_741_824;

/** The name of an option as settings are named: `maxBodyBytes` is `max-body-bytes`. */
export function settingName(option: string): string {
  return option.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** Bounds of the numbers that are limits, by option. */
const limitBounds: Readonly<Record<keyof HttpLimits, readonly [min: number, max: number]>> = {
  maxTargetBytes: [16, 1_048_576],
  maxHeaderBytes: [256, 16_777_216],
  maxHeaderCount: [1, 10_000],
  maxBodyBytes: [0, 1_024 * gibi],
  maxDiscardedBytes: [0, gibi],
  maxChunkExtensionBytes: [0, 1_048_576],
  maxTrailerBytes: [0, 1_048_576],
  maxRequests: [1, 1_000_000_000],
  maxConnectionsPerAddress: [1, 1_000_000],
  headerTimeout: [1, hour],
  bodyTimeout: [1, hour],
  keepAliveTimeout: [1, hour],
  writeTimeout: [1, hour],
};

const http2Bounds: Readonly<Record<keyof Http2Limits, readonly [min: number, max: number]>> = {
  maxStreams: [1, 10_000],
  maxResetBurst: [1, 1_000_000],
  maxResetRate: [1, 1_000_000],
  maxSettings: [1, 10_000],
  maxSessionBytes: [1_000_000, gibi],
};

/** The options of {@link FileOptions} that are numbers. */
export const fileNumbers = {
  maxCacheBytes: [0, 64 * gibi],
  maxCachedFileBytes: [0, gibi],
  maxCachedFiles: [0, 10_000_000],
  maxCacheAge: [0, hour],
  maxOpenFiles: [1, 1_000_000],
  maxRanges: [1, 10_000],
  minCompressedBytes: [0, gibi],
  maxCompressedBytes: [0, gibi],
  maxCompressions: [0, 1_024],
  maxListingNames: [1, 1_000_000],
} as const satisfies Partial<Record<keyof FileOptions, readonly [min: number, max: number]>>;

function numbersOf<Option extends string>(
  bounds: Readonly<Record<Option, readonly [min: number, max: number]>>,
  defaults: Readonly<Record<Option, number>>,
  scope: 'server' | 'site',
): NumberSetting[] {
  const entries = Object.entries(bounds) as [Option, readonly [number, number]][];
  return entries.map(([option, [min, max]]) => ({
    kind: 'number',
    name: settingName(option),
    scope,
    min,
    max,
    default: defaults[option],
  }));
}

/** Every setting of `sioux`, in the order of its help. */
export const siouxSettings: readonly Setting[] = [
  { kind: 'text', name: 'host', scope: 'server', value: 'address', default: '127.0.0.1' },
  { kind: 'number', name: 'port', scope: 'server', min: 0, max: 65_535, default: 8_080 },
  { kind: 'number', name: 'threads', scope: 'server', min: 1, max: 256, default: 1 },
  {
    kind: 'list',
    name: 'index',
    form: 'name',
    scope: 'site',
    value: 'names',
    default: 'index.html',
  },
  { kind: 'switch', name: 'listing', scope: 'site', default: false },
  { kind: 'text', name: 'spa', form: 'page', scope: 'site', value: 'page', bare: '/index.html' },
  { kind: 'switch', name: 'clean-urls', scope: 'site', default: false },
  { kind: 'switch', name: 'dotfiles', scope: 'site', default: false },
  { kind: 'switch', name: 'compression', scope: 'site', default: true },
  {
    kind: 'text',
    name: 'charset',
    form: 'charset',
    scope: 'site',
    value: 'charset',
    default: 'utf-8',
  },
  { kind: 'text', name: 'cache', form: 'field', scope: 'site', value: 'directives' },
  { kind: 'list', name: 'cors', form: 'origin', scope: 'site', value: 'origins', bare: '*' },
  { kind: 'list', name: 'cors-methods', form: 'token', scope: 'site', value: 'methods' },
  { kind: 'list', name: 'cors-headers', form: 'token', scope: 'site', value: 'names' },
  { kind: 'list', name: 'cors-exposed', form: 'token', scope: 'site', value: 'names' },
  { kind: 'switch', name: 'cors-credentials', scope: 'site', default: false },
  { kind: 'number', name: 'cors-max-age', scope: 'site', min: 0, max: 86_400, default: 600 },
  { kind: 'text', name: 'auth', scope: 'site', value: 'file', isFile: true },
  { kind: 'text', name: 'realm', form: 'field', scope: 'site', value: 'text', default: 'sioux' },
  { kind: 'list', name: 'auth-paths', form: 'glob', scope: 'site', value: 'globs', default: '/**' },
  { kind: 'switch', name: 'tls', scope: 'server', default: false },
  { kind: 'text', name: 'cert', scope: 'server', value: 'file', isFile: true },
  { kind: 'text', name: 'key', scope: 'server', value: 'file', isFile: true },
  { kind: 'switch', name: 'http2', scope: 'server', default: true },
  { kind: 'number', name: 'redirect-port', scope: 'server', min: 0, max: 65_535, default: 0 },
  { kind: 'text', name: 'access-log', scope: 'server', value: 'file', bare: '-', isFile: true },
  {
    kind: 'text',
    name: 'log-format',
    scope: 'server',
    value: 'format',
    words: logFormats,
    default: 'combined',
  },
  { kind: 'text', name: 'metrics', form: 'path', scope: 'server', value: 'path', bare: '/metrics' },
  {
    kind: 'list',
    name: 'metrics-allow',
    form: 'network',
    scope: 'server',
    value: 'addresses',
    default: '127.0.0.0/8, ::1',
  },
  { kind: 'number', name: 'metrics-port', scope: 'server', min: 0, max: 65_535, default: 0 },
  {
    kind: 'text',
    name: 'server',
    form: 'field',
    scope: 'server',
    value: 'text',
    bare: 'sioux',
    default: 'sioux',
  },
  {
    kind: 'text',
    name: 'unknown-hosts',
    scope: 'server',
    value: 'answer',
    words: ['serve', 'refuse'],
    default: 'serve',
  },
  {
    kind: 'number',
    name: 'drain',
    scope: 'server',
    min: 0,
    max: hour,
    default: transportDefaults.drainTimeout,
  },
  {
    kind: 'number',
    name: 'max-connections',
    scope: 'server',
    min: 1,
    max: 1_000_000,
    default: transportDefaults.maxConnections,
  },
  ...numbersOf(limitBounds, httpDefaults, 'server'),
  ...numbersOf(http2Bounds, http2Defaults, 'server'),
  ...numbersOf<keyof typeof fileNumbers>(fileNumbers, fileDefaults, 'site'),
];

/** Options of {@link HttpLimits} and {@link Http2Limits}. */
export const limitOptions = Object.keys(limitBounds) as (keyof HttpLimits)[];
export const http2Options = Object.keys(http2Bounds) as (keyof Http2Limits)[];
