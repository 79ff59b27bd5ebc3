import { GuichetError } from '../../../errors.ts';

/** Why a site cannot be made as it is described. */
export type SiteErrorCode = 'BAD_PASSWORD_FILE' | 'BAD_ERROR_PAGE';

/** A site that cannot be made: a file it names holds what it should not. */
export class SiteError extends GuichetError<SiteErrorCode> {}
