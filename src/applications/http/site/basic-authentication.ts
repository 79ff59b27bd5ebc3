import { HttpError } from '../errors.ts';
import type { HttpInterceptor, HttpRequest } from '../handler.ts';
import { compileGlob } from './globs.ts';
import { rememberUser } from './identity.ts';

export interface BasicAuthenticationOptions {
  /** Whether this is the user's password. */
  readonly verify: (user: string, password: string) => Promise<boolean>;
  /** What browsers say when they ask for the password. Default `sioux`. */
  readonly realm?: string;
  /** Globs over the paths that want a password; by default all do. */
  readonly paths?: readonly string[];
}

/** Bytes of a password at most: what is longer is wrong without being looked at. */
const maxPasswordBytes = 1_024;

const decoder = new TextDecoder('utf-8', { fatal: true });

interface Credentials {
  readonly user: string;
  readonly password: string;
}

/** What the Authorization field says (RFC 7617, section 2); `undefined` when it says nothing proper. */
export function readCredentials(field: string | undefined): Credentials | undefined {
  const encoded = /^basic +([A-Za-z\d+/]+={0,2}) *$/i.exec(field ?? '')?.[1];
  if (encoded === undefined || encoded.length > 4 * maxPasswordBytes) return undefined;
  let text: string;
  try {
    text = decoder.decode(Buffer.from(encoded, 'base64'));
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return undefined;
  }
  const colon = text.indexOf(':');
  if (colon === -1) return undefined;
  return { user: text.slice(0, colon), password: text.slice(colon + 1) };
}

/** Asks for a user and a password (RFC 7617); who gave them is then told by {@link userOf}. */
export function basicAuthentication(options: BasicAuthenticationOptions): HttpInterceptor {
  const { verify, realm = 'sioux', paths } = options;
  const globs = paths?.map(compileGlob);
  const quoted = realm.replaceAll(/["\\]/g, String.raw`\$&`);
  const challenge = `Basic realm="${quoted}", charset="UTF-8"`;
  const isOpen = ({ path }: HttpRequest): boolean =>
    globs !== undefined && globs.every((glob) => glob(path) === undefined);
  return (next) => async (request) => {
    if (isOpen(request)) return next(request);
    const credentials = readCredentials(request.headers.get('authorization'));
    const isRight =
      credentials !== undefined &&
      Buffer.byteLength(credentials.password) <= maxPasswordBytes &&
      (await verify(credentials.user, credentials.password));
    if (!isRight) {
      throw new HttpError('UNAUTHORIZED', 'a user and a password are needed', {
        headers: [['WWW-Authenticate', challenge]],
      });
    }
    rememberUser(request, credentials.user);
    return next(request);
  };
}
