import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** A web server of Debian's, with the configuration that makes it a file server like ours. */
export interface Peer {
  readonly name: string;
  readonly debianPackage: string;
  readonly program: string;
  /** The command line, after its configuration was written into the folder. */
  readonly configure: (setting: PeerSetting) => readonly string[];
}

interface PeerSetting {
  /** Where the configuration and what the server writes go. */
  readonly folder: string;
  readonly root: string;
  readonly port: number;
  /** Whether it compresses, which measurements leave out. */
  readonly compress: boolean;
}

function write(folder: string, text: string): string {
  const path = join(folder, 'server.conf');
  writeFileSync(path, text);
  return path;
}

const apacheModules = ['mpm_event', 'authz_core', 'dir', 'mime', 'filter', 'deflate', 'brotli'];

/** The peers, by the names they are known under. */
export const peers: readonly Peer[] = [
  {
    name: 'nginx',
    debianPackage: 'nginx-light',
    program: '/usr/sbin/nginx',
    configure: ({ folder, root, port, compress }) => [
      '-p',
      folder,
      '-c',
      write(
        folder,
        `daemon off; worker_processes 1; user root; pid ${folder}/pid; error_log stderr crit;
events { worker_connections 4096; }
http {
  include /etc/nginx/mime.types; default_type application/octet-stream; charset utf-8;
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000000; server_tokens off;
  open_file_cache max=1000 inactive=20s;
  client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi; scgi_temp_path ${folder}/scgi; uwsgi_temp_path ${folder}/uwsgi;
  gzip ${compress ? 'on' : 'off'}; gzip_static ${compress ? 'on' : 'off'}; gzip_vary on;
  gzip_types text/plain text/css application/javascript application/json image/svg+xml;
  server { listen 127.0.0.1:${port} reuseport; root ${root}; index index.html;
    disable_symlinks if_not_owner; location ~ /\\.(?!well-known) { return 404; } }
}`,
      ),
    ],
  },
  {
    name: 'apache',
    debianPackage: 'apache2',
    program: '/usr/sbin/apache2',
    configure: ({ folder, root, port, compress }) => [
      '-DFOREGROUND',
      '-d',
      folder,
      '-f',
      write(
        folder,
        `${apacheModules.map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`).join('\n')}
ServerName localhost
Listen 127.0.0.1:${port}
User www-data
Group www-data
PidFile ${folder}/pid
ErrorLog /dev/null
DefaultRuntimeDir ${folder}
DocumentRoot ${root}
TypesConfig /etc/mime.types
AddDefaultCharset utf-8
DirectoryIndex index.html
ServerTokens Prod
KeepAlive On
MaxKeepAliveRequests 0
ServerLimit 16
ThreadsPerChild 64
MaxRequestWorkers 1024
<Directory ${root}>
  Options +SymLinksIfOwnerMatch
  Require all granted
</Directory>
<FilesMatch "^\\.">
  Require all denied
</FilesMatch>
<DirectoryMatch "/\\.(?!well-known)">
  Require all denied
</DirectoryMatch>
${compress ? 'AddOutputFilterByType BROTLI_COMPRESS;DEFLATE text/html text/plain text/css text/javascript application/javascript application/json image/svg+xml' : ''}`,
      ),
    ],
  },
  {
    name: 'lighttpd',
    debianPackage: 'lighttpd',
    program: '/usr/sbin/lighttpd',
    configure: ({ folder, root, port, compress }) => [
      '-D',
      '-f',
      write(
        folder,
        `server.modules = ( "mod_access", "mod_deflate" )
server.bind = "127.0.0.1"
server.port = ${port}
server.document-root = "${root}"
server.errorlog = "/dev/null"
server.follow-symlink = "enable"
server.max-keep-alive-requests = 65535
index-file.names = ( "index.html" )
mimetype.assign = ( ".html" => "text/html; charset=utf-8", ".txt" => "text/plain; charset=utf-8",
  ".css" => "text/css; charset=utf-8", ".js" => "text/javascript; charset=utf-8",
  ".mjs" => "text/javascript", ".json" => "application/json", ".svg" => "image/svg+xml",
  ".jpg" => "image/jpeg", ".png" => "image/png", ".webp" => "image/webp", ".mp4" => "video/mp4",
  ".woff2" => "font/woff2", ".wasm" => "application/wasm", ".pdf" => "application/pdf",
  ".xml" => "application/xml", "" => "application/octet-stream" )
$HTTP["url"] =~ "/\\.(?!well-known)" { url.access-deny = ( "" ) }
${compress ? `deflate.mimetypes = ( "text/", "application/json", "image/svg+xml" )\ndeflate.allowed-encodings = ( "br", "zstd", "gzip" )\ndeflate.cache-dir = "${folder}/cache"` : ''}`,
      ),
    ],
  },
];

/** A port of the loopback that nobody listened on a moment ago. */
export function findFreePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

/** Waits until something accepts connections at a port. */
export async function waitForPort(port: number, server: ChildProcess): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!(await answers(port))) {
    if (server.exitCode !== null) throw new Error(`the server ended with ${server.exitCode}`);
    if (performance.now() > deadline) throw new Error('the server does not listen after 10 s');
    await pause(20);
  }
}

/** A peer that runs. */
export interface RunningPeer {
  readonly name: string;
  readonly port: number;
  /** The process that was started; others may be its children. */
  readonly pid: number;
  stop(): Promise<void>;
}

export interface PeerOptions {
  readonly compress?: boolean;
  /** What stands before its command line, such as `taskset -c 0`. */
  readonly wrapper?: readonly string[];
}

/** Starts a peer on a free port. */
export async function startPeer(
  peer: Peer,
  root: string,
  options: PeerOptions = {},
): Promise<RunningPeer> {
  if (!existsSync(peer.program)) {
    throw new Error(
      `${peer.name} is not here: apt-get install --no-install-recommends ${peer.debianPackage}`,
    );
  }
  const folder = mkdtempSync(join(tmpdir(), `guichet-${peer.name}-`));
  mkdirSync(join(folder, 'cache'));
  const port = await findFreePort();
  const words = peer.configure({ folder, root, port, compress: options.compress ?? true });
  const [program = peer.program, ...parameters] = [
    ...(options.wrapper ?? []),
    peer.program,
    ...words,
  ];
  const server = spawn(program, parameters, { stdio: ['ignore', 'ignore', 'inherit'] });
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()));
  await waitForPort(port, server);
  return {
    name: peer.name,
    port,
    pid: server.pid ?? 0,
    async stop() {
      server.kill('SIGTERM');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
