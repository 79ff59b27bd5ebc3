import { stat } from 'node:fs/promises';
import type { HttpHandler, HttpInterceptor, HttpRequest } from '../handler.ts';
import { serveFiles } from '../files/index.ts';
import { basicAuthentication } from './basic-authentication.ts';
import { intercept } from './compose.ts';
import { cors } from './cors.ts';
import type { SiteDescription, SitesDescription } from './description.ts';
import { errorPages } from './error-pages.ts';
import { headerRules } from './header-rules.ts';
import { hideFiles } from './hidden-files.ts';
import { Htpasswd } from './htpasswd.ts';
import { readNamedFile } from './named-file.ts';
import { redirects } from './redirects.ts';
import { SiteError, toSiteError } from './site-error.ts';
import { virtualHosts } from './virtual-hosts.ts';

/** Bytes of an error page at most. */
const maxPageBytes = 1_048_576;

export interface BuildOptions {
  /** Told of mistakes in the program, and of files that can no longer be read. */
  readonly report?: (error: unknown, request?: HttpRequest) => void;
}

/** A site that answers; disposing of it lets go of what it keeps, once nothing is asked of it any more. */
export interface BuiltSite extends AsyncDisposable {
  readonly handler: HttpHandler;
}

async function readPage(path: string): Promise<Uint8Array> {
  const { size } = await stat(path);
  if (size > maxPageBytes) {
    throw new SiteError('BAD_ERROR_PAGE', `${path}: longer than ${maxPageBytes} bytes`, {
      details: { path, limit: maxPageBytes },
    });
  }
  return readNamedFile(path);
}

/**
 * Makes the handler of one site: files, with what its description puts around them.
 *
 * @throws {SiteError} `BAD_PASSWORD_FILE`, `BAD_ERROR_PAGE`, `FILE_UNREADABLE`; {@link RangeError} for what
 *   contradicts itself.
 */
export async function buildSite(
  site: SiteDescription,
  options: BuildOptions = {},
): Promise<BuiltSite> {
  try {
    return await build(site, options);
  } catch (error) {
    throw toSiteError(error);
  }
}

async function build(site: SiteDescription, options: BuildOptions): Promise<BuiltSite> {
  const { report } = options;
  const pages = new Map<number, Uint8Array>();
  for (const [status, path] of Object.entries(site.errorPages ?? {})) {
    pages.set(Number(status), await readPage(path));
  }
  // Outermost first; what cannot change anything is left out, so that it costs nothing.
  const around: HttpInterceptor[] = [];
  if (site.headers !== undefined && site.headers.length > 0) around.push(headerRules(site.headers));
  if (site.cors !== undefined) around.push(cors(site.cors));
  if (around.length > 0 || pages.size > 0) {
    around.push(errorPages({ pages, ...(report !== undefined && { report }) }));
  }
  if (site.redirects !== undefined && site.redirects.length > 0) {
    around.push(redirects(site.redirects));
  }
  const { hidden = [] } = site;
  if (hidden.length > 0) around.push(await hideFiles(site.root, hidden));
  let users: Htpasswd | undefined;
  if (site.authentication !== undefined) {
    const { file, ...rest } = site.authentication;
    const opened = await Htpasswd.open(file, report === undefined ? {} : { report });
    users = opened;
    const verify = (user: string, password: string): Promise<boolean> =>
      opened.verify(user, password);
    around.push(basicAuthentication({ ...rest, verify }));
  }
  const files = serveFiles(site.root, site.files);
  return {
    handler: intercept(files, ...around),
    async [Symbol.asyncDispose]() {
      files.close();
      await users?.[Symbol.asyncDispose]();
    },
  };
}

/**
 * Makes the handler of all sites of a server.
 *
 * @throws as {@link buildSite}; {@link RangeError} for a name that two hosts have.
 */
export async function buildSites(
  { fallback, hosts = [] }: SitesDescription,
  options: BuildOptions = {},
): Promise<BuiltSite> {
  const stack = new AsyncDisposableStack();
  try {
    const first =
      fallback === undefined ? undefined : stack.use(await buildSite(fallback, options)).handler;
    const named: { names: readonly string[]; handler: HttpHandler }[] = [];
    for (const { names, ...site } of hosts) {
      named.push({ names, handler: stack.use(await buildSite(site, options)).handler });
    }
    const handler =
      named.length === 0 && first !== undefined
        ? first
        : virtualHosts(named, first === undefined ? {} : { fallback: first });
    return { handler, [Symbol.asyncDispose]: () => stack.disposeAsync() };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}
