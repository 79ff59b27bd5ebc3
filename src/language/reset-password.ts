import type { Example } from './commands.ts';
import { translations } from './language.ts';

/** What `guichet reset-password` says. */
export const resetPasswordTexts = translations({
  en: {
    description: 'give an account a new password in the store itself, when it is lost',
    account: "the account's name; by default the only administrator",
    store: 'the store, a file or postgres://…; by default the one guichet serve opens',
    passwordStdin: 'read the new password from the first line of stdin, instead of making one',
    json: 'print the result as one line of JSON',
    unreadable: (path: string, reason: string) => `cannot read ${path}: ${reason}`,
    noPassword: 'no password was given',
    noAccount: (name: string, administrators: string) =>
      `no account "${name}"; administrators: ${administrators}`,
    noAdministrator: 'this store has no administrator; start the server once, and it makes one',
    several: (administrators: string) =>
      `there is more than one administrator, name the one that is meant: ${administrators}`,
    made: (name: string, password: string) =>
      `  name      ${name}\n  password  ${password}\nThis is shown once, and kept nowhere.`,
    given: (name: string) => `${name} has the new password`,
    ended: (count: number) =>
      count === 0
        ? 'no session was open'
        : count === 1
          ? '1 session has ended'
          : `${count} sessions have ended`,
    disabled: (name: string) => `${name} is disabled: an administrator has to enable it first`,
    examples: [
      ['guichet reset-password', "the only administrator's, with the server running or not"],
      ['guichet reset-password ada --store ./department.sqlite', 'of one account, in one store'],
    ] as readonly Example[],
  },
  fr: {
    description:
      "donner à un compte un nouveau mot de passe dans la base elle-même, quand il s'est perdu",
    account: 'le nom du compte ; par défaut le seul administrateur',
    store: 'la base, un fichier ou postgres://… ; par défaut celle que guichet serve ouvre',
    passwordStdin:
      "lire le nouveau mot de passe sur la première ligne de l'entrée, sans en fabriquer un",
    json: 'afficher le résultat en une ligne de JSON',
    unreadable: (path: string, reason: string) => `lecture impossible de ${path} : ${reason}`,
    noPassword: "aucun mot de passe n'a été donné",
    noAccount: (name: string, administrators: string) =>
      `aucun compte « ${name} » ; administrateurs : ${administrators}`,
    noAdministrator:
      "cette base n'a pas d'administrateur ; démarrez une fois le serveur, il en fait un",
    several: (administrators: string) =>
      `il y a plusieurs administrateurs, dites lequel : ${administrators}`,
    made: (name: string, password: string) =>
      `  nom           ${name}\n  mot de passe  ${password}\nCeci n'est montré qu'une fois, et n'est gardé nulle part.`,
    given: (name: string) => `${name} a le nouveau mot de passe`,
    ended: (count: number) =>
      count === 0
        ? "aucune session n'était ouverte"
        : count === 1
          ? '1 session a pris fin'
          : `${count} sessions ont pris fin`,
    disabled: (name: string) =>
      `${name} est désactivé : un administrateur doit d'abord le réactiver`,
    examples: [
      ['guichet reset-password', 'celui du seul administrateur, que le serveur tourne ou non'],
      ['guichet reset-password ada --store ./departement.sqlite', "d'un compte, dans une base"],
    ],
  },
});
