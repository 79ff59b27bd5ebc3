import { lookup } from 'mime-types';

/** What nobody knows how to show (RFC 2046, section 4.5.1). */
const unknownType = 'application/octet-stream';

/** Types whose bytes are already compressed, so that no sibling and no compression helps. */
const packedTypes =
  /^(?:audio|video|image)\/(?!svg\+xml|bmp|x-icon|vnd\.microsoft\.icon|x-ms-bmp)|^font\/woff|^application\/(?:zip|gzip|x-(?:7z-compressed|bzip2?|xz|rar-compressed|gzip)|zstd|pdf|vnd\.rar|java-archive|epub\+zip|vnd\.openxmlformats-officedocument)/;

/** Types that compression makes markedly smaller. */
const compressibleTypes =
  /^text\/|\+(?:json|xml|text|yaml)$|^application\/(?:json|javascript|xml|wasm|toml|yaml|x-sh|x-tex|x-ndjson|rtf|sql|postscript|vnd\.ms-fontobject|manifest\+json)$|^font\/(?:ttf|otf|collection)$|^image\/(?:bmp|x-icon|vnd\.microsoft\.icon|x-ms-bmp)$/;

/** What a file's name says of its content. */
export interface MediaType {
  /** The value of Content-Type. */
  readonly contentType: string;
  /** Whether to compress it on the fly. */
  readonly isCompressible: boolean;
  /** Whether a precompressed sibling may stand beside it. */
  readonly mayHaveSiblings: boolean;
}

function describe(contentType: string, charset: string): MediaType {
  const type = contentType.replace(/[\t ]*;.*$/, '').toLowerCase();
  const isText = type.startsWith('text/') && type === contentType && charset !== '';
  return {
    contentType: isText ? `${type}; charset=${charset}` : contentType,
    isCompressible: compressibleTypes.test(type),
    mayHaveSiblings: !packedTypes.test(type),
  };
}

/**
 * Tells types by the extensions of names.
 *
 * @param types by extension without the dot, before those that are registered.
 * @param charset of texts; none is told when it is empty.
 */
export function mediaTypesOf(
  types: Readonly<Record<string, string>>,
  charset: string,
): (name: string) => MediaType {
  const own = new Map(
    Object.entries(types).map(([extension, type]) => [
      extension.replace(/^\./, '').toLowerCase(),
      type,
    ]),
  );
  const known = new Map<string, MediaType>();
  const fallback = describe(unknownType, charset);
  return (name) => {
    const dot = name.lastIndexOf('.');
    if (dot <= 0) return fallback;
    const extension = name.slice(dot + 1).toLowerCase();
    const found = known.get(extension);
    if (found !== undefined) return found;
    const type = own.get(extension) ?? lookup(`.${extension}`);
    if (type === false) return fallback;
    const described = describe(type, charset);
    // Only registered extensions come here, so that it cannot grow without end.
    known.set(extension, described);
    return described;
  };
}
