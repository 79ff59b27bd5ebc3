/** What one client may take of the server over HTTP/2, beside what every client may. */
export interface Http2Limits {
  /** Requests of one connection at a time; one more is refused by the protocol. Default 100. */
  readonly maxStreams: number;
  /**
   * Requests that a connection may take back at once (CVE-2023-44487); with more it is closed. Default 200.
   */
  readonly maxResetBurst: number;
  /** Requests taken back a second that are allowed again after such a burst. Default 33. */
  readonly maxResetRate: number;
  /** Entries of one SETTINGS frame. Default 32. */
  readonly maxSettings: number;
  /** Bytes of memory of one connection, before it refuses streams. Default 4 MiB. */
  readonly maxSessionBytes: number;
}

/** The finite defaults of {@link Http2Limits}. */
export const http2Defaults: Http2Limits = {
  maxStreams: 100,
  maxResetBurst: 200,
  maxResetRate: 33,
  maxSettings: 32,
  maxSessionBytes: 4_194_304,
};
