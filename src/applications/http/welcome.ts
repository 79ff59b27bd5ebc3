import { welcomeTexts, languages } from '../../language/index.ts';
import type { Language } from '../../language/index.ts';
import type { ServedPlace } from '../application.ts';
import { HttpError } from './errors.ts';
import { chooseAcceptedLanguage } from './files/qualities.ts';
import type { HttpHandler } from './handler.ts';
import { prepareResponse } from './prepared-response.ts';

const style = `body{font:1rem/1.5 system-ui,sans-serif;max-width:44rem;margin:3rem auto;padding:0 1rem;color:#1c2530;background:#fbfaf7}
h1{font-size:2.2rem;margin:0}table{border-collapse:collapse;width:100%}
th,td{text-align:left;padding:.35rem .8rem .35rem 0;border-bottom:1px solid #ddd8cc}
code,pre{font:.9rem ui-monospace,monospace}pre{background:#f0ece2;padding:.7rem 1rem;overflow:auto}
@media(prefers-color-scheme:dark){body{color:#e6e3dc;background:#191c20}th,td{border-color:#3a3f46}pre{background:#24282e}}`;

function escape(text: string): string {
  const signs: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
  };
  return text.replaceAll(/[&<>"]/g, (sign) => signs[sign] ?? sign);
}

/** A command that shows what is served at an endpoint. */
function commandFor({ application, endpoint }: ServedPlace): string | undefined {
  switch (application) {
    case 'message':
      return `guichet send ${endpoint} bonjour`;
    case 'echo':
      return `guichet echo ${endpoint} --watch`;
    case 'calculator':
      return `guichet calculate ${endpoint} '0.1 + 0.2'`;
    case 'services':
      return `guichet call ${endpoint}`;
    default:
      return undefined;
  }
}

function drawPage(language: Language, served: readonly ServedPlace[]): string {
  const texts = welcomeTexts[language];
  const rows = served.map(
    ({ application, endpoint }) =>
      `<tr><td>${escape(application)}</td><td><code>${escape(endpoint)}</code></td></tr>`,
  );
  const shown = new Map<string, string>();
  for (const place of served) {
    const command = commandFor(place);
    if (command !== undefined && !shown.has(place.application))
      shown.set(place.application, command);
  }
  const commands = [...shown.values()].map(escape).join('\n');
  const attempts = commands === '' ? '' : `<p>${texts.next}</p>\n<pre>${commands}</pre>\n`;
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${texts.title}</title>
<style>${style}</style>
</head>
<body>
<h1>${texts.title}</h1>
<p>${texts.intro}</p>
<h2>${texts.served}</h2>
<table>
<tr><th>${texts.application}</th><th>${texts.endpoint}</th></tr>
${rows.join('\n')}
</table>
${attempts}<p>${texts.own}</p>
<pre>guichet serve http --http-root public</pre>
</body>
</html>
`;
}

/**
 * Answers with a page that says what is served beside it, in the language that the client prefers.
 *
 * @param fallback the language of clients that say none.
 */
export function welcomePage(served: readonly ServedPlace[], fallback: Language): HttpHandler {
  const pages = new Map(
    languages.map((language) => [
      language,
      prepareResponse({
        status: 200,
        headers: [
          ['Content-Type', 'text/html; charset=utf-8'],
          ['Content-Language', language],
          ['Vary', 'Accept-Language'],
          ['Content-Security-Policy', "default-src 'none'; style-src 'unsafe-inline'"],
          ['Cache-Control', 'no-cache'],
        ],
        content: drawPage(language, served),
      }),
    ]),
  );
  return ({ method, path, headers }) => {
    if (path !== '/') throw new HttpError('NOT_FOUND', 'there is nothing at this path');
    if (method !== 'GET' && method !== 'HEAD') {
      throw new HttpError('METHOD_NOT_ALLOWED', 'this page is only read', {
        headers: [['Allow', 'GET, HEAD']],
      });
    }
    const accepted = headers.get('accept-language');
    const page = pages.get(chooseAcceptedLanguage(accepted, languages, fallback));
    if (page === undefined) throw new HttpError('NOT_FOUND', 'there is no page of welcome');
    return page;
  };
}
