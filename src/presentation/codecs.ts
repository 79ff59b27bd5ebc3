/** The codecs an endpoint's scheme can name, from the barest to the richest. */
export const codecNames = ['bytes', 'text', 'struct', 'json', 'cbor'] as const;

/** One of {@link codecNames}. */
export type CodecName = (typeof codecNames)[number];
