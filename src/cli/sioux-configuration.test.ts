import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { describe, test } from 'node:test';
import { siouxTexts } from '../language/sioux.ts';
import { parseSiouxConfiguration } from './sioux-configuration.ts';

/** What is said of a configuration, a line for each thing that is wrong. */
function complain(text: string): readonly string[] {
  try {
    parseSiouxConfiguration('sioux.toml', text, siouxTexts.en);
    return [];
  } catch (error) {
    if (!(error instanceof AggregateError)) throw error;
    return error.errors.map((one) => (one instanceof Error ? one.message : String(one)));
  }
}

describe('a configuration file', () => {
  for (const [text, place] of [
    ['index = "a/b"', '1: index: expected names of files'],
    ['spa = "../index.html"', '1: spa: expected the path of a page'],
    ['charset = "a b"', '1: charset: expected the name of a charset'],
    ['cache = "a\\nb"', '1: cache: expected the value of a field'],
    ['cors = "https://example.org/path"', '1: cors: expected origins'],
    ['cors = ["https://example.org", "example.net"]', '1: cors: expected origins'],
    ['cors-methods = "GET, A B"', '1: cors-methods: expected names without spaces'],
    ['realm = "a\\nb"', '1: realm: expected the value of a field'],
    ['auth-paths = "/{a"', '1: auth-paths: expected a glob'],
    ['metrics = "metrics"', '1: metrics: expected a path'],
    ['metrics-allow = "localhost"', '1: metrics-allow: expected addresses or networks'],
    ['server = "a\\nb"', '1: server: expected the value of a field'],
    ['types = { glb = "model" }', '1: types.glb: expected a media type'],
    ['types = { "a.b" = "text/plain" }', '1: types.a.b: expected media types by extension'],
    ['[[headers]]\nfor = "/}"', '2: headers.0.for: expected a glob'],
    ['[[headers]]\nset = { Content-Length = "5" }', '2: headers.0.set: expected fields of HTTP'],
    ['[[headers]]\nremove = ["Date"]', '2: headers.0.remove: expected fields of HTTP'],
    ['[headers]\nset = { X = "y" }', '1: headers: expected tables, each under [[headers]]'],
    ['[[redirects]]\nfrom = "/a"', '1: redirects.0.to: missing; expected a text'],
    ['[[redirects]]\nfrom = "/a"\nto = "b"', '3: redirects.0.to: expected a path from /'],
    ['[[redirects]]\nfrom = "/a"\nto = "/b c"', '3: redirects.0.to: expected a path from /'],
    ['[[redirects]]\nfrom = "/*"\nto = "/$2"', '3: redirects.0.to: $1 to $9 stand for'],
    ['[[hosts]]\nnames = "a.example"', '2: hosts.0.names: expected a list of texts'],
    ['[[hosts]]\nnames = []', '2: hosts.0.names: expected a list of texts'],
    ['[[hosts]]\nnames = ["a b"]', '2: hosts.0.names.0: expected names of hosts'],
    ['[[hosts]]\nnames = ["http://a"]', '2: hosts.0.names.0: expected names of hosts'],
    ['[[hosts]]\nnames = ["a", "A."]', '2: hosts.0.names: "A." is named twice'],
  ] as const) {
    test(`with ${JSON.stringify(text)} is refused, with the place and what was expected`, () => {
      const [said = '', ...more] = complain(text);
      assert.ok(said.startsWith(`sioux.toml:${place}`), said);
      assert.deepEqual(more, []);
    });
  }

  test('may say all that there is a use for', () => {
    const text = [
      'index = ["index.html", "default.htm"]',
      'spa = "app/index.html"',
      'charset = ""',
      'cors = ["https://example.org", "https://*.example.org:8443", "http://[::1]:3000", "null"]',
      'cors-headers = "*"',
      'realm = "the \\"inner\\" circle"',
      'metrics-allow = ["10.0.0.0/8", "::1"]',
      'auth-paths = "/{a,b}/**, *.key"',
      'types = { glb = "model/gltf-binary", htm = "text/html; charset=iso-8859-1" }',
      '[[headers]]',
      'set = { Link = "</a.css>; rel=preload", X-Empty = "" }',
      'remove = ["ETag"]',
      '[[redirects]]',
      'from = "/a/**/*.html"',
      'to = "https://example.org/$1/$2?from=a%20b#top"',
      '[[redirects]]',
      'from = "*.php"',
      'to = "/$1$2"',
      '[[hosts]]',
      'names = ["example.org:8080", "*.example.org", "_x.example", "[::1]:80", "10.0.0.1", "xn--bcher-kva.example"]',
    ].join('\n');
    assert.deepEqual(complain(text), []);
    const { settings } = parseSiouxConfiguration('sioux.toml', text, siouxTexts.en);
    assert.deepEqual(settings.get('auth-paths'), ['/{a,b}/**', '*.key']);
  });

  test('tells where it names a file', () => {
    const text = 'root = "site"\n[[certificates]]\ncert = "a.pem"\n\nkey = "a.key"\n';
    const { findMention } = parseSiouxConfiguration('conf/sioux.toml', text, siouxTexts.en);
    assert.equal(findMention(resolve('conf/a.key')), 'conf/sioux.toml:5: certificates.0.key');
    assert.equal(findMention(resolve('conf/other.key')), undefined);
  });
});
