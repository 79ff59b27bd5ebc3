import { gradebookLimits } from '../limits.ts';
import { refuse } from '../refusal.ts';
import { isPositiveDecimal } from '../shapes.ts';

/** What tells a student. */
export type PersonField = 'familyName' | 'givenName' | 'fullName' | 'number' | 'email';

/** A column of marks. */
export interface MarkColumn {
  /** From 0. */
  readonly index: number;
  readonly name: string;
  /** As the heading says, if it does. */
  readonly scale: string | undefined;
  readonly coefficient: string | undefined;
}

/** What the columns of a file are. */
export interface Columns {
  readonly isMoodle: boolean;
  /** Up to the last that has a heading. */
  readonly width: number;
  /** The column of each thing that tells the student, from 0. */
  readonly person: ReadonlyMap<PersonField, number>;
  readonly marks: readonly MarkColumn[];
  /** Columns that are left alone; those without a heading among them. */
  readonly ignored: readonly Pick<MarkColumn, 'index' | 'name'>[];
}

/** Headings as people and programs write them, folded. */
const personHeadings: Readonly<Record<PersonField, readonly string[]>> = {
  familyName: [
    'nom',
    'nom de famille',
    'nom usuel',
    'family name',
    'last name',
    'lastname',
    'surname',
    'familyname',
  ],
  givenName: ['prenom', 'given name', 'first name', 'firstname', 'givenname', 'forename'],
  fullName: [
    'nom complet',
    'nom prenom',
    'nom et prenom',
    'prenom nom',
    'etudiant',
    'etudiante',
    'full name',
    'fullname',
    'name',
    'student',
  ],
  number: [
    'numero',
    'no',
    'n',
    'numero etudiant',
    'no etudiant',
    'n etudiant',
    'numero d identification',
    'matricule',
    'number',
    'id number',
    'idnumber',
    'student number',
    'student id',
  ],
  email: [
    'email',
    'e mail',
    'mail',
    'courriel',
    'adresse de courriel',
    'adresse e mail',
    'adresse electronique',
    'email address',
    'e mail address',
  ],
};

const fieldOf: ReadonlyMap<string, PersonField> = new Map(
  (Object.keys(personHeadings) as PersonField[]).flatMap((field) =>
    personHeadings[field].map((heading) => [heading, field] as const),
  ),
);

/** Columns that hold no marks: what is computed, or Moodle says besides. */
const withoutMarks: ReadonlySet<string> = new Set([
  'moyenne',
  'average',
  'rang',
  'rank',
  'institution',
  'departement',
  'department',
  'groupe',
  'group',
  'dernier telechargement depuis ce cours',
  'last downloaded from this course',
]);

/** `Devoir : TP1 (Brut)`, `Assignment: TP1 (Real)`: what Moodle calls an activity's grades. */
const moodleReal = /^(?:[\p{L} ]+?\s?:\s)?(.*?)\s*\((?:Real|Brut|Brute|Réel)\)$/u;
const moodleOther = /\((?:Percentage|Pourcentage|Letter|Lettre)\)$/u;
/** Columns of our own exports whose marks belong to no assessment, as no assessment is usually called. */
const otherMarks = /^(?:other mark|autre note) \d+$/;
const moodleTotal = /^(?:course total|category total|total du cours|total de la categorie)/;

/** Neither capitals, accents nor punctuation tell headings or names apart. */
export function fold(text: string): string {
  return text
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll('œ', 'oe')
    .replaceAll('æ', 'ae')
    .replaceAll('ß', 'ss')
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

/** `Midterm /20 (2)`: name, scale, coefficient. */
function readMarkHeading(heading: string, index: number): MarkColumn {
  const found =
    /^(.*?)(?:\s*\/\s*(\d+(?:[.,]\d+)?))?(?:\s*\((?:coeff?\.?\s*)?(\d+(?:[.,]\d+)?)\))?$/iu.exec(
      heading,
    );
  const decimal = (text: string | undefined): string | undefined => {
    const plain = text?.replace(',', '.');
    return plain !== undefined && isPositiveDecimal(plain) ? plain : undefined;
  };
  const name = found?.[1]?.trim() ?? '';
  return name === ''
    ? { index, name: heading, scale: undefined, coefficient: undefined }
    : { index, name, scale: decimal(found?.[2]), coefficient: decimal(found?.[3]) };
}

/** Whether a heading, also told folded, is that of a column without marks of an assessment. */
function holdsNoMarks(heading: string, folded: string): boolean {
  if (folded === '' || withoutMarks.has(folded) || moodleTotal.test(folded)) return true;
  return moodleOther.test(heading) || otherMarks.test(folded);
}

/** Characters of a heading: a name, and what stands around it. */
const maxHeading = gradebookLimits.maxName + 200;

/** @throws {CallError} `HEADING_TOO_LONG` */
function checkLength(text: string, limit: number, index: number): void {
  if (text.length > limit) throw refuse('HEADING_TOO_LONG', { column: index + 1, limit });
}

/** Headings in one line each. @throws {CallError} `HEADING_TOO_LONG` */
function cleanHeadings(cells: readonly string[]): string[] {
  return cells.map((cell, index) => {
    checkLength(cell, maxHeading, index);
    return cell
      .toWellFormed()
      .replaceAll(/\p{Cc}+/gu, ' ')
      .trim();
  });
}

/**
 * What the headings of a file say its columns are.
 * @throws {CallError} `COLUMNS_UNKNOWN`, `COLUMN_TWICE`, `HEADING_TOO_LONG`
 */
export function readColumns(cells: readonly string[]): Columns {
  const headings = cleanHeadings(cells);
  const person = new Map<PersonField, number>();
  const marks: MarkColumn[] = [];
  const ignored: { index: number; name: string }[] = [];
  const names = new Set<string>();
  const isMoodle = headings.some((heading) => moodleReal.test(heading));
  for (const [index, heading] of headings.entries()) {
    const folded = fold(heading);
    const field = fieldOf.get(folded);
    if (field !== undefined) {
      if (person.has(field)) throw refuse('COLUMN_TWICE', { column: index + 1, name: heading });
      person.set(field, index);
      continue;
    }
    const real = isMoodle ? moodleReal.exec(heading)?.[1] : undefined;
    if (holdsNoMarks(heading, folded) || (isMoodle && real === undefined)) {
      ignored.push({ index, name: heading });
      continue;
    }
    const column = readMarkHeading(real ?? heading, index);
    // Two columns of one name would give two marks in one assessment.
    const name = fold(column.name);
    if (names.has(name)) throw refuse('COLUMN_TWICE', { column: index + 1, name: heading });
    names.add(name);
    checkLength(column.name, gradebookLimits.maxName, index);
    marks.push(column);
  }
  if (person.size === 0) {
    throw refuse('COLUMNS_UNKNOWN', {
      known:
        'Nom, Prénom, Nom complet, Numéro, E-mail; Family name, Given name, Name, Number, E-mail',
    });
  }
  const width = headings.findLastIndex((heading) => heading !== '') + 1;
  return { isMoodle, width, person, marks, ignored };
}

/** A name that was written in one piece, in two: `Ada Lovelace`, `LOVELACE Ada`, `Lovelace, Ada`. */
export function splitName(name: string): { familyName: string; givenName: string } {
  const comma = name.indexOf(',');
  if (comma !== -1) {
    return { familyName: name.slice(0, comma).trim(), givenName: name.slice(comma + 1).trim() };
  }
  const words = name.split(/\s+/u).filter((word) => word !== '');
  const isCapital = (word: string): boolean =>
    word.length > 1 && word === word.toUpperCase() && word !== word.toLowerCase();
  const capitals = words.filter(isCapital);
  if (capitals.length > 0 && capitals.length < words.length) {
    const others = words.filter((word) => !isCapital(word));
    return { familyName: capitals.join(' '), givenName: others.join(' ') };
  }
  const [first = '', ...rest] = words;
  return rest.length === 0
    ? { familyName: first, givenName: '' }
    : { familyName: rest.join(' '), givenName: first };
}
