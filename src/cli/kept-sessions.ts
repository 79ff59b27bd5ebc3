import { chmod, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { loginTexts } from '../language/login.ts';
import type { Language } from '../language/language.ts';
import { formatEndpointNotation } from '../presentation/index.ts';
import type { Endpoint } from '../presentation/index.ts';
import type { Channel, ChannelOptions } from '../service/index.ts';
import { formatEndpoint } from '../transport/index.ts';

/** A session that `guichet login` has kept. */
export interface KeptSession {
  readonly token: string;
  /** The account's name. */
  readonly name: string;
  /** Where it was opened, as an endpoint is written. */
  readonly endpoint: string;
  /** When it ends at the latest, ISO 8601. */
  readonly expiresAt: string;
}

type Sessions = Readonly<Record<string, KeptSession>>;

function sessionsPath(): string {
  const folder = process.env['XDG_CONFIG_HOME'] || join(homedir(), '.config');
  return join(folder, 'guichet', 'sessions.json');
}

/** One server, however it is spoken to: a session is sent nowhere but where it was opened. */
function keyOf({ transport }: Endpoint): string {
  return transport.transport === 'unix'
    ? `unix:${resolve(transport.path)}`
    : formatEndpoint(transport);
}

function isKept(value: unknown): value is KeptSession {
  if (typeof value !== 'object' || value === null) return false;
  const fields = value as Readonly<Record<string, unknown>>;
  return ['token', 'name', 'endpoint', 'expiresAt'].every(
    (name) => typeof fields[name] === 'string',
  );
}

/** All sessions that are kept and have not expired, by the server they belong to. */
export async function readSessions(language: Language): Promise<Sessions> {
  const path = sessionsPath();
  let parsed: unknown;
  try {
    parsed = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {};
    const reason = error instanceof Error ? error.message.replace(/, \w+ '.*'$/, '') : '';
    throw new Error(loginTexts[language].unreadable(path, reason), { cause: error });
  }
  if (typeof parsed !== 'object' || parsed === null) return {};
  const now = Date.now();
  return Object.fromEntries(
    Object.entries(parsed).filter(
      (entry): entry is [string, KeptSession] =>
        isKept(entry[1]) && Date.parse(entry[1].expiresAt) > now,
    ),
  );
}

/** Replaces the file in one step: whoever reads it meanwhile finds the old one or the new one, whole. */
async function writeSessions(sessions: Sessions): Promise<void> {
  const path = sessionsPath();
  const partial = `${path}.${process.pid}.partial`;
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  try {
    const file = await open(partial, 'w', 0o600);
    try {
      // A file that was there already keeps its mode: it is made ours before anything is in it.
      await chmod(partial, 0o600);
      await file.writeFile(`${JSON.stringify(sessions, undefined, 2)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}

/** The session that is kept for an endpoint. */
export async function findSession(
  endpoint: Endpoint,
  language: Language,
): Promise<KeptSession | undefined> {
  const sessions = await readSessions(language);
  const key = keyOf(endpoint);
  return Object.hasOwn(sessions, key) ? sessions[key] : undefined;
}

/** Keeps a session for the endpoint it was opened at. */
export async function keepSession(
  endpoint: Endpoint,
  session: Omit<KeptSession, 'endpoint'>,
  language: Language,
): Promise<void> {
  const sessions = await readSessions(language);
  const kept = { ...session, endpoint: formatEndpointNotation(endpoint) };
  await writeSessions({ ...sessions, [keyOf(endpoint)]: kept });
}

/** Forgets the session of an endpoint. */
export async function forgetSession(endpoint: Endpoint, language: Language): Promise<void> {
  const { [keyOf(endpoint)]: _, ...others } = await readSessions(language);
  await writeSessions(others);
}

/** Connects to an endpoint, on behalf of whoever is logged in there, if anybody is. */
export async function openChannel(
  endpoint: Endpoint,
  language: Language,
  options: ChannelOptions = {},
): Promise<Channel> {
  const { Channel: Opened } = await import('../service/index.ts');
  const session = options.session ?? (await findSession(endpoint, language))?.token;
  return Opened.open(endpoint, { ...options, ...(session !== undefined && { session }) });
}
