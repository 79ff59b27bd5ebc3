/** What one client may take of the server. Sizes are in bytes, times in milliseconds. */
export interface HttpLimits {
  /** The request target. More is answered 414. Default 8,192 (RFC 9112, section 3, asks for 8,000). */
  readonly maxTargetBytes: number;
  /** The whole request head, request line included. More is answered 431. Default 32,768. */
  readonly maxHeaderBytes: number;
  /** Field lines of a head. More is answered 431. Default 128. */
  readonly maxHeaderCount: number;
  /** The content of a request. More is answered 413. Default 16 MiB. */
  readonly maxBodyBytes: number;
  /** Content that no handler wants, read only so that the connection can go on. Default 1 MiB. */
  readonly maxDiscardedBytes: number;
  /** The extensions of one chunk (RFC 9112, section 7.1.1). More is answered 400. Default 1,024. */
  readonly maxChunkExtensionBytes: number;
  /** The trailer section of a chunked content. More is answered 431. Default 8,192. */
  readonly maxTrailerBytes: number;
  /** Requests before the connection is closed. Default 100,000. */
  readonly maxRequests: number;
  /** Connections of one address at a time; one more is closed at once. Default 1,024. */
  readonly maxConnectionsPerAddress: number;
  /** The whole head, from its first byte to its last, however slowly it comes. Default 10,000. */
  readonly headerTimeout: number;
  /** Without a byte of a content that is awaited. Default 10,000. */
  readonly bodyTimeout: number;
  /** Between requests, and before the first. Default 15,000. */
  readonly keepAliveTimeout: number;
  /** Without the client taking a byte of what waits to be sent. Default 20,000. */
  readonly writeTimeout: number;
}

/** The finite defaults of {@link HttpLimits}. */
export const httpDefaults: HttpLimits = {
  maxTargetBytes: 8_192,
  maxHeaderBytes: 32_768,
  maxHeaderCount: 128,
  maxBodyBytes: 16_777_216,
  maxDiscardedBytes: 1_048_576,
  maxChunkExtensionBytes: 1_024,
  maxTrailerBytes: 8_192,
  maxRequests: 100_000,
  maxConnectionsPerAddress: 1_024,
  headerTimeout: 10_000,
  bodyTimeout: 10_000,
  keepAliveTimeout: 15_000,
  writeTimeout: 20_000,
};
