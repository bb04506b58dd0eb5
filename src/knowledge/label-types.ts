import { isLicenceExpression } from './licences.ts';

/** What the value of a label may be held to. */
export interface LabelType {
  /** hadolint's code for a value that is none; text has no such code, and may be anything but empty. */
  readonly code: string | undefined;
  /** What a value that is none is not: `a URL`. */
  readonly noun: string;
  accepts(value: string): boolean;
}

/** The characters that RFC 3986 has for a URI, behind a scheme. */
const URI = /^[a-z][a-z0-9+.-]*:(?:[\w\-.~:/?#[\]@!$&'()*+,;=]|%[0-9a-f]{2})+$/i;
const TIME =
  /^(\d{4})-(\d\d)-(\d\d)t([01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d+)?(?:z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/i;
/** An abbreviated SHA-1, or a whole SHA-1 or SHA-256. */
const HASH = /^(?:[0-9a-f]{7,40}|[0-9a-f]{64})$/;
/** Semantic Versioning 2.0.0: numbers have no leading zero, but for those of the build metadata. */
const VERSION =
  /^(?:0|[1-9]\d*)(?:\.(?:0|[1-9]\d*)){2}(?:-(?!(?:[^+]*\.)?0\d+(?:[.+]|$))[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$/;
const EMAIL =
  /^[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*@[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/i;

/** The types, by the names that a schema has for them. */
export const labelTypes: ReadonlyMap<string, LabelType> = new Map([
  ['text', { code: undefined, noun: 'a text', accepts: () => true }],
  ['url', { code: 'DL3052', noun: 'a URL', accepts: (value) => URI.test(value) && URL.canParse(value) }],
  ['rfc3339', { code: 'DL3053', noun: 'a time as in RFC 3339', accepts: isTime }],
  ['spdx', { code: 'DL3054', noun: 'a licence by its SPDX identifier', accepts: isLicenceExpression }],
  ['hash', { code: 'DL3055', noun: 'the hash of a Git commit', accepts: (value) => HASH.test(value) }],
  ['semver', { code: 'DL3056', noun: 'a semantic version', accepts: (value) => VERSION.test(value) }],
  ['email', { code: 'DL3058', noun: 'an e-mail address', accepts: (value) => EMAIL.test(value) }],
]);

/** A day that the month has, and a time of that day. */
function isTime(value: string): boolean {
  const match = TIME.exec(value);
  if (!match) return false;
  const [year, month, day] = match.slice(1, 4).map(Number) as [number, number, number];
  return month >= 1 && month <= 12 && day >= 1 && day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}
