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
