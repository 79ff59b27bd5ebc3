export * from './access.ts';
export * from './errors.ts';
export * from './keeper.ts';
export * from './passwords.ts';
export * from './repository.ts';
export * from './roles.ts';
export {
  accountKey,
  throttleDefaults,
  type Failures,
  type ThrottleRule,
  type ThrottleRules,
} from './throttle.ts';
