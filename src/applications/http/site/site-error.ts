import { GuichetError } from '../../../errors.ts';

/** Why a site cannot be made as it is described. */
export type SiteErrorCode =
  | 'BAD_PASSWORD_FILE'
  | 'BAD_ERROR_PAGE'
  | 'BAD_CERTIFICATE'
  | 'FILE_UNREADABLE'
  | 'LOG_UNWRITABLE';

/** A site that cannot be made: a file it names holds what it should not. */
export class SiteError extends GuichetError<SiteErrorCode> {}

/** Why the system would not let a file be read, by the name it gives to the reason. */
const reasons: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'there is no such file'],
  ['EACCES', 'reading it is not allowed'],
  ['EISDIR', 'it is a folder'],
  ['EFTYPE', 'it is no regular file'],
]);

/** The same of writing a log. */
const writingReasons: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'there is no such folder'],
  ['ENOTDIR', 'there is no such folder'],
  ['EACCES', 'writing it is not allowed'],
  ['EROFS', 'writing it is not allowed'],
  ['EISDIR', 'it is a folder'],
  ['ENXIO', 'nobody reads this pipe'],
]);

/** The failure to open a log, as an error that says which. */
export function toLogError(path: string, error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error;
  const errno = String(error.code);
  const reason = writingReasons.get(errno) ?? errno;
  return new SiteError('LOG_UNWRITABLE', `cannot write the log ${path}: ${reason}`, {
    cause: error,
    details: { path, errno },
  });
}

/** The failure to read a file that a site names, as an error that says which; others as they are. */
export function toSiteError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof GuichetError) return error;
  const { code, path } = error as NodeJS.ErrnoException;
  if (code === undefined || path === undefined) return error;
  const reason = reasons.get(code) ?? code;
  return new SiteError('FILE_UNREADABLE', `cannot read ${path}: ${reason}`, {
    cause: error,
    details: { path, errno: code },
  });
}
