import { translations } from './language.ts';

/** What the page of welcome of the `http` application says. */
export const welcomeTexts = translations({
  en: {
    title: 'Guichet',
    intro: 'This is a guichet: the counter at which one person asks and another serves.',
    served: 'What is served here',
    application: 'application',
    endpoint: 'at',
    next: 'Try one of them in a terminal:',
    own: 'To see files of your own here instead of this page:',
  },
  fr: {
    title: 'Guichet',
    intro: "Voici un guichet : le comptoir où l'un demande et l'autre sert.",
    served: 'Ce qui est servi ici',
    application: 'application',
    endpoint: 'à',
    next: 'Essayez-en un dans un terminal :',
    own: 'Pour voir ici vos propres fichiers au lieu de cette page :',
  },
});

/** The texts of {@link welcomeTexts} in one language. */
export type WelcomeTexts = (typeof welcomeTexts)['en'];
