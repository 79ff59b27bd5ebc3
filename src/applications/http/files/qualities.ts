const weightPattern = /^q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/i;

function trim(text: string): string {
  return text.replace(/^[\t ]+|[\t ]+$/g, '');
}

/**
 * Members of Accept, Accept-Encoding or Accept-Language with their weights from 0 to 1 (RFC 9110,
 * section 12.4.2): names in lower case without their other parameters, the last mention counting, those
 * whose weight is none left out.
 */
export function parseQualities(value: string): ReadonlyMap<string, number> {
  const qualities = new Map<string, number>();
  for (const member of value.split(',')) {
    const [name = '', ...parameters] = member.split(';').map(trim);
    if (name === '') continue;
    const weights = parameters.filter((parameter) => /^q=/i.test(parameter));
    const weight = weights.length === 0 ? '1' : weightPattern.exec(weights[0] ?? '')?.[1];
    if (weight !== undefined) qualities.set(name.toLowerCase(), Number(weight));
  }
  return qualities;
}

/** How much a media type is wanted: by its own name, else by `type/*`, else by the one for all. */
export function qualityOfType(accept: string | undefined, type: string): number {
  if (accept === undefined) return 1;
  const qualities = parseQualities(accept);
  const family = `${type.slice(0, type.indexOf('/'))}/*`;
  return qualities.get(type) ?? qualities.get(family) ?? qualities.get('*/*') ?? 0;
}

/** The language wanted most among those there are; of equals, the first mentioned wins. */
export function chooseAcceptedLanguage<Language extends string>(
  accept: string | undefined,
  languages: readonly Language[],
  fallback: Language,
): Language {
  if (accept === undefined) return fallback;
  let chosen = fallback;
  let best = 0;
  for (const [range, quality] of parseQualities(accept)) {
    const language = languages.find((name) => range === name || range.startsWith(`${name}-`));
    if (language !== undefined && quality > best) [chosen, best] = [language, quality];
  }
  return chosen;
}
