import type { Case } from '../case.ts';
import { answerCases } from './answers.ts';
import { chunkCases } from './chunks.ts';
import { codingCases } from './codings.ts';
import { conditionCases } from './conditions.ts';
import { connectionCases } from './connections.ts';
import { expectCases } from './expectations.ts';
import { fieldCases } from './fields.ts';
import { fileCases } from './files.ts';
import { hiddenCases } from './hidden.ts';
import { hostCases } from './host.ts';
import { lengthCases } from './lengths.ts';
import { methodCases } from './methods.ts';
import { multipleRangeCases } from './multiple-ranges.ts';
import { negotiationCases } from './negotiation.ts';
import { mixedCases, oldClientCases } from './old-clients.ts';
import { precedenceCases } from './precedence.ts';
import { rangeCases } from './ranges.ts';
import { requestLineCases } from './request-line.ts';
import { targetCases } from './targets.ts';
import { typeCases } from './types.ts';

/** Every case. */
export const cases: readonly Case[] = [
  ...requestLineCases,
  ...targetCases,
  ...hostCases,
  ...fieldCases,
  ...lengthCases,
  ...codingCases,
  ...chunkCases,
  ...connectionCases,
  ...oldClientCases,
  ...expectCases,
  ...methodCases,
  ...answerCases,
  ...typeCases,
  ...fileCases,
  ...hiddenCases,
  ...conditionCases,
  ...precedenceCases,
  ...rangeCases,
  ...multipleRangeCases,
  ...negotiationCases,
  ...mixedCases,
];
