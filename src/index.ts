/**
 * Guichet as a library: everything of the layers by one name. Each layer is also a module of its own,
 * `guichet/transport` and so on, for programs that need only that.
 */
export * from './errors.ts';
export * from './transport/index.ts';
export * from './framing/index.ts';
export * from './presentation/index.ts';
export * from './observe/index.ts';
export * from './language/index.ts';
export * from './service/index.ts';
export * from './applications/index.ts';
// The name of both a transport's and a service's: here it is the service's, the other is in
// `guichet/transport`.
export { connect } from './service/index.ts';
