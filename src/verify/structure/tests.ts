/** Tests of an image as container-structure-test words them; `where` is the file and line that a test stands in. */
interface Named {
  readonly name: string;
  readonly where: string;
}

/** A text that has to be there, or must not be, as a regular expression. */
export interface Pattern {
  readonly source: string;
  readonly regex: RegExp;
}

export interface Expectation {
  readonly expected: readonly Pattern[];
  readonly excluded: readonly Pattern[];
}

/** A program is started, without the image's own entry point, and has to end as told. */
export interface CommandTest extends Named {
  readonly kind: 'command';
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly stdout: Expectation;
  readonly stderr: Expectation;
  readonly exitCode: number;
}

export interface FileExistenceTest extends Named {
  readonly kind: 'file existence';
  readonly path: string;
  readonly shouldExist: boolean;
  /** As `ls -l` writes them: `-rw-r--r--`. */
  readonly permissions: string | undefined;
  readonly uid: number | undefined;
  readonly gid: number | undefined;
  readonly executableBy: 'owner' | 'group' | 'other' | 'any' | undefined;
}

export interface FileContentTest extends Named {
  readonly kind: 'file content';
  readonly path: string;
  readonly content: Expectation;
}

/** What is not told is not looked at. */
export interface MetadataTest extends Named {
  readonly kind: 'metadata';
  readonly env: readonly Pair[];
  readonly labels: readonly Pair[];
  readonly exposedPorts: readonly string[];
  readonly unexposedPorts: readonly string[];
  readonly volumes: readonly string[];
  readonly unmountedVolumes: readonly string[];
  readonly entrypoint: readonly string[] | undefined;
  readonly cmd: readonly string[] | undefined;
  readonly workdir: string | undefined;
  readonly user: string | undefined;
}

export interface Pair {
  readonly key: string;
  readonly value: string | Pattern;
}

export type StructureTest = CommandTest | FileExistenceTest | FileContentTest | MetadataTest;

/** A file of tests says something that cannot be understood, or not done; the message names file and line. */
export class StructureTestError extends Error {
  override readonly name = 'StructureTestError';
}
