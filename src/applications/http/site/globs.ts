/** The text that each star of a glob stood for, in the order of the pattern. */
export type GlobMatch = readonly string[];

/** A compiled glob: the text behind each of its stars, or `undefined` when the path does not match. */
export type Glob = (path: string) => GlobMatch | undefined;

/** One segment of a path, percent-decoded; what decodes to nothing valid stays as it was sent. */
function decodeSegment(segment: string): string {
  if (!segment.includes('%')) return segment;
  try {
    return decodeURIComponent(segment);
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
    return segment;
  }
}

/**
 * The segments of a request's path as rules are to see them: percent-decoded, without empty ones and with
 * dot segments resolved (RFC 3986, section 5.2.4), so that no other spelling of a path escapes a rule. A
 * path that ends in a slash has an empty last segment.
 */
export function pathSegments(path: string): readonly string[] {
  const segments: string[] = [];
  const parts = path.split('/').slice(1);
  let endsInSlash = false;
  for (const part of parts) {
    const segment = decodeSegment(part);
    endsInSlash = segment === '' || segment === '.' || segment === '..';
    if (segment === '..') segments.pop();
    else if (!endsInSlash) segments.push(segment);
  }
  if (endsInSlash) segments.push('');
  return segments;
}

/** All that `{a,b}` in a pattern stands for; at most 64 patterns. */
function expandBraces(pattern: string): readonly string[] {
  const groups = /^([^{}]*)\{([^{}]*)\}(.*)$/.exec(pattern);
  if (groups === null) {
    // Taken as they stand, they would match next to nothing, and a rule would silently not hold.
    if (/[{}]/.test(pattern)) throw new RangeError(`"${pattern}" has a brace without its pair`);
    return [pattern];
  }
  const [, before = '', inside = '', behind = ''] = groups;
  const rests = expandBraces(behind);
  const all = inside.split(',').flatMap((one) => rests.map((rest) => `${before}${one}${rest}`));
  if (all.length > 64) throw new RangeError(`"${pattern}" stands for more than 64 patterns`);
  return all;
}

/** Matches one segment, `*` and `?` in the pattern, in time proportional to the product of both. */
function matchSegment(pattern: string, text: string): GlobMatch | undefined {
  const starts: number[] = [];
  const ends: number[] = [];
  let at = 0;
  let star = -1;
  let index = 0;
  while (index < text.length) {
    if (at < pattern.length && pattern[at] === '*') {
      // Only the last star is ever tried anew: what stands before it has matched as early as it could.
      star = at;
      starts.push(index);
      ends.push(index);
      at += 1;
    } else if (at < pattern.length && (pattern[at] === '?' || pattern[at] === text[index])) {
      at += 1;
      index += 1;
    } else if (star !== -1) {
      at = star + 1;
      index = (ends.pop() ?? 0) + 1;
      ends.push(index);
    } else {
      return undefined;
    }
  }
  while (at < pattern.length && pattern[at] === '*') {
    starts.push(index);
    ends.push(index);
    at += 1;
  }
  if (at < pattern.length) return undefined;
  return starts.map((start, number) => text.slice(start, ends[number]));
}

/** Matches segments, `**` in the pattern standing for any number of them. */
function matchSegments(
  pattern: readonly string[],
  segments: readonly string[],
): GlobMatch | undefined {
  let found: GlobMatch[] = [];
  let beforeStar: GlobMatch[] = [];
  let at = 0;
  let star = -1;
  let taken = 0;
  let starBegan = 0;
  let index = 0;
  while (index < segments.length) {
    const part = pattern[at];
    if (part === '**') {
      star = at;
      starBegan = index;
      taken = index;
      beforeStar = found;
      at += 1;
      found = [...beforeStar, ['']];
      continue;
    }
    const match = part === undefined ? undefined : matchSegment(part, segments[index] ?? '');
    if (match !== undefined) {
      found = [...found, match];
      at += 1;
      index += 1;
    } else if (star !== -1) {
      at = star + 1;
      taken += 1;
      index = taken;
      found = [...beforeStar, [segments.slice(starBegan, taken).join('/')]];
    } else {
      return undefined;
    }
  }
  while (pattern[at] === '**') {
    found = [...found, ['']];
    at += 1;
  }
  return at < pattern.length ? undefined : found.flat();
}

/** The patterns, one for each choice of braces, as segments. */
function parsePatterns(pattern: string): readonly (readonly string[])[] {
  const rooted = pattern.startsWith('/') ? pattern : `/**/${pattern}`;
  return expandBraces(rooted).map((one) => one.split('/').slice(1));
}

/**
 * How many texts a match of a glob has at least, one for each star.
 *
 * @throws as {@link compileGlob}.
 */
export function countStars(pattern: string): number {
  const counts = parsePatterns(pattern).map((segments) =>
    segments.reduce((sum, one) => sum + (one === '**' ? 1 : one.split('*').length - 1), 0),
  );
  return Math.min(...counts);
}

/**
 * Compiles a glob over paths: `*` any characters of one segment, `?` one of them, `**` as a whole segment
 * any number of segments, `{a,b}` one or the other. A pattern without a leading slash matches at any
 * depth: `*.css` matches every style sheet. Matching takes time in proportion to the path, whatever it holds.
 *
 * @throws {RangeError} when a brace has no pair or holds another, or braces stand for more than 64 patterns.
 */
export function compileGlob(pattern: string): Glob {
  const patterns = parsePatterns(pattern);
  return (path) => {
    const segments = pathSegments(path);
    for (const one of patterns) {
      const match = matchSegments(one, segments);
      if (match !== undefined) return match;
    }
    return undefined;
  };
}
