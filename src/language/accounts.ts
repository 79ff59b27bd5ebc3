import { translations } from './language.ts';

/** What the services that keep accounts say where they are started. */
export const accountsTexts = translations({
  en: {
    firstAccount: (name: string, password: string, store: string, place: string | undefined) =>
      `accounts: the store ${store} had none, so an administrator was made:
  name      ${name}
  password  ${password}
This is shown once, and kept nowhere. Log in and choose your own:
  guichet login ${place ?? 'ENDPOINT'} --user ${name} --change-password`,
  },
  fr: {
    firstAccount: (name: string, password: string, store: string, place: string | undefined) =>
      `comptes : la base ${store} n'en avait aucun, un administrateur a donc été créé :
  nom           ${name}
  mot de passe  ${password}
Il ne s'affiche qu'une fois, et n'est gardé nulle part. Connectez-vous et choisissez le vôtre :
  guichet login ${place ?? 'ACCÈS'} --user ${name} --change-password`,
  },
});

/** The texts of {@link accountsTexts} in one language. */
export type AccountsTexts = (typeof accountsTexts)['en'];
