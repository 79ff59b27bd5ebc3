import { serveTasks } from '../../../service/worker-tasks.ts';
import { verifyPassword } from './verify-password.ts';
import type { VerificationTask } from './verify-password.ts';

serveTasks<VerificationTask, boolean>(verifyPassword);
