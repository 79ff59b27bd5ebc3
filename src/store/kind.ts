/** `sqlite` a file of this machine · `postgres` a PostgreSQL server that several nodes may share. */
export type StoreKind = 'sqlite' | 'postgres';
