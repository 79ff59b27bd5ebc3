import { translations } from './language.ts';

type Values = Readonly<Record<string, string | number>>;

/** What is known of a student, by its name in the service. */
const fields: ReadonlyMap<string, string> = new Map([
  ['familyName', 'nom'],
  ['givenName', 'prénom'],
  ['number', 'numéro'],
  ['email', 'adresse'],
]);

function inFrench(names: string | number | undefined): string {
  return String(names)
    .split(', ')
    .map((name) => fields.get(name) ?? name)
    .join(', ');
}

/** What becomes of each line of an imported file, by a stable code. */
export const gradebookImportTexts = translations({
  en: {
    ADD_STUDENT: ({ name }: Values) => `${name}: a new student`,
    CHANGE_STUDENT: ({ name, what }: Values) => `${name}, to change: ${what}`,
    RENAME_STUDENT: ({ name, number, becomes, what }: Values) =>
      `${name}${number === '' ? '' : ` (${number})`} becomes ${becomes}, to change: ${what}`,
    SAME_STUDENT: ({ name }: Values) => `${name}: as they are already`,
    MARKS: ({ name, added, changed, same }: Values) =>
      `${name}, marks: ${added} to add, ${changed} to change, ${same} as before`,
    EMPTY: () => 'an empty line',
    OTHER_COLUMN: ({ name }: Values) =>
      name === '' ? 'leaves a column alone that has no name' : `leaves the column ${name} alone`,
    ASSESSMENT: ({ name, scale, coefficient }: Values) =>
      `creates the assessment ${name}, out of ${scale}, coefficient ${coefficient}`,
    OTHER_SCALE: ({ said, name, scale, coefficient }: Values) =>
      `the heading says ${said}, but ${name} is out of ${scale}, coefficient ${coefficient}`,
    NO_NAME: () => 'no name: a student needs one',
    UNKNOWN_STUDENT: ({ name }: Values) => `no student is ${name}; import the students first`,
    SEVERAL_STUDENTS: ({ name }: Values) => `several students are ${name}; give their numbers`,
    OTHER_STUDENT: ({ key, name, said }: Values) => `${key} is ${name}, but the line says ${said}`,
    STUDENT_TWICE: ({ name, line }: Values) => `${name} is on line ${line} already`,
    BAD_MARK: ({ text }: Values) =>
      `“${text}” is no mark: a decimal such as 14.5 or 14,5, or ABS, EXC or ATT`,
    WRITE_MARK: ({ text, meant }: Values) => `“${text}” is no mark: write ${meant}`,
    ABOVE_SCALE: ({ text, scale }: Values) => `${text} is more than the scale, ${scale}`,
    TOO_MANY_CELLS: ({ text, columns, separator }: Values) =>
      `“${text}” stands behind the last column (${columns})` +
      (separator === ',' ? '; quote a decimal comma in a file separated by commas, as "12,5"' : ''),
    TOO_LONG: ({ limit }: Values) => `longer than ${limit} characters`,
    CONTROL: () => 'has a control character',
    TOO_MANY_MARKS: ({ limit }: Values) => `would have more than ${limit} marks`,
    NUMBER_TAKEN: ({ number, line }: Values) =>
      `line ${line} gives the number ${number} to another student`,
  },
  fr: {
    ADD_STUDENT: ({ name }) => `${name} : nouvel étudiant`,
    CHANGE_STUDENT: ({ name, what }) => `${name}, à changer : ${inFrench(what)}`,
    RENAME_STUDENT: ({ name, number, becomes, what }) =>
      `${name}${number === '' ? '' : ` (${number})`} devient ${becomes}, à changer : ${inFrench(what)}`,
    SAME_STUDENT: ({ name }) => `${name} : rien ne change`,
    MARKS: ({ name, added, changed, same }) =>
      `${name}, notes : ${added} à ajouter, ${changed} à changer, ${same} sans changement`,
    EMPTY: () => 'ligne vide',
    OTHER_COLUMN: ({ name }) =>
      name === '' ? 'ne lit pas une colonne sans nom' : `ne lit pas la colonne ${name}`,
    ASSESSMENT: ({ name, scale, coefficient }) =>
      `crée l'évaluation ${name}, sur ${scale}, coefficient ${coefficient}`,
    OTHER_SCALE: ({ said, name, scale, coefficient }) =>
      `l'en-tête dit ${said}, mais ${name} est sur ${scale}, coefficient ${coefficient}`,
    NO_NAME: () => "pas de nom : il en faut un à l'étudiant",
    UNKNOWN_STUDENT: ({ name }) => `aucun étudiant n'est ${name} ; importez d'abord les étudiants`,
    SEVERAL_STUDENTS: ({ name }) => `plusieurs étudiants sont ${name} ; donnez leurs numéros`,
    OTHER_STUDENT: ({ key, name, said }) => `${key} est ${name}, mais la ligne dit ${said}`,
    STUDENT_TWICE: ({ name, line }) => `${name} est déjà à la ligne ${line}`,
    BAD_MARK: ({ text }) =>
      `« ${text} » n'est pas une note : un nombre comme 14,5 ou 14.5, ou ABS, EXC ou ATT`,
    WRITE_MARK: ({ text, meant }) =>
      `« ${text} » n'est pas une note : écrivez ${String(meant).replace('.', ',')}`,
    ABOVE_SCALE: ({ text, scale }) => `${text} dépasse le barème, ${scale}`,
    TOO_MANY_CELLS: ({ text, columns, separator }) =>
      `« ${text} » est après la dernière colonne (${columns})` +
      (separator === ','
        ? ' ; dans un fichier séparé par des virgules, mettez une virgule décimale entre guillemets : "12,5"'
        : ''),
    TOO_LONG: ({ limit }) => `plus de ${limit} caractères`,
    CONTROL: () => 'contient un caractère de contrôle',
    TOO_MANY_MARKS: ({ limit }) => `aurait plus de ${limit} notes`,
    NUMBER_TAKEN: ({ number, line }) =>
      `la ligne ${line} donne le numéro ${number} à un autre étudiant`,
  },
});

/** What becomes of a line, or why it cannot be imported. */
export type LineCode = keyof (typeof gradebookImportTexts)['en'];
