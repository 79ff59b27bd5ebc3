import { compileGlob, countStars } from '../applications/http/site/globs.ts';
import { allowAddresses } from '../applications/http/site/allowed-addresses.ts';
import { isSendableField } from '../applications/http/site/fields.ts';

/** What a text of a configuration must look like, beyond being a text. */
export type TextForm =
  | 'charset'
  | 'extension'
  | 'field'
  | 'glob'
  | 'host'
  | 'mediaType'
  | 'name'
  | 'network'
  | 'origin'
  | 'page'
  | 'path'
  | 'target'
  | 'token';

const token = /^[!#$%&'*+.^_`|~\w-]+$/;
const type =
  /^[!#$&^_.+\w-]+\/[!#$&^_.+\w-]+(?:[\t ]*;[\t ]*[\w-]+=(?:[!#$&^_.+\w-]+|"[^"\\]*"))*$/;
/** Labels of ASCII letters, digits, hyphens and underscores; IPv6 in brackets; a port behind either. */
const hostName = /^(?:(?:\*\.)?[\w-]+(?:\.[\w-]+)*\.?|\[[\da-f:.]+\])(?::\d{1,5})?$/i;

function isTaken(work: () => unknown): boolean {
  try {
    work();
    return true;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return false;
  }
}

/** Whether a glob can be compiled. */
function isGlob(text: string): boolean {
  return isTaken(() => compileGlob(text));
}

/** Whether a browser can say this origin, with `*.` for the names under it (Fetch Standard, "Origin header"). */
function isOrigin(text: string): boolean {
  if (text === '*' || text === 'null') return true;
  const plain = text.toLowerCase().replace('://*.', '://');
  const url = URL.parse(plain);
  if (url === null) return false;
  // Of other schemes, as of extensions, a URL's origin is opaque.
  return url.origin === 'null'
    ? /^[a-z][a-z\d+.-]*:\/\/[^/?#\s]+$/.test(plain)
    : url.origin === plain;
}

const forms: Readonly<Record<TextForm, (text: string) => boolean>> = {
  charset: (text) => text === '' || token.test(text),
  extension: (text) => /^[^./\\\s]+$/.test(text),
  field: (text) => isSendableField('X', text),
  glob: isGlob,
  host: (text) => hostName.test(text),
  mediaType: (text) => type.test(text),
  name: (text) => !/[/\\\0]|^\.{0,2}$/.test(text),
  network: (text) => isTaken(() => allowAddresses([text])),
  origin: isOrigin,
  page: (text) => !/[\\\0?#]|(?:^|\/)\.{1,2}(?:\/|$)|\/$/.test(text),
  path: (text) => /^\/[!-~]*$/.test(text) && !/[?#]/.test(text),
  target: (text) => /^(?:\/|[a-z][a-z\d+.-]*:)[!-~]*$/i.test(text) && isSendableField('X', text),
  token: (text) => token.test(text),
};

/** Whether a text is of a form. */
export function isOfForm(form: TextForm, text: string): boolean {
  return forms[form](text);
}

/** Whether a redirect names only what the stars of its glob stood for. */
export function hasStarsFor(from: string, to: string): boolean {
  const wanted = Array.from(to.matchAll(/\$([1-9])/g), ([, number]) => Number(number));
  return !isGlob(from) || Math.max(0, ...wanted) <= countStars(from);
}

/** Fields that the server says itself, whatever a rule says. */
const ownFields = /^(?:connection|content-length|date|keep-alive|transfer-encoding)$/i;

/** Whether a rule may set a field to a value, or remove it. */
export function maySetField(name: string, value: string): boolean {
  return isSendableField(name, value) && !ownFields.test(name);
}
