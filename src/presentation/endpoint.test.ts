import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import * as fc from 'fast-check';
import { errorText } from '../language/index.ts';
import { EndpointError } from '../transport/index.ts';
import { codecNames, formatEndpointNotation, parseEndpoint } from './index.ts';
import type { Endpoint } from './index.ts';

const tcp = { transport: 'tcp', host: '127.0.0.1', port: 7000 } as const;
const tls = { ...tcp, transport: 'tls' } as const;
const udp = { ...tcp, transport: 'udp' } as const;

suite('an endpoint', () => {
  const good: [string, Endpoint][] = [
    ['bytes+tcp://127.0.0.1:7000', { codec: 'bytes', framing: 'chunk', transport: tcp }],
    ['text+tcp://127.0.0.1:7000', { codec: 'text', framing: 'line', transport: tcp }],
    ['json+tcp://127.0.0.1:7000', { codec: 'json', framing: 'line', transport: tcp }],
    ['struct+tcp://127.0.0.1:7000', { codec: 'struct', framing: 'length', transport: tcp }],
    ['cbor+tcp://127.0.0.1:7000', { codec: 'cbor', framing: 'length', transport: tcp }],
    ...codecNames.map((codec): [string, Endpoint] => [
      `${codec}+udp://127.0.0.1:7000`,
      { codec, framing: 'datagram', transport: udp },
    ]),
    [
      'JSON+TCP://LocalHost:7000/',
      { codec: 'json', framing: 'line', transport: { ...tcp, host: 'LocalHost' } },
    ],
    [
      'json+tcp://[::1]:0',
      { codec: 'json', framing: 'line', transport: { ...tcp, host: '::1', port: 0 } },
    ],
    [
      'json+tcp://[fe80::1%eth0]:65535',
      { codec: 'json', framing: 'line', transport: { ...tcp, host: 'fe80::1%eth0', port: 65_535 } },
    ],
    [
      'json+unix:/run/guichet.sock',
      {
        codec: 'json',
        framing: 'line',
        transport: { transport: 'unix', path: '/run/guichet.sock' },
      },
    ],
    [
      'text+unix:///run/a%20b.sock',
      { codec: 'text', framing: 'line', transport: { transport: 'unix', path: '/run/a b.sock' } },
    ],
    [
      'cbor+memory://name',
      { codec: 'cbor', framing: 'length', transport: { transport: 'memory', name: 'name' } },
    ],
    [
      'bytes+memory://name?framing=datagram',
      { codec: 'bytes', framing: 'datagram', transport: { transport: 'memory', name: 'name' } },
    ],
    [
      'json+tcp://127.0.0.1:7000?framing=length',
      { codec: 'json', framing: 'length', transport: tcp },
    ],
    [
      'json+ws://127.0.0.1:8080',
      {
        codec: 'json',
        framing: 'datagram',
        transport: { transport: 'ws', host: '127.0.0.1', port: 8080, path: '/rpc' },
      },
    ],
    [
      'cbor+https://[::1]:443/api/calls?ca=/tmp/ca.pem',
      {
        codec: 'cbor',
        framing: 'datagram',
        transport: { transport: 'https', host: '::1', port: 443, path: '/api/calls' },
        tls: { ca: '/tmp/ca.pem', verify: true },
      },
    ],
    ['json+tcp://127.0.0.1:7000?', { codec: 'json', framing: 'line', transport: tcp }],
    [
      'struct+udp://127.0.0.1:7000?layout=address:ipv4,port:u16&framing=length',
      { codec: 'struct', framing: 'length', transport: udp, layout: 'address:ipv4,port:u16' },
    ],
    [
      'struct+tcp://127.0.0.1:7000?layout=kind:u8%7Ba=1%7D',
      { codec: 'struct', framing: 'length', transport: tcp, layout: 'kind:u8{a=1}' },
    ],
    [
      'json+tls://127.0.0.1:7000',
      { codec: 'json', framing: 'line', transport: tls, tls: { verify: true } },
    ],
    [
      'json+tls://127.0.0.1:7000?ca=/tmp/a%26b.pem&cert=c&key=k&servername=example.org&verify=no',
      {
        codec: 'json',
        framing: 'line',
        transport: tls,
        tls: { ca: '/tmp/a&b.pem', cert: 'c', key: 'k', servername: 'example.org', verify: false },
      },
    ],
  ];

  test('says each layer, from the top down', () => {
    for (const [notation, endpoint] of good) {
      assert.deepEqual(parseEndpoint(notation), endpoint, notation);
    }
  });

  test('that was read is written so that it is read the same again', () => {
    for (const [notation, endpoint] of good) {
      const written = formatEndpointNotation(parseEndpoint(notation));
      assert.deepEqual(parseEndpoint(written), endpoint, written);
    }
    assert.equal(
      formatEndpointNotation(parseEndpoint('JSON+TCP://[::1]:7000/?framing=line')),
      'json+tcp://[::1]:7000',
    );
  });

  test('has its layout written as it was read, whatever it is made of', () => {
    const texts = [
      'struct+tcp://127.0.0.1:7000?layout=name:string8,marks:f64[3],home:{address:ipv4}',
      'struct+tcp://127.0.0.1:7000?layout=what:u8<kind>{login=1{user:string8},quit=2}',
      'struct+udp://127.0.0.1:7000?layout=bits:u8(fin,syn)',
      'json+tls://127.0.0.1:7000?cert=/etc/a.pem&key=/etc/b.pem',
    ];
    for (const text of texts) assert.equal(formatEndpointNotation(parseEndpoint(text)), text);
  });

  test('keeps escaped what would end an option, or be taken for an escape', () => {
    const text = 'json+tls://127.0.0.1:7000?ca=a%26b%25c%20d%3Fe';
    const endpoint = parseEndpoint(text);
    assert.equal(endpoint.tls?.ca, 'a&b%c d?e');
    assert.equal(formatEndpointNotation(endpoint), text);
  });

  test('without a codec has the default one, if there is one', () => {
    assert.equal(parseEndpoint('tcp://127.0.0.1:7000', { codec: 'text' }).framing, 'line');
    assert.equal(parseEndpoint('udp://127.0.0.1:7000', { codec: 'json' }).codec, 'json');
    assert.equal(parseEndpoint('cbor+tcp://127.0.0.1:7000', { codec: 'json' }).codec, 'cbor');
  });

  test('what lacks a scheme alone is suggested with one, as its command speaks', () => {
    const suggestions: [string, 'json' | 'bytes' | 'text' | undefined, string][] = [
      ['127.0.0.1:7000', 'json', 'json+tcp://127.0.0.1:7000'],
      ['localhost:7000', 'json', 'json+tcp://localhost:7000'],
      ['localhost:7000/', 'bytes', 'bytes+tcp://localhost:7000'],
      ['localhost:8080/rpc', 'json', 'json+http://localhost:8080/rpc'],
      ['[::1]:6668', 'bytes', 'bytes+tcp://[::1]:6668'],
      [':6666', undefined, 'text+tcp://127.0.0.1:6666'],
      ['7000', 'json', 'json+tcp://127.0.0.1:7000'],
      ['/run/guichet.sock', 'json', 'json+unix:/run/guichet.sock'],
      ['127.0.0.1:70000', 'json', 'json+tcp://127.0.0.1:7000'],
      ['anything', 'json', 'json+tcp://127.0.0.1:7000'],
      ['anything', undefined, 'text+tcp://127.0.0.1:6666'],
    ];
    for (const [text, codec, example] of suggestions) {
      assert.throws(() => parseEndpoint(text, codec === undefined ? {} : { codec }), {
        code: 'MALFORMED_ENDPOINT',
        message: `"${text}" is not an endpoint; write for example ${example}`,
      });
      parseEndpoint(example);
    }
  });

  const transports = 'tcp, tls, udp, unix, memory, ws, wss, http, https';
  const codecs = 'bytes, text, struct, json, cbor';
  const bad: [string, string, string, string][] = [
    [
      '',
      'MALFORMED_ENDPOINT',
      '"" is not an endpoint; write for example text+tcp://127.0.0.1:6666',
      "«  » n'est pas un point d'accès ; écrivez par exemple text+tcp://127.0.0.1:6666",
    ],
    [
      '127.0.0.1:6666',
      'MALFORMED_ENDPOINT',
      '"127.0.0.1:6666" is not an endpoint; write for example text+tcp://127.0.0.1:6666',
      "« 127.0.0.1:6666 » n'est pas un point d'accès ; écrivez par exemple text+tcp://127.0.0.1:6666",
    ],
    [
      'localhost:6666',
      'MALFORMED_ENDPOINT',
      '"localhost:6666" is not an endpoint; write for example text+tcp://localhost:6666',
      "« localhost:6666 » n'est pas un point d'accès ; écrivez par exemple text+tcp://localhost:6666",
    ],
    [
      'jsn+tcp://127.0.0.1:7000',
      'UNKNOWN_CODEC',
      `unknown codec "jsn" in "jsn+tcp://127.0.0.1:7000"; known: ${codecs}`,
      `codec inconnu « jsn » dans « jsn+tcp://127.0.0.1:7000 » ; connus : ${codecs}`,
    ],
    [
      'tcp://127.0.0.1:7000',
      'UNKNOWN_CODEC',
      `no codec in "tcp://127.0.0.1:7000"; write one before the transport: ${codecs}`,
      `pas de codec dans « tcp://127.0.0.1:7000 » ; écrivez-en un devant le transport : ${codecs}`,
    ],
    [
      'ftp://127.0.0.1:21/',
      'UNKNOWN_TRANSPORT',
      `unknown transport "ftp" in "ftp://127.0.0.1:21/"; known: ${transports}`,
      `transport inconnu ou impropre « ftp » dans « ftp://127.0.0.1:21/ » ; possibles : ${transports}`,
    ],
    [
      'json+ws://127.0.0.1:80?framing=line',
      'BAD_OPTION',
      'a message of ws is its own frame: leave framing out of "json+ws://127.0.0.1:80?framing=line"',
      "un message de ws est sa propre trame : n'écrivez pas framing dans « json+ws://127.0.0.1:80?framing=line »",
    ],
    [
      'json+http://127.0.0.1:80/a b',
      'MALFORMED_ENDPOINT',
      'bad path "/a b" in "json+http://127.0.0.1:80/a b"; percent-encode it',
      'chemin incorrect « /a b » dans « json+http://127.0.0.1:80/a b » ; codez-le avec des « % »',
    ],
    [
      'json+wss://127.0.0.1/rpc',
      'BAD_PORT',
      'no port in "json+wss://127.0.0.1/rpc"; write for example wss://127.0.0.1:7000',
      'pas de port dans « json+wss://127.0.0.1/rpc » ; écrivez par exemple wss://127.0.0.1:7000',
    ],
    [
      'json+text+tcp://127.0.0.1:7000',
      'MALFORMED_ENDPOINT',
      'too many layers in "json+text+tcp://127.0.0.1:7000"; write one codec and one transport, as in json+tcp://…',
      'trop de couches dans « json+text+tcp://127.0.0.1:7000 » ; écrivez un codec et un transport, comme json+tcp://…',
    ],
    [
      'json+tcp:127.0.0.1:7000',
      'MALFORMED_ENDPOINT',
      'no "//" in "json+tcp:127.0.0.1:7000"; write for example tcp://127.0.0.1:7000',
      'il manque « // » dans « json+tcp:127.0.0.1:7000 » ; écrivez par exemple tcp://127.0.0.1:7000',
    ],
    [
      'json+tcp://127.0.0.1',
      'BAD_PORT',
      'no port in "json+tcp://127.0.0.1"; write for example tcp://127.0.0.1:7000',
      'pas de port dans « json+tcp://127.0.0.1 » ; écrivez par exemple tcp://127.0.0.1:7000',
    ],
    [
      'json+tcp://127.0.0.1:70000',
      'BAD_PORT',
      'bad port "70000" in "json+tcp://127.0.0.1:70000"; a port is a number from 0 to 65535',
      'port incorrect « 70000 » dans « json+tcp://127.0.0.1:70000 » ; un port est un nombre de 0 à 65535',
    ],
    [
      'json+tcp://127.0.0.1:http',
      'BAD_PORT',
      'bad port "http" in "json+tcp://127.0.0.1:http"; a port is a number from 0 to 65535',
      'port incorrect « http » dans « json+tcp://127.0.0.1:http » ; un port est un nombre de 0 à 65535',
    ],
    [
      'json+tcp://::1:7000',
      'BAD_HOST',
      'bad host and port "::1:7000" in "json+tcp://::1:7000"; write for example tcp://[::1]:7000',
      'hôte incorrect dans « json+tcp://::1:7000 » ; écrivez par exemple tcp://[::1]:7000',
    ],
    [
      'json+tcp://:7000',
      'BAD_HOST',
      'no host in "json+tcp://:7000"; write for example tcp://127.0.0.1:7000',
      'hôte incorrect dans « json+tcp://:7000 » ; écrivez par exemple tcp://127.0.0.1:7000',
    ],
    [
      'json+tcp://a b:7000',
      'BAD_HOST',
      'no host in "json+tcp://a b:7000"; write for example tcp://127.0.0.1:7000',
      'hôte incorrect dans « json+tcp://a b:7000 » ; écrivez par exemple tcp://127.0.0.1:7000',
    ],
    [
      'json+tcp://h%zz:1',
      'MALFORMED_ENDPOINT',
      'bad percent-encoding "h%zz" in "json+tcp://h%zz:1"',
      'code « % » incorrect « h%zz » dans « json+tcp://h%zz:1 »',
    ],
    [
      'json+unix:',
      'MALFORMED_ENDPOINT',
      'bad socket path in "json+unix:"; a path has 1 to 107 bytes',
      'chemin de socket incorrect dans « json+unix: » ; un chemin a de 1 à 107 octets',
    ],
    [
      'json+memory://',
      'MALFORMED_ENDPOINT',
      'no name in "json+memory://"; write for example memory://name',
      'pas de nom dans « json+memory:// » ; écrivez par exemple memory://nom',
    ],
    [
      'json+tcp://h:1?framng=line',
      'UNKNOWN_OPTION',
      'unknown option "framng" in "json+tcp://h:1?framng=line"; known: framing, layout',
      'option inconnue « framng » dans « json+tcp://h:1?framng=line » ; connues : framing, layout',
    ],
    [
      'json+tls://h:1?cret=x',
      'UNKNOWN_OPTION',
      'unknown option "cret" in "json+tls://h:1?cret=x"; known: framing, layout, ca, cert, key, servername, verify',
      'option inconnue « cret » dans « json+tls://h:1?cret=x » ; connues : framing, layout, ca, cert, key, servername, verify',
    ],
    [
      'json+tcp://h:1?framing=lines',
      'UNKNOWN_FRAMING',
      'unknown framing "lines" in "json+tcp://h:1?framing=lines"; known: chunk, line, length, datagram',
      'tramage inconnu « lines » dans « json+tcp://h:1?framing=lines » ; connus : chunk, line, length, datagram',
    ],
    [
      'json+tcp://h:1?framing=datagram',
      'BAD_OPTION',
      'tcp carries a stream, which has no datagrams: choose chunk, line or length in "json+tcp://h:1?framing=datagram"',
      "tcp porte un flux, qui n'a pas de datagrammes : choisissez chunk, line ou length dans « json+tcp://h:1?framing=datagram »",
    ],
    [
      'json+tcp://h:1?framing=line&framing=line',
      'BAD_OPTION',
      'option "framing" stands twice in "json+tcp://h:1?framing=line&framing=line"',
      'option « framing » donnée deux fois dans « json+tcp://h:1?framing=line&framing=line »',
    ],
    [
      'json+tcp://h:1?layout=a:u8',
      'BAD_OPTION',
      'a layout needs the struct codec: write struct+… in "json+tcp://h:1?layout=a:u8"',
      'une disposition demande le codec struct : écrivez struct+… dans « json+tcp://h:1?layout=a:u8 »',
    ],
    [
      'json+tls://h:1?ca=',
      'BAD_OPTION',
      'option "ca" has no value in "json+tls://h:1?ca="',
      'option « ca » sans valeur dans « json+tls://h:1?ca= »',
    ],
    [
      'json+tls://h:1?cert=c',
      'BAD_OPTION',
      'options "cert" and "key" go together in "json+tls://h:1?cert=c"',
      'les options « cert » et « key » vont ensemble dans « json+tls://h:1?cert=c »',
    ],
    [
      'json+tls://h:1?verify=maybe',
      'BAD_OPTION',
      'option "verify" is "maybe" in "json+tls://h:1?verify=maybe"; write yes or no',
      'option « verify » incorrecte dans « json+tls://h:1?verify=maybe » ; écrivez yes ou no',
    ],
  ];

  for (const [notation, code, english, french] of bad) {
    test(`${JSON.stringify(notation)} is refused in words that say what to write`, () => {
      assert.throws(
        () => parseEndpoint(notation),
        (error) => {
          assert.ok(error instanceof EndpointError);
          assert.equal(error.code, code);
          assert.equal(error.message, english);
          assert.equal(errorText('en', error), english);
          assert.equal(errorText('fr', error), french);
          return true;
        },
      );
    });
  }

  test('of any characters is refused by an EndpointError or can be written and read again', () => {
    const piece = fc.constantFrom(
      'json',
      'tcp',
      'tls',
      'udp',
      'unix',
      'memory',
      '+',
      ':',
      '//',
      '[',
      ']',
      '::1',
      'h',
      '7000',
      '?',
      '&',
      '=',
      'framing',
      'line',
      'layout',
      'ca',
      '%',
      '%20',
      '%2F',
      '/',
      ' ',
      '\0',
      '\u{1f600}',
    );
    const notations = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(piece, { maxLength: 16 }).map((pieces) => pieces.join('')),
    );
    fc.assert(
      fc.property(notations, (notation) => {
        let endpoint: Endpoint;
        try {
          endpoint = parseEndpoint(notation, { codec: 'bytes' });
        } catch (error) {
          assert.ok(error instanceof EndpointError, String(error));
          assert.ok(!error.message.includes('undefined'));
          return;
        }
        assert.deepEqual(parseEndpoint(formatEndpointNotation(endpoint)), endpoint);
      }),
      { numRuns: 2_000 },
    );
  });

  test('a huge notation is read, or refused, at once', () => {
    const start = performance.now();
    for (const notation of [
      `${'json+'.repeat(100_000)}tcp://h:1`,
      `json+tcp://${'['.repeat(100_000)}:1`,
      `json+tcp://h:1?${'a=b&'.repeat(100_000)}`,
      `json+tcp://${':'.repeat(200_000)}`,
    ]) {
      assert.throws(() => parseEndpoint(notation), EndpointError);
    }
    assert.ok(performance.now() - start < 1_000);
  });
});
