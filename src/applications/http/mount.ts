import type { ApplicationContext } from '../application.ts';
import type { HttpHandler } from './handler.ts';

/** Something that answers below a path of the `http` application. */
export interface HttpMount {
  /** Such as `/rpc`: requests of that path and of all below it. */
  readonly path: string;
  /** Makes what answers; it is disposed of once the server has closed. */
  start(context: ApplicationContext): Promise<{ readonly handler: HttpHandler } & AsyncDisposable>;
}

/** Hands requests at or below some paths to handlers of their own, and all others to the site. */
export function mount(site: HttpHandler, handlers: ReadonlyMap<string, HttpHandler>): HttpHandler {
  if (handlers.size === 0) return site;
  const mounted = [...handlers];
  return (request) => {
    const found = mounted.find(
      ([path]) => request.path === path || request.path.startsWith(`${path}/`),
    );
    return found === undefined ? site(request) : found[1](request);
  };
}
