/** The tags that have a JavaScript form, by their IANA registration. */
export const tags = {
  /** RFC 8949, section 3.4.1. */
  dateText: 0,
  /** RFC 8949, section 3.4.2. */
  epochSeconds: 1,
  /** RFC 8949, section 3.4.3. */
  positiveBigInt: 2,
  negativeBigInt: 3,
  /** http://cbor.schmorp.de/value-sharing */
  shareable: 28,
  sharedReference: 29,
  /** RFC 8746, section 2. */
  firstTypedArray: 64,
  lastTypedArray: 87,
  /** https://github.com/input-output-hk/cbor-sets-spec */
  set: 258,
  /** https://github.com/shanewholloway/js-cbor-codec, whose keys may be of any type. */
  map: 259,
  /** RFC 8949, section 3.4.6: says that what follows is CBOR, and nothing else. */
  selfDescribed: 55_799,
} as const;
