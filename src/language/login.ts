import type { Example } from './commands.ts';
import { translations } from './language.ts';

/** What `guichet login` and `guichet logout` say. */
export const loginTexts = translations({
  en: {
    description: 'log in, and keep the session for the commands that call the same place',
    endpoint: 'where, as json+tcp://127.0.0.1:7000',
    user: "the account's name; by default it is asked for",
    passwordStdin: 'read the password from the first line of stdin, instead of asking',
    changePassword: 'choose a new password as well (the second line of stdin)',
    json: 'print the result as one line of JSON',
    askName: 'Name: ',
    askPassword: 'Password: ',
    askNewPassword: 'New password: ',
    askAgain: 'The same again: ',
    notTheSame: 'the two are not the same',
    needsTerminal: 'no terminal to ask on: give --user and --password-stdin',
    noPassword: 'no password was given',
    loggedIn: (name: string, role: string, place: string, until: string) =>
      `logged in to ${place} as ${name} (${role}), until ${until}`,
    roles: { administrator: 'administrator', teacher: 'teacher', student: 'student' },
    initial: (place: string, name: string) =>
      `somebody else chose this password; choose your own: guichet login ${place} --user ${name} --change-password`,
    plain: (place: string) =>
      `${place} is another machine and the connection is not encrypted: whoever listens learns the password`,
    logInFirst: (place: string) => `log in with: guichet login ${place}`,
    logoutDescription: 'end the session that is kept for a place, or all of them',
    logoutEndpoint: 'where, as it was given to login; by default everywhere',
    loggedOut: (name: string, place: string) => `logged out of ${place} (${name})`,
    notLoggedIn: (place: string) => `no session is kept for ${place}`,
    nowhere: 'no session is kept',
    stillOpen: (place: string, reason: string, until: string) =>
      `${place}: forgotten here, but the server could not be told (${reason}): it ends there by ${until}`,
    unreadable: (path: string, reason: string) => `cannot read ${path}: ${reason}`,
    loginExamples: [
      ['guichet login json+tcp://127.0.0.1:7000 --user admin', 'asks for the password'],
      [
        'guichet login json+tcp://127.0.0.1:7000 --user ada --password-stdin < password.txt',
        'from a file',
      ],
      ['guichet call json+tcp://127.0.0.1:7000 session.whoami', 'uses the session from then on'],
    ] as readonly Example[],
    logoutExamples: [
      ['guichet logout json+tcp://127.0.0.1:7000', 'one session'],
      ['guichet logout', 'all of them'],
    ] as readonly Example[],
  },
  fr: {
    description: 'se connecter, et garder la session pour les commandes qui appellent au même lieu',
    endpoint: 'où, comme json+tcp://127.0.0.1:7000',
    user: 'le nom du compte ; par défaut il est demandé',
    passwordStdin: "lire le mot de passe sur la première ligne de l'entrée, sans le demander",
    changePassword: "choisir aussi un nouveau mot de passe (la deuxième ligne de l'entrée)",
    json: 'afficher le résultat en une ligne de JSON',
    askName: 'Nom : ',
    askPassword: 'Mot de passe : ',
    askNewPassword: 'Nouveau mot de passe : ',
    askAgain: 'Encore une fois : ',
    notTheSame: 'les deux ne sont pas les mêmes',
    needsTerminal: 'pas de terminal pour demander : donnez --user et --password-stdin',
    noPassword: "aucun mot de passe n'a été donné",
    loggedIn: (name: string, role: string, place: string, until: string) =>
      `session ouverte à ${place} pour ${name} (${role}), jusqu'au ${until}`,
    roles: { administrator: 'administrateur', teacher: 'enseignant', student: 'étudiant' },
    initial: (place: string, name: string) =>
      `quelqu'un d'autre a choisi ce mot de passe ; choisissez le vôtre : guichet login ${place} --user ${name} --change-password`,
    plain: (place: string) =>
      `${place} est une autre machine et la connexion n'est pas chiffrée : qui écoute apprend le mot de passe`,
    logInFirst: (place: string) => `connectez-vous : guichet login ${place}`,
    logoutDescription: 'finir la session gardée pour un lieu, ou toutes',
    logoutEndpoint: 'où, tel que donné à login ; par défaut partout',
    loggedOut: (name: string, place: string) => `session finie à ${place} (${name})`,
    notLoggedIn: (place: string) => `aucune session n'est gardée pour ${place}`,
    nowhere: "aucune session n'est gardée",
    stillOpen: (place: string, reason: string, until: string) =>
      `${place} : oubliée ici, mais le serveur n'a pas pu l'apprendre (${reason}) : elle y finit au plus tard le ${until}`,
    unreadable: (path: string, reason: string) => `lecture impossible de ${path} : ${reason}`,
    loginExamples: [
      ['guichet login json+tcp://127.0.0.1:7000 --user admin', 'demande le mot de passe'],
      [
        'guichet login json+tcp://127.0.0.1:7000 --user ada --password-stdin < password.txt',
        "d'un fichier",
      ],
      ['guichet call json+tcp://127.0.0.1:7000 session.whoami', 'use dès lors de la session'],
    ],
    logoutExamples: [
      ['guichet logout json+tcp://127.0.0.1:7000', 'une session'],
      ['guichet logout', 'toutes'],
    ],
  },
});

/** The texts of {@link loginTexts} in one language. */
export type LoginTexts = (typeof loginTexts)['en'];
