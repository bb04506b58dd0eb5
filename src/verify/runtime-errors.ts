/** What a message of a container that does not work means, and what helps. */
export interface Explanation {
  readonly means: string;
  readonly hint: string;
}

const KNOWN: readonly (readonly [RegExp, string, string])[] = [
  [
    /exec(?:\(\))?:? .*(?:exec format error)|exec format error/i,
    'The program is made for another machine, or is a script without a first line',
    'Build for the platform of the image, or begin the script with `#!/bin/sh`',
  ],
  [
    /(?:stat|exec:?)[^\n]*"?\/bin\/(?:ba)?sh"?[^\n]*no such file/i,
    'The command is written for a shell, and the image has none',
    'Write the command as a JSON array, or choose a base image with a shell',
  ],
  [
    /executable file not found in \$?PATH/i,
    'The program is not in any folder of PATH',
    'Copy it from the build stage, or install its package',
  ],
  [
    /exec[^\n]*: no such file or directory|required file not found/i,
    'The program is there but its interpreter is not: the loader of a dynamically linked program, or what the first line of a script names',
    'Link it statically, choose a base image with the same C library, or install the interpreter',
  ],
  [
    /error while loading shared libraries: (?<what>[^:\s]+)/,
    'A shared library is missing',
    'Install the package that it is in, or copy the library',
  ],
  [/Error loading shared library (?<what>[^:\s]+)/, 'A shared library is missing', 'Install the package that it is in'],
  [
    /cannot open shared object file/,
    'A shared library is missing',
    'Install the package that it is in, or copy the library',
  ],
  [
    /version [`'](?<what>(?:GLIBC|GLIBCXX|CXXABI|OPENSSL|GCC)_[\w.]+)' not found/,
    'The library is older than the one that the program was built with',
    'Use a runtime image of the same release as the build image',
  ],
  [
    /Error relocating [^:]+: (?<what>\S+): symbol not found/,
    'The program was built for another C library, or for a newer library',
    'Use a runtime image with the same C library and release',
  ],
  [
    /x509: certificate signed by unknown authority|unable to get (?:local )?issuer certificate|CERTIFICATE_VERIFY_FAILED|self.signed certificate in certificate chain|x509: failed to load system roots|No CA certificates were loaded/i,
    'The certificates of authorities are missing',
    'Install ca-certificates, or copy /etc/ssl/certs/ca-certificates.crt from the build stage',
  ],
  [
    /unknown time zone (?<what>\S+)|No time zone found with key|ZoneInfoNotFoundError|tzdata/i,
    'The time zones are missing',
    'Install tzdata, or copy /usr/share/zoneinfo from the build stage',
  ],
  [
    /(?:ModuleNotFoundError|ImportError): No module named '?(?<what>[\w.]+)/,
    'A Python module is missing',
    'Copy the whole environment, or install the module in the runtime stage',
  ],
  [
    /Cannot find (?:module|package) '?(?<what>[^'\s]+)/,
    'A Node module or file is missing',
    'Copy node_modules and the built files, and keep what is needed at run time in `dependencies`',
  ],
  [
    /(?:ClassNotFoundException|NoClassDefFoundError):? (?<what>\S+)/,
    'A Java class is missing',
    'Copy all jars that the program needs',
  ],
  [
    /Unable to access jarfile (?<what>\S+)/,
    'The jar file is not where the command looks for it',
    'Copy it to the path that the command names',
  ],
  [
    /can't open file '?(?<what>[^':]+)'?: \[Errno 2\]/,
    'The script is not where the command looks for it',
    'Copy it to the path that the command names',
  ],
  [
    /unable to find user (?<what>\S+?):?/i,
    'The user is not in /etc/passwd',
    'Copy /etc/passwd and /etc/group, or create the user',
  ],
  [/permission denied/i, 'The user may not execute or read a file', 'Add `--chmod` or `--chown` to its COPY'],
  [
    /(?:open|stat|ENOENT[^\n]*open|FileNotFoundError[^\n]*) ?'?(?<what>[^\s':]+)'?: no such file or directory|ENOENT: no such file or directory, \w+ '(?<file>[^']+)'/i,
    'A file is missing that is read at run time',
    'Copy it from the build stage',
  ],
  [/no such file or directory/i, 'A file is missing', 'Copy it from the build stage'],
];

/** Explains the first message that is known in what a container printed or an engine said. */
export function explainRuntimeError(text: string): Explanation | undefined {
  for (const [pattern, means, hint] of KNOWN) {
    const match = pattern.exec(text);
    if (match === null) continue;
    const what = match.groups?.what ?? match.groups?.file;
    return { means: what === undefined ? means : `${means}: ${what}`, hint };
  }
  return undefined;
}
