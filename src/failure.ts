const SENTENCES: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EBUSY: 'the file is in use',
  EISDIR: 'is a folder',
  ELOOP: 'the symbolic links run in a circle',
  EMFILE: 'too many open files',
  ENAMETOOLONG: 'the name is too long',
  ENOENT: 'no such file or folder',
  ENOSPC: 'no space left on the disk',
  ENOTDIR: 'part of the path is not a folder',
  EPERM: 'operation not permitted',
  EROFS: 'the file system is read-only',
  ERR_FS_FILE_TOO_LARGE: 'the file is too large',
  ERR_STRING_TOO_LONG: 'the file is too large',
};

/** An error of the file system, or any other, in one line and without the path. */
export function describeFailure(error: unknown): string {
  const code = errorCode(error);
  const sentence = code === undefined ? undefined : SENTENCES[code];
  const message = error instanceof Error ? error.message : String(error);
  return (
    sentence ??
    message
      .replace(/\nRequire stack:[\s\S]*/, '')
      .replace(/\s+/g, ' ')
      .trim()
  );
}

/** The code of a system error. */
export function errorCode(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : undefined;
}

/** Whether the file system refused something; not every such error knows the path. */
export function isFileError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error && Object.hasOwn(SENTENCES, errorCode(error) ?? '');
}
