import { serveTasks } from '../../../service/worker-tasks.ts';
import { writeXlsx } from './xlsx.ts';
import type { PackedSheet } from './sheet.ts';

serveTasks<PackedSheet, Uint8Array>(writeXlsx);
