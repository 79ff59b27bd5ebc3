import { CallError } from '../../../service/errors.ts';
import { serveTasks } from '../../../service/worker-tasks.ts';
import { packFile } from './file.ts';
import type { PackedFile } from './file.ts';

serveTasks<Uint8Array, PackedFile>(packFile, (thrown) =>
  thrown instanceof CallError ? thrown.data : undefined,
);
