import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { watchTexts } from '../language/index.ts';
import type { Language } from '../language/index.ts';
import { Watch } from './index.ts';
import type { Direction, TapEvent, WatchOptions } from './index.ts';

/** Noon, whatever the time zone: times are shown as clocks beside the terminal show them. */
const time = new Date(2026, 0, 15, 12, 0, 0, 7).getTime();
const noon = '12:00:00.007';

type Event<Type> = Type extends TapEvent ? Omit<Type, 'time' | 'connection'> : never;
/** An event without what all of them share. */
type Brief = Event<TapEvent> & { readonly connection?: number };

function show(
  events: readonly Brief[],
  language: Language = 'en',
  options: Partial<WatchOptions> = {},
): string {
  let written = '';
  const watch = new Watch({
    texts: watchTexts[language],
    print: (text) => void (written += text),
    ...options,
  });
  for (const event of events) watch.listener({ time, connection: 1, ...event });
  return written;
}

const opened = {
  layer: 'transport',
  kind: 'open',
  side: 'server',
  transport: 'tcp',
  local: '127.0.0.1:6666',
  remote: '127.0.0.1:53131',
} as const;
const open: Brief = opened;

function bytes(direction: Direction, offset: number, text: string): Brief {
  return { layer: 'transport', kind: 'bytes', direction, offset, bytes: Buffer.from(text) };
}

function frame(
  direction: Direction,
  message: number,
  offset: number,
  text: string,
  framing = 'line',
): Brief {
  const payload = Buffer.from(text.replace(/\r?\n$/, ''));
  const { length } = Buffer.from(text);
  return {
    layer: 'framing',
    kind: 'frame',
    direction,
    message,
    framing,
    offset,
    length,
    bytes: payload,
  };
}

function value(direction: Direction, message: number, codec: string, given: unknown): Brief {
  return { layer: 'presentation', kind: 'value', direction, message, codec, value: given };
}

/** The lines without their time and peer, which are the same on all. */
function bare(text: string): string[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => line.replace(/^12:00:00\.007 127\.0\.0\.1:53131 /, ''));
}

suite('watch', () => {
  const conversation: Brief[] = [
    open,
    bytes('in', 0, 'bon'),
    bytes('in', 3, 'jour\r\nsuite'),
    frame('in', 1, 0, 'bonjour\r\n'),
    value('in', 1, 'text', 'bonjour'),
    value('out', 2, 'text', 'été'),
    frame('out', 2, 0, 'été\n'),
    bytes('out', 0, 'été\n'),
    { layer: 'transport', kind: 'end', direction: 'out' },
    { layer: 'transport', kind: 'end', direction: 'in' },
    { layer: 'transport', kind: 'close', reason: 'ended' },
  ];

  test('a conversation is seen layer by layer, up as it comes and down as it goes', () => {
    assert.equal(
      show(conversation),
      [
        `${noon} 127.0.0.1:53131 · transport    tcp connection open; this side is 127.0.0.1:6666`,
        `${noon} 127.0.0.1:53131 ← transport    chunk 1: 3 bytes (0–2)`,
        '   00000000  62 6f 6e                                          bon',
        `${noon} 127.0.0.1:53131 ← transport    chunk 2: 11 bytes (3–13)`,
        '   00000003  6a 6f 75 72 0d 0a 73 75  69 74 65                 jour..suite',
        `${noon} 127.0.0.1:53131 ← framing      message 1: a line of 9 bytes (0–8), 7 without its end; cut over chunks 1 (0–2) and 2 (3–8)`,
        `${noon} 127.0.0.1:53131 ← presentation text 'bonjour'`,
        `${noon} 127.0.0.1:53131 → presentation text 'été'`,
        `${noon} 127.0.0.1:53131 → framing      message 2: a line of 6 bytes (0–5), 5 without its end`,
        `${noon} 127.0.0.1:53131 → transport    chunk 1: 6 bytes (0–5); carries message 2`,
        '   00000000  c3 a9 74 c3 a9 0a                                 ..t...',
        `${noon} 127.0.0.1:53131 → transport    end of data sent`,
        `${noon} 127.0.0.1:53131 ← transport    end of data received`,
        `${noon} 127.0.0.1:53131 · transport    closed (ended): both sides had ended`,
        '',
      ].join('\n'),
    );
  });

  /** A question and its answer, where the transport itself keeps messages apart. */
  function exchange(transport: string): Brief[] {
    return [
      { ...opened, side: 'client', transport },
      frame('out', 1, 0, 'oui?', 'datagram'),
      bytes('out', 0, 'oui?'),
      bytes('in', 0, 'non'),
      frame('in', 2, 0, 'non', 'datagram'),
    ];
  }

  test('a WebSocket message and the body of a request are called what they are', () => {
    const [sent, received] = [
      '   00000000  6f 75 69 3f                                       oui?',
      '   00000000  6e 6f 6e                                          non',
    ];
    assert.deepEqual(bare(show(exchange('wss'))), [
      '· transport    wss connection open; this side is 127.0.0.1:6666',
      '→ framing      message 1: the whole WebSocket message',
      '→ transport    WebSocket message: 4 bytes',
      sent,
      '← transport    WebSocket message: 3 bytes',
      received,
      '← framing      message 2: the whole WebSocket message',
    ]);
    assert.deepEqual(bare(show(exchange('http'))), [
      '· transport    http: each message will be a POST request, its answer the response',
      '→ framing      message 1: the whole body of the request',
      '→ transport    body of the request: 4 bytes',
      sent,
      '← transport    body of the response: 3 bytes',
      received,
      '← framing      message 2: the whole body of the response',
    ]);
    assert.deepEqual(
      bare(show(exchange('https'), 'fr')).filter((line) => !line.startsWith(' ')),
      [
        '· transport    https : chaque message sera une requête POST, et sa réponse celle du serveur',
        '→ tramage      message 1 : tout le corps de la requête',
        '→ transport    corps de la requête : 4 octets',
        '← transport    corps de la réponse : 3 octets',
        '← tramage      message 2 : tout le corps de la réponse',
      ],
    );
  });

  test('the same conversation in French', () => {
    assert.equal(
      show(conversation, 'fr'),
      [
        `${noon} 127.0.0.1:53131 · transport    connexion tcp ouverte ; ce côté est 127.0.0.1:6666`,
        `${noon} 127.0.0.1:53131 ← transport    morceau 1 : 3 octets (0–2)`,
        '   00000000  62 6f 6e                                          bon',
        `${noon} 127.0.0.1:53131 ← transport    morceau 2 : 11 octets (3–13)`,
        '   00000003  6a 6f 75 72 0d 0a 73 75  69 74 65                 jour..suite',
        `${noon} 127.0.0.1:53131 ← tramage      message 1 : une ligne de 9 octets (0–8), 7 sans sa fin ; coupé sur les morceaux 1 (0–2) et 2 (3–8)`,
        `${noon} 127.0.0.1:53131 ← présentation text 'bonjour'`,
        `${noon} 127.0.0.1:53131 → présentation text 'été'`,
        `${noon} 127.0.0.1:53131 → tramage      message 2 : une ligne de 6 octets (0–5), 5 sans sa fin`,
        `${noon} 127.0.0.1:53131 → transport    morceau 1 : 6 octets (0–5) ; porte le message 2`,
        '   00000000  c3 a9 74 c3 a9 0a                                 ..t...',
        `${noon} 127.0.0.1:53131 → transport    fin des données envoyée`,
        `${noon} 127.0.0.1:53131 ← transport    fin des données reçue`,
        `${noon} 127.0.0.1:53131 · transport    fermeture (ended) : les deux côtés avaient fini`,
        '',
      ].join('\n'),
    );
  });

  test('a message that is one chunk, and messages that share one, are told apart', () => {
    const lines = bare(
      show([
        open,
        bytes('in', 0, 'un\n'),
        frame('in', 1, 0, 'un\n'),
        bytes('in', 3, 'deux\ntrois\nq'),
        frame('in', 2, 3, 'deux\n'),
        frame('in', 3, 8, 'trois\n'),
      ]),
    ).filter((line) => line.includes('framing'));
    assert.deepEqual(lines, [
      '← framing      message 1: a line of 3 bytes (0–2), 2 without its end; just chunk 1',
      '← framing      message 2: a line of 5 bytes (3–7), 4 without its end; inside chunk 2 (3–14)',
      '← framing      message 3: a line of 6 bytes (8–13), 5 without its end; inside chunk 2 (3–14)',
    ]);
  });

  test('a message cut over many chunks names the first and the last of them', () => {
    const text = 'abcdef\n';
    const chunks = Array.from(text, (character, index) => bytes('in', index, character));
    const inEnglish = bare(show([open, ...chunks, frame('in', 1, 0, text)])).at(-1);
    assert.match(inEnglish ?? '', /; cut over 7 chunks, from 1 \(0\) to 7 \(6\)$/);
    const inFrench = show([open, ...chunks, frame('in', 1, 0, text)], 'fr').trimEnd();
    assert.match(inFrench, / ; coupé sur 7 morceaux, de 1 \(0\) à 7 \(6\)$/);
  });

  test('a chunk that goes out says which messages it carries, whole or in part', () => {
    const carried = (events: Brief[], language: Language): string[] =>
      bare(show([open, ...events], language))
        .filter((line) => line.startsWith('→ transport'))
        .map((line) => line.slice('→ transport    '.length));
    const gathered = [
      frame('out', 1, 0, 'un\n'),
      frame('out', 2, 3, 'deux\n'),
      frame('out', 3, 8, 'trois\n'),
      bytes('out', 0, 'un\ndeux\ntrois\n'),
    ];
    assert.deepEqual(carried(gathered, 'en'), [
      'chunk 1: 14 bytes (0–13); carries messages 1, 2 and 3',
    ]);
    assert.deepEqual(carried(gathered, 'fr'), [
      'morceau 1 : 14 octets (0–13) ; porte les messages 1, 2 et 3',
    ]);
    const cut = [frame('out', 1, 0, 'trois\n'), bytes('out', 0, 'tro'), bytes('out', 3, 'is\n')];
    assert.deepEqual(carried(cut, 'en'), [
      'chunk 1: 3 bytes (0–2); carries part of message 1',
      'chunk 2: 3 bytes (3–5); carries part of message 1',
    ]);
    assert.match(carried(cut, 'fr')[0] ?? '', / ; porte une partie du message 1$/);
  });

  test('each framing is told in words', () => {
    const framings = (language: Language): (string | undefined)[] =>
      ['chunk', 'length', 'datagram', 'netstring'].map((framing) =>
        bare(show([open, frame('out', 1, 0, 'abc', framing)], language))
          .at(-1)
          ?.slice('→ framing      '.length),
      );
    assert.deepEqual(framings('en'), [
      'message 1: 3 bytes (0–2) as they came, no framing',
      'message 1: 3 bytes (0–2), a length of 0 then 3',
      'message 1: the whole datagram',
      'message 1: a netstring frame of 3 bytes (0–2), 3 of payload',
    ]);
    assert.deepEqual(framings('fr'), [
      'message 1 : 3 octets (0–2) tels quels, sans tramage',
      'message 1 : 3 octets (0–2), une longueur de 0 puis 3',
      'message 1 : le datagramme entier',
      'message 1 : une trame netstring de 3 octets (0–2), dont 3 utiles',
    ]);
  });

  test('every line of a datagram socket names the peer of that datagram, in every layer', () => {
    const socket: Brief = { ...open, transport: 'udp', local: '127.0.0.1:6668', remote: '' };
    const one = { remote: '127.0.0.1:1111' };
    const lines = show([
      socket,
      { ...bytes('in', 0, 'un'), ...one },
      { ...frame('in', 1, 0, 'un', 'datagram'), ...one },
      value('in', 1, 'text', 'un'),
      { layer: 'service', kind: 'call', direction: 'in', message: 1, step: 'request', method: 'm' },
      { ...bytes('in', 0, ''), remote: '127.0.0.1:2222' },
      value('in', 9, 'text', 'nobody knows whose'),
    ])
      .trimEnd()
      .split('\n');
    assert.deepEqual(lines, [
      `${noon}                 · transport    udp socket bound to 127.0.0.1:6668`,
      `${noon} 127.0.0.1:1111  ← transport    datagram: 2 bytes`,
      '   00000000  75 6e                                             un',
      `${noon} 127.0.0.1:1111  ← framing      message 1: the whole datagram`,
      `${noon} 127.0.0.1:1111  ← presentation text 'un'`,
      `${noon} 127.0.0.1:1111  ← service      request m`,
      `${noon} 127.0.0.1:2222  ← transport    datagram: 0 bytes`,
      `${noon}                 ← presentation text 'nobody knows whose'`,
    ]);
  });

  test('connections without addresses of their own are told apart by number', () => {
    const unix: Brief = { ...open, transport: 'unix', local: '/run/g.sock', remote: 'unix' };
    const text = show([unix, { ...bytes('in', 0, 'x'), connection: 1 }]);
    assert.match(text, /^12:00:00\.007 unix #1 {9}· transport {4}unix connection open; .*\n/);
    assert.match(text, /\n12:00:00\.007 unix #1 {9}← transport/);
  });

  test('a longer address widens the column for all that follow', () => {
    const ipv6: Brief = { ...open, connection: 2, remote: '[2001:db8::1234:5678]:53131' };
    const lines = show([open, ipv6, bytes('in', 0, 'x')]).split('\n');
    const columns = [lines[1], lines[2]].map((line) => line?.search(/[·←]/));
    assert.equal(columns[0], columns[1]);
  });

  test('values are one line, safe for a terminal, and cut when they are long', () => {
    const shown = (codec: string, given: unknown, language: Language = 'en'): string =>
      (bare(show([open, value('in', 1, codec, given)], language)).at(-1) ?? '').replace(
        /^\S+ \S+ +/,
        '',
      );
    assert.equal(shown('text', 'a\u001b[2J\u202eb'), "text 'a\\x1B[2J\\u202eb'");
    assert.equal(shown('bytes', Buffer.from('é\u0000\xff')), '5 bytes "é\\x00ÿ"');
    assert.equal(shown('bytes', new Uint8Array([0xff])), '1 byte "\\xff"');
    assert.equal(shown('bytes', new Uint8Array([0xff]), 'fr'), '1 octet « \\xff »');
    assert.equal(shown('json', { a: [1, { b: null }] }), 'json { a: [ 1, { b: null } ] }');
    assert.match(shown('text', 'x'.repeat(100_000)), /^text 'x{512}'\.\.\. 99488 more characters$/);
    assert.match(shown('bytes', Buffer.alloc(600, 'x')), /^600 bytes "x{512}… 88 more bytes"$/);
    assert.match(
      shown(
        'json',
        Array.from({ length: 99 }, () => 1),
      ),
      /\.\.\. 67 more items \]$/,
    );
    const cycle: { self?: unknown } = {};
    cycle.self = cycle;
    assert.equal(shown('cbor', cycle), 'cbor <ref *1> { self: [Circular *1] }');
  });

  test('long chunks are drawn up to the limit, and the rest is counted', () => {
    const events = [open, bytes('in', 0, 'x'.repeat(600))];
    assert.equal(bare(show(events)).at(-1), '             … 88 more bytes');
    assert.equal(bare(show(events, 'fr')).at(-1), '             … 88 octets de plus');
    assert.equal(bare(show(events, 'en', { maxBytes: 16 })).length, 4);
  });

  test('what is refused is told with its code, in the language of the reader', () => {
    const refusal: Brief = {
      layer: 'framing',
      kind: 'error',
      direction: 'in',
      code: 'FRAME_TOO_LONG',
      text: 'A line is longer than the limit of 10 bytes: send less\u001b[2J',
      details: { limit: 10 },
    };
    assert.equal(
      bare(show([open, refusal])).at(-1),
      '← framing      refused (FRAME_TOO_LONG): A line is longer than the limit of 10 bytes: send less\\x1b[2J',
    );
    assert.equal(
      bare(show([open, refusal], 'fr')).at(-1),
      '← tramage      refusé (FRAME_TOO_LONG) : une trame dépasse la limite de 10 octets',
    );
  });

  test('every way a connection closes is told in words', () => {
    const reasons = ['ended', 'closed', 'reset', 'idle', 'aborted', 'failed'];
    const told = (language: Language): Set<string> =>
      new Set(
        reasons.map((reason) => {
          const line = bare(show([open, { layer: 'transport', kind: 'close', reason }], language));
          assert.match(line.at(-1) ?? '', new RegExp(`\\(${reason}\\) ?: \\S+`));
          return line.at(-1) ?? '';
        }),
      );
    assert.equal(told('en').size, reasons.length);
    assert.equal(told('fr').size, reasons.length);
  });

  test('the steps of a call name the method and the call', () => {
    const call = (step: 'request' | 'result', method: string, id?: number): Brief => ({
      layer: 'service',
      kind: 'call',
      direction: 'in',
      message: 1,
      step,
      method,
      ...(id !== undefined && { id }),
    });
    const events = [open, call('request', 'a.b\u001b', 7), call('result', '')];
    assert.deepEqual(bare(show(events)).slice(1), [
      '← service      request a.b\\x1b id 7',
      '← service      result',
    ]);
    assert.equal(bare(show(events, 'fr'))[1], '← service      demande a.b\\x1b id 7');
  });

  test('colours are there only when asked for', () => {
    const escape = String.fromCharCode(27);
    assert.ok(!show(conversation).includes(escape));
    const colored = show(conversation, 'en', { color: true });
    assert.ok(colored.includes(`${escape}[36m${noon} 127.0.0.1:53131 ← transport   ${escape}[0m`));
    const sequences = new RegExp(`${escape}\\[\\d+m`, 'g');
    assert.equal(colored.replaceAll(sequences, ''), show(conversation));
  });

  test('bytes that no frame is ever made of do not pile up', () => {
    let written = 0;
    let last = '';
    const print = (text: string): void => {
      written++;
      last = text;
    };
    const watch = new Watch({ texts: watchTexts.en, print, maxBytes: 1 });
    const emit = (event: Brief): void => watch.listener({ time, connection: 1, ...event });
    emit(open);
    for (let offset = 0; offset < 20_000; offset++) emit(bytes('in', offset, 'x'));
    const start = performance.now();
    emit(frame('in', 1, 0, 'x'.repeat(20_000), 'chunk'));
    assert.ok(performance.now() - start < 100);
    assert.equal(written, 20_002);
    assert.match(last, /; cut over 20000 chunks, from 1 \(0\) to 20000 \(19999\)\n$/);
  });
});
