import type { Language } from '../language/index.ts';
import type { Endpoint } from '../presentation/index.ts';
import type { Address, ListenOptions, TransportEndpoint } from '../transport/index.ts';
import { GuichetError } from '../errors.ts';

/** An application, and where it was asked to be served. */
export interface ServedPlace {
  readonly application: string;
  /** In the notation of endpoints; port 0 is for the system to choose. */
  readonly endpoint: string;
}

/** What an application is given to run with. */
export interface ApplicationContext {
  /** Limits and time-outs of the transport. */
  readonly transport: ListenOptions;
  /** The application's own options, as its `options` declares them. */
  readonly options: Readonly<Record<string, number>>;
  /** The texts that were set, of those that its `texts` declares. */
  readonly texts: Readonly<Record<string, string>>;
  /** All that is served together, as it was asked for. */
  readonly served: readonly ServedPlace[];
  /**
   * Writes to whoever reads results: whole lines, in one write. A promise says that the reader is behind,
   * and resolves once it no longer is.
   */
  print(text: string): Promise<void> | void;
  /** Tells whoever looks after the server of a peer that was refused, and why. */
  report(error: GuichetError, from?: Address): void;
  /** Says something, whole lines, to whoever looks after the server. */
  tell(text: string): void;
  /**
   * Where the store is, as `openStore` takes it; by default a file of the user's own. Only applications
   * that keep something open it.
   */
  readonly store: string | undefined;
  /** The language of what peers are told in words. */
  readonly language: Language;
  /** One object for all that is served together, to which what they share can be tied. */
  readonly scope: object;
  /** Whether this application alone is served, so that its users may stop the whole. */
  readonly isAlone: boolean;
  /** Asks for the whole to be stopped in order. */
  stop(): void;
}

/** An application at one endpoint. */
export interface RunningApplication {
  /** Where it listens, with the port the system chose. */
  readonly endpoint: TransportEndpoint;
  /** The same for a browser, where one can go there. */
  readonly url?: string;
  /** Answers what was asked for at most `drainTimeout` milliseconds, then closes. */
  close(drainTimeout?: number): Promise<void>;
}

/** A number that an application lets its users choose. */
export interface ApplicationOption {
  readonly default: number;
  readonly min: number;
  readonly max: number;
}

/** Something `guichet serve` can serve. */
export interface Application {
  readonly name: string;
  /** Where it is served unless told otherwise. */
  readonly endpoints: readonly string[];
  readonly options: Readonly<Record<string, ApplicationOption>>;
  /** Texts that its users may set: by name, what stands for its value in the help. Default none. */
  readonly texts?: Readonly<Record<string, string>>;
  /**
   * Serves at an endpoint; resolves once it listens.
   * @throws {ApplicationError} when the application cannot be had at such an endpoint.
   */
  serve(endpoint: Endpoint, context: ApplicationContext): Promise<RunningApplication>;
}

/** Why an application could not be served as asked, or refused a peer. */
export type ApplicationErrorCode = 'ENDPOINT_UNSUITED' | 'MESSAGE_TOO_SLOW';

export class ApplicationError extends GuichetError<ApplicationErrorCode> {}
