/** What codecs say was expected or found, piece by piece; the longer pieces come first. */
const pieces: readonly (readonly [english: RegExp, french: string])[] = [
  [/expected /g, 'attendu '],
  [/, got /g, ', reçu '],
  [/, (\d+) (?:is|are) left/g, ' ; il en reste $1'],
  [/bytes as hexadecimal text/g, 'des octets en texte hexadécimal'],
  [/an array of (\d+) integers/g, 'un tableau de $1 entiers'],
  [/an array of integers from/g, "un tableau d'entiers de"],
  [/an array of (\d+)/g, 'un tableau de $1'],
  [/an array/g, 'un tableau'],
  [/an object/g, 'un objet'],
  [/a string without NUL/g, 'une chaîne sans NUL'],
  [/a string/g, 'une chaîne'],
  [/a bigint/g, 'un bigint'],
  [/a number a 32-bit float can hold/g, "un nombre qu'un flottant de 32 bits peut tenir"],
  [/a number below/g, 'un nombre sous'],
  [/a number/g, 'un nombre'],
  [
    /an integer of 2\^53 or more as text, in quotes/g,
    'un entier de 2^53 ou plus en texte, entre guillemets',
  ],
  [/an integer from/g, 'un entier de'],
  [/an integer/g, 'un entier'],
  [/an (IPv[46]) address such as/g, 'une adresse $1 comme'],
  [/a hardware address such as/g, 'une adresse matérielle comme'],
  [/a Uint8Array of/g, 'un Uint8Array de'],
  [/a Uint8Array/g, 'un Uint8Array'],
  [/an ill-formed sequence/g, 'une suite mal formée'],
  [/half a surrogate pair at index/g, "la moitié d'une paire de substitution à l'indice"],
  [/NUL up to the end/g, "NUL jusqu'à la fin"],
  [/the end of the value/g, 'la fin de la valeur'],
  [/the end/g, 'la fin'],
  [/the name of a field/g, "le nom d'un champ"],
  [/the name of a type/g, "le nom d'un type"],
  [/a length or the name of an unsigned type/g, "une longueur ou le nom d'un type non signé"],
  [/a length or one of/g, "une longueur ou l'un de"],
  [/another name/g, 'un autre nom'],
  [/a name other than/g, 'un nom autre que'],
  [/a constant of the type/g, 'une constante du type'],
  [/an unsigned type for flags, not/g, 'un type non signé pour des drapeaux, et non'],
  [/no field/g, 'aucun champ'],
  [/the field/g, 'le champ'],
  [/ as well/g, ' en plus'],
  [/only /g, 'seulement '],
  [/at most/g, 'au plus'],
  [/\bbytes\b/g, 'octets'],
  [/\bbyte\b/g, 'octet'],
  [/\bitems\b/g, 'éléments'],
  [/\bitem\b/g, 'élément'],
  [/, not /g, ', et non '],
  [/: raise maxBytes/g, ' : augmentez maxBytes'],
  [/ or more\b/g, ' ou plus'],
  [/ and /g, ' et '],
  [/ or /g, ' ou '],
  [/ to /g, ' à '],
];

/** Quoted text is the reader's own, and stays as it is. */
const quoted = /("(?:[^"\\]|\\.)*")/;

/** What a codec says was expected and found, in French. */
export function problemInFrench(problem: string): string {
  return problem
    .split(quoted)
    .map((part, index) =>
      index % 2 === 1
        ? part
        : pieces.reduce((text, [english, french]) => text.replaceAll(english, french), part),
    )
    .join('');
}
