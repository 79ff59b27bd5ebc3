import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';

// The thread of a `Checkpointer`: a checkpoint at each message, and the end at the message `close`.
const database = new DatabaseSync(String(workerData));
parentPort?.on('message', (message: unknown) => {
  if (message === 'close') {
    database.close();
    parentPort?.close();
    return;
  }
  let end = 'done';
  try {
    // Passive: it waits for nobody, and nobody for it (SQLite's documentation of checkpoints).
    database.exec('PRAGMA wal_checkpoint(PASSIVE)');
  } catch (error) {
    // No room on the disk: what was committed stays in the log, and the next checkpoint tries again.
    if (!(error instanceof Error)) throw error;
    end = 'failed';
  }
  parentPort?.postMessage(end);
});
