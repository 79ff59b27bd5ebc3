import { translations } from './language.ts';

/** What a refusal of the gradebook speaks about, as it travels beside its reason. */
export type GradebookDetails = Readonly<Record<string, unknown>>;

function say(details: GradebookDetails, name: string): string {
  const value = details[name];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '?';
}

type Say = (details: GradebookDetails) => string;

/** Why a file cannot be read, by its `problem`. */
const problems = translations({
  en: {
    NO_WHOLE_XLSX: () => 'it is no whole XLSX file',
    UNKNOWN_PACKING: () => 'it is packed in an unknown way; save it again as XLSX',
    BAD_ENCODING: (of: GradebookDetails) => `it is not ${say(of, 'encoding')}`,
    NO_TEXT: () => 'it is no text',
    EMPTY: () => 'it is empty',
    QUOTE_NOT_CLOSED: (of: GradebookDetails) =>
      `line ${say(of, 'line')} opens a quote that nothing closes`,
    LINE_TOO_LONG: (of: GradebookDetails) => `line ${say(of, 'line')} is too long`,
    BAD_LINE: (of: GradebookDetails) => `line ${say(of, 'line')} is no CSV`,
    TOO_SLOW: (of: GradebookDetails) =>
      `reading it takes more than ${say(of, 'seconds')} s; save it again, with one plain sheet`,
    TOO_MUCH_MEMORY: () => 'reading it takes too much memory; save it again, with one plain sheet',
  },
  fr: {
    NO_WHOLE_XLSX: () => "ce n'est pas un fichier XLSX entier",
    UNKNOWN_PACKING: () =>
      "il est compressé d'une façon inconnue ; enregistrez-le à nouveau en XLSX",
    BAD_ENCODING: (of) => `ce n'est pas de l'${say(of, 'encoding')}`,
    NO_TEXT: () => "ce n'est pas du texte",
    EMPTY: () => 'il est vide',
    QUOTE_NOT_CLOSED: (of) => `la ligne ${say(of, 'line')} ouvre un guillemet que rien ne ferme`,
    LINE_TOO_LONG: (of) => `la ligne ${say(of, 'line')} est trop longue`,
    BAD_LINE: (of) => `la ligne ${say(of, 'line')} n'est pas du CSV`,
    TOO_SLOW: (of) =>
      `le lire prend plus de ${say(of, 'seconds')} s ; enregistrez-le à nouveau, avec une seule feuille simple`,
    TOO_MUCH_MEMORY: () =>
      'le lire prend trop de mémoire ; enregistrez-le à nouveau, avec une seule feuille simple',
  },
});

/** What a file has too many of, by its `unit`. */
const units = translations({
  en: {
    bytes: 'bytes',
    bytesUnpacked: 'bytes unpacked',
    parts: 'parts',
    lines: 'lines',
    columns: 'columns',
    cells: 'cells',
  },
  fr: {
    bytes: 'octets',
    bytesUnpacked: 'octets une fois décompressé',
    parts: 'parties',
    lines: 'lignes',
    columns: 'colonnes',
    cells: 'cellules',
  },
});

/** Why a file cannot be read, as far as it is known in this version. */
function sayProblem(of: GradebookDetails, texts: Readonly<Record<string, Say>>): string {
  const name = say(of, 'problem');
  return Object.hasOwn(texts, name) ? (texts[name]?.(of) ?? name) : name;
}

function sayUnit(of: GradebookDetails, texts: Readonly<Record<string, string>>): string {
  const name = say(of, 'unit');
  return Object.hasOwn(texts, name) ? (texts[name] ?? name) : name;
}

/** Why the gradebook refused, by its reason. */
export const gradebookErrorTexts = translations({
  en: {
    NO_SUCH_PROMOTION: (of: GradebookDetails) => `there is no promotion "${say(of, 'promotion')}"`,
    NO_SUCH_STUDENT: (of: GradebookDetails) => `there is no student "${say(of, 'student')}"`,
    NO_SUCH_ASSESSMENT: (of: GradebookDetails) =>
      `there is no assessment "${say(of, 'assessment')}"`,
    NO_SUCH_MARK: (of: GradebookDetails) => `there is no mark "${say(of, 'mark')}"`,
    NO_SUCH_CHANGE: (of: GradebookDetails) => `there is no change "${say(of, 'change')}"`,
    NO_SUCH_ACCOUNT: (of: GradebookDetails) => `there is no account "${say(of, 'account')}"`,
    STUDENT_ACCOUNT: (of: GradebookDetails) =>
      `${say(of, 'name')} is a student's account, which holds no promotion; make it a teacher's first, with accounts.setRole`,
    BAD_CURSOR: () => 'that cursor is not one that a page ended with; begin without one',
    PROMOTION_ARCHIVED: (of: GradebookDetails) =>
      `${say(of, 'name')} is archived; open it again to change it`,
    STUDENT_REMOVED: (of: GradebookDetails) =>
      `${say(of, 'name')} is no longer in the promotion; undo the removal first`,
    STUDENT_ERASED: () => 'this student was erased',
    NUMBER_TAKEN: (of: GradebookDetails) =>
      `another student of the promotion has the number ${say(of, 'number')}`,
    MARK_EXISTS: (of: GradebookDetails) =>
      `${say(of, 'name')} has a mark in ${say(of, 'assessment')} already; correct that one`,
    VERSION_CHANGED: (of: GradebookDetails) =>
      `somebody else changed it meanwhile: it is ${say(of, 'currentText')} now, and you wanted ${say(of, 'wantedText')}`,
    CHANGED_SINCE: () => 'it was changed again since; undo the later changes first',
    ALREADY_UNDONE: () => 'that change has been undone already',
    ADMINISTRATOR_UNDOES: () =>
      'that change says who teaches, or which account a student has: only an administrator undoes it',
    CANNOT_UNDO: (of: GradebookDetails) => `a change by ${say(of, 'action')} cannot be undone`,
    OTHER_PROMOTION: () => 'the assessment belongs to another promotion than the student',
    OUT_OF_SCALE: (of: GradebookDetails) =>
      `${say(of, 'value')} is more than the scale, ${say(of, 'scale')}`,
    WITHIN_ASSESSMENT: () =>
      'a mark within an assessment has its coefficient and scale: leave them out, or change the assessment',
    SCALE_TOO_LOW: (of: GradebookDetails) =>
      `a mark of ${say(of, 'value')} is above a scale of ${say(of, 'scale')}`,
    TOO_MANY_STUDENTS: (of: GradebookDetails) =>
      `a promotion has at most ${say(of, 'limit')} students`,
    TOO_MANY_ASSESSMENTS: (of: GradebookDetails) =>
      `a promotion has at most ${say(of, 'limit')} assessments`,
    TOO_MANY_MARKS: (of: GradebookDetails) => `a student has at most ${say(of, 'limit')} marks`,
    SAME_PROMOTION: () => 'the student is in that promotion already',
    KEY_REUSED: () => 'the idempotency key was used for another call',
    PUBLISH_WHAT: () => 'say what to publish: promotion, assessment or marks, one of them',
    SEVERAL_PROMOTIONS: () => 'these belong to several promotions; one call changes one of them',
    NOT_HELD: () => 'you do not hold that promotion; an administrator can assign it to you',
    NOT_YOURS: () => 'that is not yours to see',
    NOTHING_ASKED: () => 'nothing was asked to be changed',
    FILE_UNREADABLE: (of: GradebookDetails) =>
      `the file cannot be read: ${sayProblem(of, problems.en)}`,
    FILE_TOO_LONG: (of: GradebookDetails) =>
      `the file is too long: at most ${say(of, 'limit')} ${sayUnit(of, units.en)}`,
    COLUMNS_UNKNOWN: (of: GradebookDetails) =>
      `line 1 names no column that tells the student; known are: ${say(of, 'known')}`,
    COLUMN_TWICE: (of: GradebookDetails) =>
      `line 1, column ${say(of, 'column')}: “${say(of, 'name')}” is there twice`,
    HEADING_TOO_LONG: (of: GradebookDetails) =>
      `line 1, column ${say(of, 'column')}: the heading is longer than ${say(of, 'limit')} characters`,
    NO_MARK_COLUMN: () => 'line 1 names no column of marks',
    NOT_IMPORTED: (of: GradebookDetails) =>
      `nothing was imported: ${say(of, 'problems')} problems, the first at line ${say(of, 'line')}, column ${say(of, 'column')}: ${say(of, 'text')}`,
  },
  fr: {
    NO_SUCH_PROMOTION: (of) => `il n'y a pas de promotion « ${say(of, 'promotion')} »`,
    NO_SUCH_STUDENT: (of) => `il n'y a pas d'étudiant « ${say(of, 'student')} »`,
    NO_SUCH_ASSESSMENT: (of) => `il n'y a pas d'évaluation « ${say(of, 'assessment')} »`,
    NO_SUCH_MARK: (of) => `il n'y a pas de note « ${say(of, 'mark')} »`,
    NO_SUCH_CHANGE: (of) => `il n'y a pas de modification « ${say(of, 'change')} »`,
    NO_SUCH_ACCOUNT: (of) => `il n'y a pas de compte « ${say(of, 'account')} »`,
    STUDENT_ACCOUNT: (of) =>
      `${say(of, 'name')} est un compte d'étudiant, à qui aucune promotion n'est confiée ; faites-en d'abord un enseignant, par accounts.setRole`,
    BAD_CURSOR: () => "ce curseur n'est pas celui d'une fin de page ; recommencez sans",
    PROMOTION_ARCHIVED: (of) => `${say(of, 'name')} est archivée ; rouvrez-la pour la modifier`,
    STUDENT_REMOVED: (of) =>
      `${say(of, 'name')} n'est plus dans la promotion ; annulez d'abord son retrait`,
    STUDENT_ERASED: () => 'cet étudiant a été effacé',
    NUMBER_TAKEN: (of) => `un autre étudiant de la promotion a le numéro ${say(of, 'number')}`,
    MARK_EXISTS: (of) =>
      `${say(of, 'name')} a déjà une note à ${say(of, 'assessment')} ; corrigez-la`,
    VERSION_CHANGED: (of) =>
      `quelqu'un l'a modifiée entre-temps : c'est ${say(of, 'currentText')} maintenant, et vous vouliez ${say(of, 'wantedText')}`,
    CHANGED_SINCE: () =>
      "elle a encore été modifiée depuis ; annulez d'abord les modifications suivantes",
    ALREADY_UNDONE: () => 'cette modification a déjà été annulée',
    ADMINISTRATOR_UNDOES: () =>
      "cette modification dit qui enseigne, ou quel compte a un étudiant : seul un administrateur l'annule",
    CANNOT_UNDO: (of) => `une modification par ${say(of, 'action')} ne s'annule pas`,
    OTHER_PROMOTION: () => "l'évaluation est d'une autre promotion que l'étudiant",
    OUT_OF_SCALE: (of) => `${say(of, 'value')} dépasse le barème, ${say(of, 'scale')}`,
    WITHIN_ASSESSMENT: () =>
      "une note d'évaluation en a le coefficient et le barème : ne les donnez pas, ou modifiez l'évaluation",
    SCALE_TOO_LOW: (of) =>
      `une note de ${say(of, 'value')} dépasse un barème de ${say(of, 'scale')}`,
    TOO_MANY_STUDENTS: (of) => `une promotion a au plus ${say(of, 'limit')} étudiants`,
    TOO_MANY_ASSESSMENTS: (of) => `une promotion a au plus ${say(of, 'limit')} évaluations`,
    TOO_MANY_MARKS: (of) => `un étudiant a au plus ${say(of, 'limit')} notes`,
    SAME_PROMOTION: () => "l'étudiant est déjà dans cette promotion",
    KEY_REUSED: () => "la clé d'idempotence a servi à un autre appel",
    PUBLISH_WHAT: () => 'dites quoi publier : promotion, évaluation ou notes, un seul des trois',
    SEVERAL_PROMOTIONS: () => 'cela touche plusieurs promotions ; un appel en modifie une seule',
    NOT_HELD: () =>
      "vous n'êtes pas chargé de cette promotion ; un administrateur peut vous la confier",
    NOT_YOURS: () => "cela n'est pas à vous",
    NOTHING_ASKED: () => "aucune modification n'est demandée",
    FILE_UNREADABLE: (of) => `le fichier ne se lit pas : ${sayProblem(of, problems.fr)}`,
    FILE_TOO_LONG: (of) =>
      `le fichier est trop long : ${say(of, 'limit')} ${sayUnit(of, units.fr)} au plus`,
    COLUMNS_UNKNOWN: (of) =>
      `la ligne 1 ne nomme aucune colonne qui dise l'étudiant ; connues : ${say(of, 'known')}`,
    COLUMN_TWICE: (of) =>
      `ligne 1, colonne ${say(of, 'column')} : « ${say(of, 'name')} » y est deux fois`,
    HEADING_TOO_LONG: (of) =>
      `ligne 1, colonne ${say(of, 'column')} : l'en-tête a plus de ${say(of, 'limit')} caractères`,
    NO_MARK_COLUMN: () => 'la ligne 1 ne nomme aucune colonne de notes',
    NOT_IMPORTED: (of) =>
      `rien n'a été importé : ${say(of, 'problems')} problèmes, le premier ligne ${say(of, 'line')}, colonne ${say(of, 'column')} : ${say(of, 'text')}`,
  },
});

/** Why the gradebook refused. */
export type GradebookReason = keyof (typeof gradebookErrorTexts)['en'];
