/** `sqlite` a file of this machine · `postgres` a PostgreSQL server that several nodes may share. */
export type StoreKind = 'sqlite' | 'postgres';

/** What kind of store a place names: a server's URL (`postgres://…`), or else the path of a file. */
export function kindOfPlace(place: string): StoreKind {
  return /^postgres(?:ql)?:\/\//.test(place) ? 'postgres' : 'sqlite';
}
