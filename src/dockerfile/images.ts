/** An image reference taken apart, with Docker Hub's defaults left out of the repository. */
export interface ImageReference {
  /** As written, variables already resolved. */
  readonly text: string;
  /** `golang`, `bitnami/node`, `gcr.io/distroless/static-debian12`, `localhost:5000/app`. */
  readonly repository: string;
  readonly tag: string | undefined;
  /** `sha256:…` */
  readonly digest: string | undefined;
}

const DOCKER_HUB = /^(?:(?:index\.|registry-1\.)?docker\.io\/)?(?:library\/(?=[^/]+$))?/;

/** Takes an image reference apart; it is not checked for characters that a registry would refuse. */
export function parseImageReference(text: string): ImageReference {
  const at = text.indexOf('@');
  const named = at < 0 ? text : text.slice(0, at);
  const colon = named.lastIndexOf(':');
  const tagged = colon > named.lastIndexOf('/');
  return {
    text,
    repository: (tagged ? named.slice(0, colon) : named).replace(DOCKER_HUB, ''),
    tag: tagged ? named.slice(colon + 1) : undefined,
    digest: at < 0 ? undefined : text.slice(at + 1),
  };
}

const COMPONENT = '[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?';
const HOST = new RegExp(`^(?:${COMPONENT}(?:\\.${COMPONENT})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?$`);
const PATH = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*$/;
const TAG = /^\w[\w.-]{0,127}$/;
/** Hexadecimal digits of a digest, by its algorithm. */
const DIGITS: ReadonlyMap<string, number> = new Map([
  ['sha256', 64],
  ['sha384', 96],
  ['sha512', 128],
]);

/** Whether a text may be the name of an image, as the distribution specification spells them. */
export function isImageReference(text: string): boolean {
  if (/^[a-f0-9]{64}$/.test(text)) return false;
  const [name = '', ...digests] = text.split('@');
  if (digests.length > 1 || (digests.length === 1 && !isDigest(digests[0]!))) return false;
  const colon = name.lastIndexOf(':');
  const isTagged = colon > name.lastIndexOf('/');
  if (isTagged && !TAG.test(name.slice(colon + 1))) return false;
  const repository = isTagged ? name.slice(0, colon) : name;
  const slash = repository.indexOf('/');
  const host = repository.slice(0, Math.max(slash, 0));
  // What looks like a name of a host is one.
  const isHost = slash >= 0 && (/[.:]/.test(host) || host === 'localhost' || host !== host.toLowerCase());
  if (isHost && !HOST.test(host)) return false;
  const path = isHost ? repository.slice(slash + 1) : repository;
  return PATH.test(path) && path.length <= 255;
}

function isDigest(text: string): boolean {
  const [algorithm = '', digits = '', ...rest] = text.split(':');
  return rest.length === 0 && /^[a-f0-9]+$/.test(digits) && digits.length === DIGITS.get(algorithm);
}
