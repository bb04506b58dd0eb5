import { hasAccount } from '../src/lint/facts/accounts.ts';
import { imageName, systemOf } from '../src/lint/facts/systems.ts';
import type { Fix, Rule } from '../src/lint/types.ts';

export const rule: Rule = {
  id: 'no-named-user-without-passwd',
  severity: 'error',
  fixable: 'unsafe',
  needs: ['user'],
  summary: 'USER names an account that does not exist in the image',
  why: 'A name is looked up in /etc/passwd of the image when the container starts. Where it is missing (scratch has no such file at all, and what an earlier stage created stays there), the container does not start: "unable to find user app: no matching entries in passwd file". Use a number, create the account in the same stage, or copy /etc/passwd.',
  examples: [
    {
      bad: 'FROM gcr.io/distroless/static-debian13\nCOPY app /app\nUSER app\nENTRYPOINT ["/app"]\n',
      good: 'FROM gcr.io/distroless/static-debian13\nCOPY app /app\nUSER nonroot\nENTRYPOINT ["/app"]\n',
    },
  ],
  *check(document) {
    for (const stage of document.stages) {
      for (const instruction of stage.instructions) {
        if (instruction.keyword !== 'USER') continue;
        const value = document.scope(instruction)?.expand(instruction.argsText);
        const name = value?.complete ? value.value.trim().split(':')[0]! : '';
        if (!/^[A-Za-z_][\w.-]*\$?$/.test(name)) continue;
        // The name is looked up when something runs: a RUN that follows, or else the container.
        const rest = stage.instructions.filter(({ index }) => index > instruction.index);
        const next = rest.find(({ keyword }) => keyword === 'RUN' || keyword === 'USER');
        if (next?.keyword === 'USER' || hasAccount(document, stage, next, name) !== false) continue;
        const { start, end } = instruction.argsRange;
        yield {
          at: { start, end },
          message: `\`${imageName(stage)}\` has no account \`${name}\`, and nothing in this stage creates it: ${next ? 'the next RUN fails' : 'the container does not start'}`,
          fix: accountFix(systemOf(stage).runtime?.family, name, { start, end }),
        };
      }
    }
  },
};

/** Numbers that these names have wherever they exist. */
const NUMBERS: Readonly<Record<string, string>> = { nobody: '65534:65534', nonroot: '65532:65532' };

function accountFix(family: string | undefined, name: string, range: { start: number; end: number }): Fix | undefined {
  const text = family === 'distroless' ? 'nonroot' : NUMBERS[name];
  if (text === undefined) return undefined;
  return { title: `Run as \`${text}\``, safety: 'unsafe', edits: [{ ...range, text }] };
}
