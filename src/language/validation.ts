type Translation = readonly [english: RegExp, french: string];

/** What the validator and our own declarations say of a parameter, in French. */
const sentences: readonly Translation[] = [
  [/^Invalid input: expected (.+), received undefined$/, 'il manque ($1)'],
  [/^Invalid input: expected (.+), received (.+)$/, '$1 attendu, reçu $2'],
  [/^Invalid input: expected (.+)$/, '$1 attendu'],
  [/^Invalid option: expected one of (.+)$/, "attendu : l'un de $1"],
  [/^Too (?:big|small): expected (?:string|array|\w+) to have (.+)$/, 'attendu : $1'],
  [/^Too (?:big|small): expected \w+ to be (.+)$/, 'attendu : $1'],
  [/^Unrecognized keys?: (.+)$/, 'champ inconnu : $1'],
  [/^Invalid base64-encoded string$/, "ce n'est pas du base64"],
  [/^Invalid ISO datetime$/, 'attendu : un moment comme "2026-11-21T08:00:00Z"'],
  [/^Invalid input$/, 'valeur inattendue'],
  [/^write "(.+?)"; (.+)$/, 'écrivez « $1 » ; $2'],
  [
    /a mark is a decimal in quotes such as "(.+?)", or "ABS", "EXC" or "ATT"/,
    'une note est un nombre entre guillemets comme "$1", ou "ABS", "EXC" ou "ATT"',
  ],
  [
    /a coefficient is a positive decimal in quotes such as "(.+?)"/,
    'un coefficient est un nombre positif entre guillemets comme "$1"',
  ],
  [
    /a scale is a positive decimal in quotes such as "(.+?)"/,
    'un barème est un nombre positif entre guillemets comme "$1"',
  ],
  [/^a date is a day such as "(.+?)"$/, 'une date est un jour comme "$1"'],
  [
    /^an account's name has letters, digits, spaces and (.+) and begins with a letter or digit$/,
    "le nom d'un compte a des lettres, des chiffres, des espaces et $1 et commence par une lettre ou un chiffre",
  ],
  [/^Invalid string: must match pattern (.+)$/, 'attendu : un texte de la forme $1'],
  [/^a name has at least one character$/, 'un nom a au moins un caractère'],
  [
    /^control characters have no place in a name$/,
    "les caractères de contrôle n'ont pas leur place dans un nom",
  ],
  [
    /^half of a surrogate pair is no character$/,
    "une moitié de paire de substitution n'est pas un caractère",
  ],
];

/** What those sentences are about, outside quotes. */
const words: readonly Translation[] = [
  [/\bexactly (\d+)/g, 'exactement $1'],
  [/>=1 characters/g, 'au moins un caractère'],
  [/<=(-?[\d.]+)/g, '$1 au plus'],
  [/>=(-?[\d.]+)/g, '$1 au moins'],
  [/<(-?[\d.]+)/g, 'moins de $1'],
  [/>(-?[\d.]+)/g, 'plus de $1'],
  [/(au plus|au moins) characters\b/g, 'caractères $1'],
  [/(au plus|au moins) items\b/g, 'éléments $1'],
  [/(au plus|au moins) entries\b/g, 'entrées $1'],
  [/\bcharacters\b/g, 'caractères'],
  [/\bitems\b/g, 'éléments'],
  [/\bentries\b/g, 'entrées'],
  [/\bstring\b/g, 'texte'],
  [/\bnumber\b/g, 'nombre'],
  [/\bint\b/g, 'nombre entier'],
  [/\bboolean\b/g, 'booléen'],
  [/\barray\b/g, 'tableau'],
  [/\bobject\b/g, 'objet'],
  [/\brecord\b/g, 'objet'],
];

/** Quoted text is the caller's or the declaration's own, and stays as it is. */
const quoted = /("(?:[^"\\]|\\.)*"|« .*? »)/;

/** What a validator says is wrong with a value, in French; as it is where that is not known. */
export function issueInFrench(message: string): string {
  const said = sentences.reduce(
    (text, [english, french]) => text.replace(english, french),
    message,
  );
  if (said === message) return message;
  return said
    .split(quoted)
    .map((part, index) =>
      index % 2 === 1
        ? part
        : words.reduce((text, [english, french]) => text.replaceAll(english, french), part),
    )
    .join('');
}
