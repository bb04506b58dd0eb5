import { RuleState } from '../../src/config/rule-state.ts';
import { parseDocument, Source } from '../../src/dockerfile/index.ts';
import { type LintSettings, lintDocument } from '../../src/lint/engine.ts';
import { emptyProject } from '../../src/lint/project.ts';
import { type LintReport, reportFindings } from '../../src/lint/report.ts';
import { testBook } from '../commands/run.ts';

/** The settings of all test rules. */
export const testSettings: LintSettings = {
  rules: testBook.flatMap((rule) => new RuleState(rule, ['recommended'], {}).activate(new Map())),
  book: testBook,
  project: emptyProject,
};

/** The report on files given by path and text. */
export function reportOn(files: Readonly<Record<string, string>>, rest: Partial<LintReport> = {}): LintReport {
  return {
    version: '1.2.3',
    files: Object.entries(files).map(([path, text]) => {
      const source = new Source(path, text);
      return { path, ...reportFindings(source, lintDocument(parseDocument(source), testSettings)), fixed: 0 };
    }),
    errors: [],
    rules: testBook,
    ...rest,
  };
}

/** Everything that a formatter may stumble over. */
export const oddReport: LintReport = reportOn(
  {
    'a b/ü%,:#?.Dockerfile': '\uFEFFfrom a:latest\r\n# 😀\r\nrun x',
    '/abs/Dockerfile': 'USER root\0\u2028\x1b[31m\nuser root\nFROM a\nUSER root\nUSER root\n',
    'C:/x/Dockerfile': 'FROM \ud800\nRUNX\n',
    empty: '',
  },
  { errors: [{ path: 'bad\nname\ud800', message: 'multi\nline: 100%, "quoted"' }] },
);
