import { translations } from './language.ts';

/** The headings of exported files. */
export const gradebookExportTexts = translations({
  en: {
    familyName: 'Family name',
    givenName: 'Given name',
    number: 'Number',
    email: 'E-mail',
    otherMark: (place: number) => `Other mark ${place}`,
    average: 'Average',
    rank: 'Rank',
    sheet: 'Marks',
  },
  fr: {
    familyName: 'Nom',
    givenName: 'Prénom',
    number: 'Numéro',
    email: 'E-mail',
    otherMark: (place: number) => `Autre note ${place}`,
    average: 'Moyenne',
    rank: 'Rang',
    sheet: 'Notes',
  },
});
