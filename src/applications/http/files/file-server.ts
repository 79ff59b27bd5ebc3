import { HttpError } from '../errors.ts';
import type { HttpRequest, HttpResponse } from '../handler.ts';
import { chooseEncoding, parseAcceptEncoding } from './encodings.ts';
import type { Encoding } from './encodings.ts';
import { fingerprintOf, shortHash } from './entity-tags.ts';
import { CachedFile, FileCache } from './file-cache.ts';
import type { Alias, Variant } from './file-cache.ts';
import { FileTree } from './file-tree.ts';
import type { Found } from './file-tree.ts';
import { Forms } from './forms.ts';
import { compileRules, replaceFields } from './header-rules.ts';
import type { FieldsFor } from './header-rules.ts';
import { Listings } from './listing.ts';
import { Locator } from './locate.ts';
import type { FileTarget, Located } from './locate.ts';
import { mediaTypesOf } from './media-types.ts';
import { isSettled } from './open-file.ts';
import type { OpenFile } from './open-file.ts';
import type { FileOptions } from './options.ts';
import { qualityOfType } from './qualities.ts';
import { describeRepresentation } from './representation.ts';
import { formatPath } from './request-path.ts';
import { bodyOf, respondWith, settleConditions } from './respond.ts';

/** Methods of RFC 9110 and RFC 5789 that files do not have; any other nobody knows here. */
const knownMethods: ReadonlySet<string> = new Set([
  'POST',
  'PUT',
  'DELETE',
  'CONNECT',
  'TRACE',
  'PATCH',
]);

const absentCodes: ReadonlySet<string> = new Set(['NOT_FOUND', 'FORBIDDEN']);

const allow = ['Allow', 'GET, HEAD, OPTIONS'] as const;
const options: HttpResponse = { status: 204, headers: [allow] };

/** The key of the page that answers for others: neither a path nor a file's name holds a NUL. */
const fallbackKey = '\0fallback';

function refuseMethod(method: string): HttpError {
  if (!knownMethods.has(method)) return new HttpError('NOT_IMPLEMENTED', 'no such method is known');
  return new HttpError('METHOD_NOT_ALLOWED', 'files are only read', { headers: [allow] });
}

/** Sends on to another path of this very server, with the query it came with. */
function redirect(path: string, { query }: HttpRequest): HttpResponse {
  const location = query === '' ? path : `${path}?${query}`;
  return { status: 301, headers: [['Location', location]], content: '' };
}

/** The prepared response to a plain request, or one that has what there is already. */
function pickPrepared(file: CachedFile, request: HttpRequest): HttpResponse | undefined {
  const { method, headers } = request;
  if (method !== 'GET' && method !== 'HEAD') return undefined;
  let variant = file.identity;
  if (file.isNegotiated) {
    const accept = headers.get('accept-encoding');
    if (accept !== undefined) variant = file.choices.get(accept);
  }
  if (variant === undefined) return undefined;
  if (headers.has('range') || headers.has('if-match') || headers.has('if-unmodified-since')) {
    return undefined;
  }
  const tag = headers.get('if-none-match');
  if (tag !== undefined) {
    return tag === variant.representation.tag ? variant.notModified : undefined;
  }
  const since = headers.get('if-modified-since');
  if (since === undefined) return variant.whole;
  return since === variant.lastModified ? variant.notModified : undefined;
}

/** Answers with the files of a folder, small ones from memory. */
export class FileServer {
  readonly #options: FileOptions;
  readonly #listings: Listings;
  readonly #locator: Locator;
  readonly #cache: FileCache;
  readonly #forms: Forms;
  readonly #fieldsFor: FieldsFor;

  constructor(root: string, given: FileOptions) {
    this.#options = given;
    this.#fieldsFor = compileRules(given.headers);
    const tree = new FileTree(root);
    this.#listings = new Listings(tree, given);
    this.#locator = new Locator(tree, given, mediaTypesOf(given.types, given.charset));
    this.#cache = new FileCache({
      maxBytes: given.maxCacheBytes,
      maxFiles: given.maxCachedFiles,
      maxAge: given.maxCacheAge,
    });
    this.#forms = new Forms(tree, this.#cache, this.#fieldsFor, given);
  }

  /** Answers at once what is in memory, anything else later. */
  answer(request: HttpRequest): HttpResponse | Promise<HttpResponse> {
    const { path } = request;
    const alias = this.#cache.alias(path);
    if (alias === undefined) return this.#answerLater(request);
    const now = performance.now();
    if (now >= alias.expiresAt) return this.#answerLater(request);
    if (now >= alias.checkAt && !alias.isBeingChecked) void this.#check(path, alias);
    const { file } = alias;
    file.isUsed = true;
    return pickPrepared(file, request) ?? this.#answerFrom(file, request);
  }

  /** Forgets everything that is in memory; what is being sent is sent to its end. */
  close(): void {
    this.#cache.clear();
    this.#listings.forget();
  }

  async #answerLater(request: HttpRequest): Promise<HttpResponse> {
    const { method, path } = request;
    if (method === 'OPTIONS') return options;
    if (method !== 'GET' && method !== 'HEAD') throw refuseMethod(method);
    const located = await this.#locator.locate(path);
    if (located.kind === 'file') {
      return this.#answerFrom(this.#remember(path, located.target), request);
    }
    if (located.kind === 'redirect') return redirect(located.path, request);
    if (located.kind === 'directory') {
      return this.#list(located.segments, located.found, request);
    }
    return this.#fallBack(located.segments, request);
  }

  /** Puts a file where its path finds it, or finds it there in the state it has. */
  #remember(path: string, target: FileTarget): CachedFile {
    const name = target.segments.join('/');
    const key = path === fallbackKey ? `${fallbackKey}/${name}` : name;
    let file = this.#cache.file(key, target.fingerprint);
    if (file === undefined) {
      const { encodings, compression } = this.#options;
      const isNegotiated =
        encodings.length > 0 &&
        (target.siblings.size > 0 || (compression && target.media.isCompressible));
      const vary = isNegotiated ? ['Accept-Encoding'] : [];
      if (path === fallbackKey) vary.unshift('Accept');
      file = new CachedFile(key, target, isNegotiated, vary);
      this.#cache.add(file);
    }
    this.#cache.link(path, file, performance.now());
    return file;
  }

  /** Looks again where a path leads, while what it led to still serves. */
  async #check(path: string, alias: Alias): Promise<void> {
    alias.isBeingChecked = true;
    let located: Located | undefined;
    try {
      located = await this.#locator.locate(path);
    } catch {
      // The next request meets the same trouble, and its client is told of it.
      located = undefined;
    }
    if (located?.kind === 'file') this.#remember(path, located.target);
    else this.#cache.unlink(path);
  }

  /** Answers for a page that is not there with the one that stands for all, if there is one. */
  async #fallBack(segments: readonly string[], request: HttpRequest): Promise<HttpResponse> {
    const missing = new HttpError('NOT_FOUND', 'nothing is here');
    const { fallback } = this.#options;
    const isPage = !(segments.at(-1) ?? '').includes('.');
    const wantsPage = qualityOfType(request.headers.get('accept'), 'text/html') > 0;
    if (fallback === undefined || !isPage || !wantsPage) throw missing;
    const alias = this.#cache.alias(fallbackKey);
    if (alias !== undefined && performance.now() < alias.expiresAt) {
      alias.file.isUsed = true;
      return this.#answerFrom(alias.file, request);
    }
    const target = await this.#locator.locateFile(fallback);
    if (target === undefined) throw missing;
    const file = this.#remember(fallbackKey, target);
    return this.#answerFrom(file, request);
  }

  async #list(
    segments: readonly string[],
    found: Found,
    request: HttpRequest,
  ): Promise<HttpResponse> {
    const { language, cacheControl, maxRanges } = this.#options;
    const listing = await this.#listings.list(segments, found, request);
    const bytes = Buffer.from(listing.content);
    const representation = describeRepresentation({
      tag: shortHash(bytes),
      modified: undefined,
      contentType: listing.contentType,
      encoding: 'identity',
      size: bytes.length,
      vary: language === undefined ? ['Accept', 'Accept-Language'] : ['Accept'],
      cacheControl,
      rules: replaceFields(listing.fields, this.#fieldsFor(formatPath(segments, true))),
    });
    const whole = { status: 200, headers: representation.fields, content: bytes };
    return respondWith(request, representation, bodyOf(bytes, whole), maxRanges);
  }

  /** Answers with a file that is known, in the form the request prefers. */
  #answerFrom(file: CachedFile, request: HttpRequest): HttpResponse | Promise<HttpResponse> {
    const { method, headers } = request;
    if (method === 'OPTIONS') return options;
    if (method !== 'GET' && method !== 'HEAD') throw refuseMethod(method);
    const accept = file.isNegotiated ? headers.get('accept-encoding') : undefined;
    const encoding = this.#choose(file, accept);
    const variant = encoding === 'identity' ? file.identity : file.variants.get(encoding);
    if (variant === undefined) return this.#answerForm(file, encoding, request);
    if (accept !== undefined) file.remember(accept, variant);
    return this.#answerWith(variant, request);
  }

  /** The coding to send: of those there are, and of those that can be made. */
  #choose(file: CachedFile, accept: string | undefined): Encoding | 'identity' {
    if (accept === undefined) return 'identity';
    const { encodings, compression, minCompressedBytes, maxCompressedBytes } = this.#options;
    const { media, found, siblings } = file.target;
    const accepted = parseAcceptEncoding(accept);
    const size = Number(found.stats.size);
    // Who refuses it as it is gets it compressed however small it is.
    const isWorthIt = size >= minCompressedBytes || accepted.identity === 0;
    const isMade = compression && media.isCompressible && isWorthIt && size <= maxCompressedBytes;
    const stored = encodings.filter((encoding) => siblings.has(encoding));
    const made = encodings.filter((encoding) => isMade && !file.useless.has(encoding));
    return chooseEncoding(accepted, [...stored, ...made]);
  }

  async #answerForm(
    file: CachedFile,
    encoding: Encoding | 'identity',
    request: HttpRequest,
  ): Promise<HttpResponse> {
    const { found, siblings } = file.target;
    if (encoding === 'identity') return this.#answerStored(file, encoding, found, request);
    const sibling = siblings.get(encoding);
    if (sibling !== undefined) {
      try {
        return await this.#answerStored(file, encoding, sibling, request);
      } catch (error) {
        // A sibling that is gone or may not be read is none.
        if (!(error instanceof HttpError) || !absentCodes.has(error.code)) throw error;
      }
      return this.#answerStored(file, 'identity', found, request);
    }
    // Whoever would have to wait for a processor is better served at once.
    if (file.pending.has(encoding) || !this.#forms.compressor.isBusy) {
      if (Number(found.stats.size) > this.#options.maxCachedFileBytes) {
        return this.#answerStream(file, encoding, request);
      }
      const variant = await this.#forms.compress(file, encoding);
      if (variant !== undefined) return this.#answerWith(variant, request);
    }
    return this.#answerStored(file, 'identity', found, request);
  }

  /** Answers with a file as it is stored: itself, or its sibling. */
  async #answerStored(
    file: CachedFile,
    encoding: Encoding | 'identity',
    found: Found,
    request: HttpRequest,
  ): Promise<HttpResponse> {
    if (Number(found.stats.size) <= this.#options.maxCachedFileBytes) {
      const known = encoding === 'identity' ? file.identity : file.variants.get(encoding);
      const variant = known ?? (await this.#forms.load(file, encoding, found));
      if (variant !== undefined) return this.#answerWith(variant, request);
    } else if (isSettled(found.stats)) {
      const representation = this.#forms.describe(file, encoding, 'stored', found.stats, true);
      const settled = settleConditions(request, representation);
      if (settled !== undefined) return settled;
    }
    const shared = this.#forms.openFiles.borrow(fingerprintOf(found.stats));
    const opened = shared?.file ?? (await this.#forms.open(found));
    const source =
      shared?.source ?? this.#forms.openFiles.lend(fingerprintOf(opened.stats), opened);
    const { size: length, stats } = opened;
    const representation = this.#forms.describe(file, encoding, 'stored', stats, opened.isSettled);
    const { fields: headers } = representation;
    const body = {
      whole: (): HttpResponse => {
        if (request.method === 'GET') {
          return { status: 200, headers, content: { source, start: 0, length } };
        }
        source.close();
        return { status: 200, headers, contentLength: length };
      },
      part: (start: number, count: number) => ({ source, start, length: count }),
      source: () => source,
      leave: () => source.close(),
    };
    return respondWith(request, representation, body, this.#options.maxRanges);
  }

  /** Answers with a large file that is compressed while it is sent. */
  async #answerStream(
    file: CachedFile,
    encoding: Encoding,
    request: HttpRequest,
  ): Promise<HttpResponse> {
    const { found } = file.target;
    const opened = await this.#forms.open(found);
    opened.close();
    const { stats } = opened;
    const representation = this.#forms.describe(
      file,
      encoding,
      'compressed',
      stats,
      opened.isSettled,
    );
    const settled = settleConditions(request, representation);
    if (settled !== undefined) return settled;
    const reopen = async (): Promise<OpenFile> => {
      const again = await this.#forms.open(found);
      if (fingerprintOf(again.stats) === fingerprintOf(stats)) return again;
      again.close();
      throw new Error('the file changed before it was sent');
    };
    return {
      status: 200,
      headers: representation.fields,
      content: this.#forms.compressor.stream(reopen, encoding),
    };
  }

  #answerWith(variant: Variant, request: HttpRequest): HttpResponse {
    const body = bodyOf(variant.bytes, variant.whole);
    return respondWith(request, variant.representation, body, this.#options.maxRanges);
  }
}
