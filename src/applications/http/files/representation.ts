import type { BigIntStats } from 'node:fs';
import type { HeaderField } from '../headers.ts';
import { compressionVersion } from './compression.ts';
import type { Validators } from './conditions.ts';
import type { Encoding } from './encodings.ts';
import { shortHash, tagOfFile } from './entity-tags.ts';
import { replaceFields } from './header-rules.ts';
import { formatHttpDate } from './http-date.ts';

/** What is told of one form of a file: as it is, or in one coding. */
export interface Representation extends Validators {
  readonly contentType: string;
  /** The fields of a response that carries it. */
  readonly fields: readonly HeaderField[];
  /** Bytes; `undefined` when they are only known once it has been sent, so that no range is. */
  readonly size: number | undefined;
}

/** What a representation is made from. */
export interface Ingredients {
  /** Characters of the tag, without quotes. */
  readonly tag: string;
  readonly isWeak?: boolean;
  readonly modified: number | undefined;
  readonly contentType: string;
  readonly encoding: Encoding | 'identity';
  readonly size: number | undefined;
  /** What request fields the choice of this representation depends on. */
  readonly vary: readonly string[];
  readonly cacheControl: string | undefined;
  /** Fields that go before those made here. */
  readonly rules: readonly HeaderField[];
}

/** Puts together the fields of a representation. */
export function describeRepresentation(ingredients: Ingredients): Representation {
  const { contentType, encoding, modified, size, vary, cacheControl } = ingredients;
  const suffix = encoding === 'identity' ? '' : `-${encoding}`;
  const tag = `${ingredients.isWeak === true ? 'W/' : ''}"${ingredients.tag}${suffix}"`;
  const fields: HeaderField[] = [['Content-Type', contentType]];
  if (encoding !== 'identity') fields.push(['Content-Encoding', encoding]);
  fields.push(['ETag', tag]);
  if (modified !== undefined) fields.push(['Last-Modified', formatHttpDate(modified)]);
  if (size !== undefined) fields.push(['Accept-Ranges', 'bytes']);
  if (vary.length > 0) fields.push(['Vary', vary.join(', ')]);
  if (cacheControl !== undefined) fields.push(['Cache-Control', cacheControl]);
  fields.push(['X-Content-Type-Options', 'nosniff']);
  return { tag, modified, contentType, size, fields: replaceFields(fields, ingredients.rules) };
}

/**
 * When a file was modified, in whole seconds, as milliseconds since 1970: never later than now, were its
 * time in the future (RFC 9110, section 8.8.2.1).
 */
export function modifiedAt(stats: BigIntStats, now: number = Date.now()): number {
  const seconds = Math.floor(Number(stats.mtimeNs / 1_000_000n) / 1000);
  return Math.max(0, Math.min(seconds, Math.floor(now / 1000))) * 1000;
}

/** The characters of the tag of a file's state, or of what is made from it on the fly. */
export function tagOf(stats: BigIntStats, isMadeHere: boolean): string {
  const tag = tagOfFile(stats);
  return isMadeHere ? shortHash(`${tag} ${compressionVersion}`) : tag;
}

/** Fields that describe content, which a 304 does not carry (RFC 9110, section 15.4.5). */
const describesContent =
  /^(?:content-(?!location$|security-policy)|last-modified$|accept-ranges$|x-content-type-options$)/i;

/** The response to who has this representation already. */
export function notModified(representation: Representation): {
  readonly status: number;
  readonly headers: readonly HeaderField[];
} {
  return {
    status: 304,
    headers: representation.fields.filter(([name]) => !describesContent.test(name)),
  };
}
