import { translations } from './language.ts';

/** What the services that keep accounts say where they are started. */
export const accountsTexts = translations({
  en: {
    firstAccount: (name: string, password: string, store: string) =>
      `accounts: the store ${store} had none, so an administrator was made:
  name      ${name}
  password  ${password}
This is shown once, and kept nowhere. Log in with: guichet login json+tcp://127.0.0.1:7000 --user ${name}
then change it: guichet call json+tcp://127.0.0.1:7000 session.changePassword`,
  },
  fr: {
    firstAccount: (name: string, password: string, store: string) =>
      `comptes : la base ${store} n'en avait aucun, un administrateur a donc été créé :
  nom           ${name}
  mot de passe  ${password}
Il ne s'affiche qu'une fois, et n'est gardé nulle part. Connectez-vous : guichet login json+tcp://127.0.0.1:7000 --user ${name}
puis changez-le : guichet call json+tcp://127.0.0.1:7000 session.changePassword`,
  },
});

/** The texts of {@link accountsTexts} in one language. */
export type AccountsTexts = (typeof accountsTexts)['en'];
