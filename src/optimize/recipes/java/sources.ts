import type { Evidence, Role, Subject } from '../../types.ts';

/** As much program text as is read. */
const MOST_TEXT = 8 << 20;

/** What the program's own text says about the run time. */
export interface JavaSources {
  /** An interface of the JDK that a JRE has not. */
  readonly jdk: string | undefined;
  readonly usesDesktop: boolean;
  readonly programs: readonly string[];
  readonly text: string;
}

const texts = new WeakMap<object, JavaSources>();

export function readJavaSources({ context }: Pick<Evidence, 'context'>): JavaSources {
  let sources = texts.get(context);
  if (!sources) {
    let length = 0;
    const parts = context.files
      .filter((path) => /\.(?:java|kt|scala|groovy)$/.test(path) && !/(?:^|\/)(?:src\/test|buildSrc)\//.test(path))
      .flatMap((path) => {
        const part = length > MOST_TEXT ? undefined : context.readText(path);
        length += part?.length ?? 0;
        return part === undefined ? [] : [part];
      });
    const text = parts.join('\n');
    sources = {
      jdk: /\b(getSystemJavaCompiler|com\.sun\.tools\.\w+|jdk\.jshell|com\.sun\.jdi|com\.sun\.source)\b/.exec(
        text,
      )?.[1],
      usesDesktop: /\bjava\.awt\b|\bjavax\.swing\b/.test(text),
      programs: [
        ...text.matchAll(
          /\b(?:new\s+ProcessBuilder|\.exec)\s*\(\s*(?:List\.of\s*\(\s*|new String\[\]\s*\{\s*)?"([^"\\\s]+)/g,
        ),
      ].map(([, name]) => name!),
      text,
    };
    texts.set(context, sources);
  }
  return sources;
}

/** Resources are packed into the archive; the program may read them from the file system all the same. */
export function classifyJava(path: string, subject: Subject): Role | undefined {
  if (/(?:^|\/)(?:gradle\/wrapper|\.mvn|buildSrc|\.gradle|config\/(?:checkstyle|pmd|spotbugs))\//.test(path))
    return 'source';
  if (
    /(?:^|\/)(?:project\/[^/]+\.(?:properties|sbt|scala)|lombok\.config|checkstyle\.xml|pmd\.xml|mvnw|sonar-project\.properties|system\.properties)$/.test(
      path,
    )
  )
    return 'source';
  const folder = /(?:^|\/)(src\/main\/\w+)\//.exec(path)?.[1];
  if (folder === undefined || folder === 'src/main/java') return undefined;
  const { text } = readJavaSources(subject);
  return text.includes(folder) || text.includes('src/main/"') ? undefined : 'source';
}
