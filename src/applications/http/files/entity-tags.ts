import { hash } from 'node:crypto';
import type { BigIntStats } from 'node:fs';

/** A tag as it is sent: `"…"`, or `W/"…"` when it is weak (RFC 9110, section 8.8.3). */
export type EntityTag = string;

const tagPattern = /[\t ]*(?:(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"[\t ]*)?(?:,|$)/y;

/**
 * The tags of If-Match or If-None-Match (RFC 9110, sections 13.1.1 and 13.1.2), which may hold commas.
 *
 * @returns `*` for any, and `undefined` when the value is not a list of tags.
 */
export function parseEntityTags(value: string): '*' | readonly EntityTag[] | undefined {
  if (value.trim() === '*') return '*';
  const tags: EntityTag[] = [];
  let at = 0;
  while (at < value.length) {
    tagPattern.lastIndex = at;
    const match = tagPattern.exec(value)?.[0];
    if (match === undefined || match === '') return undefined;
    const tag = match.replace(/,$/, '').trim();
    if (tag !== '') tags.push(tag);
    at += match.length;
  }
  return tags;
}

function isWeak(tag: EntityTag): boolean {
  return tag.startsWith('W/');
}

/** Whether a list holds a tag, both strong and of the same characters (section 8.8.3.2). */
export function matchesStrongly(value: string, tag: EntityTag): boolean {
  const tags = parseEntityTags(value);
  return tags === '*' || (!isWeak(tag) && (tags?.includes(tag) ?? false));
}

/** Whether a list holds a tag of the same characters, weak or not (section 8.8.3.2). */
export function matchesWeakly(value: string, tag: EntityTag): boolean {
  const tags = parseEntityTags(value);
  if (tags === '*') return true;
  const opaque = tag.replace(/^W\//, '');
  return tags?.some((candidate) => candidate.replace(/^W\//, '') === opaque) ?? false;
}

/** What tells one state of a file from every other on this machine. */
export function fingerprintOf(stats: BigIntStats): string {
  return `${stats.dev}.${stats.ino}.${stats.size}.${stats.mtimeNs}.${stats.ctimeNs}`;
}

/**
 * A tag for a state of a file: the same after a restart, another when the file was replaced by one of
 * the same size and the same mtime (ctime cannot be set back), and saying nothing of the inode.
 */
export function tagOfFile(stats: BigIntStats): string {
  return shortHash(`${stats.ino}.${stats.size}.${stats.mtimeNs}.${stats.ctimeNs}`);
}

/** A tag for bytes made here. */
export function shortHash(data: string | Uint8Array): string {
  return hash('sha256', data, 'base64url').slice(0, 16);
}
