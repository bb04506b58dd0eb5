import { makeCheck } from '../model.ts';
import type { Snapshot } from '../snapshot.ts';
import { entryKind, needOf } from '../traits.ts';
import type { StaticCheck } from './check.ts';

/** Where programs look for the certificates of authorities. */
const BUNDLES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/ssl/cert.pem',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
];

/** A program that opens TLS connections finds the certificates that it found in the original. */
export const certificates: StaticCheck = {
  id: 'certificates',
  check({ before, after }, { searched }) {
    const fine = (message: string) => makeCheck('certificates', 'closes', message, []);
    if (!hasBundle(before)) return fine('The original has no certificates of authorities either');
    if (hasBundle(after)) return fine('The certificates of authorities are there');
    const cause = { kind: 'ca-bundle' } as const;
    const hint = 'Install ca-certificates, or copy /etc/ssl/certs/ca-certificates.crt from the build stage';
    const { answer, by } = needed(after, searched);
    const lost = 'the certificates of authorities are lost';
    const evidence =
      answer === 'no'
        ? ({ outcome: 'changed', message: `${capital(lost)}; no program opens TLS connections`, cause } as const)
        : answer === 'yes'
          ? ({
              outcome: 'worse',
              message: `${by} opens TLS connections, and ${lost}: certificate signed by unknown authority`,
              cause,
              hint,
            } as const)
          : ({
              outcome: 'unknown',
              message: `${capital(lost)}, and the program may open TLS connections`,
              cause,
              hint,
            } as const);
    return makeCheck('certificates', 'closes', 'Certificates are not needed', [evidence]);
  },
};

function needed(after: Snapshot, searched: boolean): { answer: 'yes' | 'no' | 'maybe'; by?: string } {
  const kind = entryKind(after);
  // Node carries the certificates itself, Java has a file of its own.
  if (kind === 'node') return { answer: 'no' };
  if (kind === 'java' && [...after.files.entries()].some(({ path }) => path.endsWith('/cacerts')))
    return { answer: 'no' };
  return needOf(after, 'certificates', searched);
}

const capital = (text: string): string => text[0]?.toUpperCase() + text.slice(1);

function hasBundle({ files, config }: Snapshot): boolean {
  const paths = [...BUNDLES, config.env.get('SSL_CERT_FILE') ?? ''];
  const folder = config.env.get('SSL_CERT_DIR');
  if (folder !== undefined && files.list(folder).length > 0) return true;
  return paths.some((path) => path !== '' && (files.resolve(path)?.size ?? 0) > 0);
}
