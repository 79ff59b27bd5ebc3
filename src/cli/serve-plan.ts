import type { Application } from '../applications/application.ts';
import type { ServeTexts } from '../language/serve.ts';
import { parseEndpoint } from '../presentation/index.ts';
import type { Endpoint } from '../presentation/index.ts';
import { EndpointError, splitEndpoint } from '../transport/index.ts';
import type { ServeSource } from './settings.ts';
import { UsageError } from './terminal.ts';

/** One application at one endpoint. */
export interface PlannedApplication {
  readonly application: Application;
  readonly endpoint: Endpoint;
}

/** All that is to be served. */
export interface ServePlan {
  readonly served: readonly PlannedApplication[];
  /** Whether one application alone is served, so that its users may stop the whole. */
  readonly isAlone: boolean;
}

/** An endpoint elsewhere: another host or port, where its transport has them. */
function moveEndpoint(
  endpoint: Endpoint,
  host: string | undefined,
  port: number | undefined,
): Endpoint {
  const { transport } = endpoint;
  if (transport.transport === 'unix' || transport.transport === 'memory') return endpoint;
  return {
    ...endpoint,
    transport: { ...transport, host: host ?? transport.host, port: port ?? transport.port },
  };
}

const lastPort = 65_535;

/** The port of an endpoint whose transport has one. */
function portOf(endpoint: Endpoint | undefined): number | undefined {
  const transport = endpoint?.transport;
  return transport !== undefined && 'port' in transport ? transport.port : undefined;
}

/** Groups `APPLICATION` and `APPLICATION=ENDPOINT` by application. */
function readWords(
  words: readonly string[],
  applications: readonly Application[],
  texts: ServeTexts,
): Map<Application, string[]> {
  const named = new Map<Application, string[]>();
  for (const word of words) {
    const equals = word.indexOf('=');
    const name = equals === -1 ? word : word.slice(0, equals);
    const application = applications.find((known) => known.name === name);
    if (application === undefined) {
      const known = applications.map((other) => other.name).join(', ');
      throw new UsageError(texts.unknownApplication(name, known));
    }
    const endpoints = named.get(application);
    if (equals === -1) {
      if (endpoints !== undefined) throw new UsageError(texts.twice(name));
      named.set(application, []);
    } else if (endpoints?.length === 0) {
      throw new UsageError(texts.twice(name));
    } else {
      named.set(application, [...(endpoints ?? []), word.slice(equals + 1)]);
    }
  }
  return named;
}

/** A host as an endpoint has it: IPv6 without the brackets that people may write. */
function readHost(source: ServeSource, texts: ServeTexts): string | undefined {
  const { host } = source;
  if (host === undefined) return undefined;
  const bare = /^\[(.*)\]$/.exec(host)?.[1] ?? host;
  try {
    const { transport } = splitEndpoint(`tcp://${bare.includes(':') ? `[${bare}]` : bare}:0`);
    if (transport.transport === 'tcp') return transport.host;
  } catch (error) {
    if (!(error instanceof EndpointError)) throw error;
  }
  throw new UsageError(texts.badHost(source.nameSetting('host'), host));
}

/**
 * Decides what to serve where, from the strongest source to the weakest: the command line, the
 * configuration file, the environment. A host or a port moves the usual endpoints and those of weaker
 * sources: an endpoint written out is stronger than what is said beside it. Of several endpoints the first
 * takes the port, and the others stay as far from it as they were.
 *
 * @throws {UsageError} {@link EndpointError}
 */
export function planServing(
  words: readonly string[],
  sources: readonly ServeSource[],
  applications: readonly Application[],
  texts: ServeTexts,
): ServePlan {
  const names =
    words.length > 0
      ? words
      : (sources.find((source) => source.applications !== undefined)?.applications ??
        applications.map((application) => application.name));
  const named = readWords(names, applications, texts);
  const hosts = sources.map((source) => readHost(source, texts));
  const portAsked = sources.find((source) => source.port !== undefined);
  if (portAsked !== undefined) {
    // The command line contradicts itself; a weaker source is merely not listened to.
    const isMoot = portAsked === sources[0] && [...named.values()].some((list) => list.length > 0);
    if (named.size > 1 || isMoot) {
      throw new UsageError(texts.portOfOne(portAsked.nameSetting('port')));
    }
  }
  const served: PlannedApplication[] = [];
  for (const [application, listed] of named) {
    if (listed.length > 0) {
      for (const text of listed) served.push({ application, endpoint: parseEndpoint(text) });
      continue;
    }
    const level = sources.findIndex((source) => source.endpoints.has(application.name));
    const texted = sources[level]?.endpoints.get(application.name) ?? application.endpoints;
    const reach = level === -1 ? sources.length : level;
    const host = hosts.slice(0, reach).find((one) => one !== undefined);
    const port = sources.slice(0, reach).find((source) => source.port !== undefined)?.port;
    const endpoints = texted.map((text) => parseEndpoint(text));
    const distance = port === undefined || port === 0 ? 0 : port - (portOf(endpoints[0]) ?? port);
    for (const endpoint of endpoints) {
      const own = portOf(endpoint);
      const moved = port === undefined || port === 0 ? port : (own ?? 0) + distance;
      if (moved !== undefined && moved > lastPort) {
        const highest = lastPort - (moved - (port ?? 0));
        throw new UsageError(texts.portTooHigh(portAsked?.nameSetting('port') ?? '', highest));
      }
      served.push({ application, endpoint: moveEndpoint(endpoint, host, moved) });
    }
  }
  return { served, isAlone: named.size === 1 };
}
