import type { Application } from './application.ts';
import { calculatorApplication } from './calculator/application.ts';
import { echoApplication } from './echo/index.ts';
import { httpApplication } from './http/application.ts';
import { messageApplication } from './message/index.ts';
import { servicesApplication } from './services/index.ts';

/** All that `guichet serve` serves, in the order of its table. */
export const applications: readonly Application[] = [
  messageApplication,
  calculatorApplication,
  echoApplication,
  servicesApplication,
  httpApplication,
];
