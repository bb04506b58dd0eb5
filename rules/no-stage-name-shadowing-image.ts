import type { Document, Stage } from '../src/dockerfile/index.ts';
import { isLibraryImage } from '../src/knowledge/library.ts';
import { canonicalRepository } from '../src/knowledge/repositories.ts';
import { freeStageName, renamedStage, stageRole } from '../src/lint/facts/stage-names.ts';
import type { Fix, Rule } from '../src/lint/types.ts';

export const rule: Rule = {
  id: 'no-stage-name-shadowing-image',
  severity: 'warn',
  fixable: 'safe',
  summary: 'A stage has the name of an image that a later FROM means',
  why: 'A FROM looks for a stage of that name first, and only then for an image. A stage called `nginx` makes `FROM nginx` continue that stage, build tools and all; beside `FROM nginx:1.27` it works until the tag is dropped, and nobody can tell what `--from=nginx` means. Call the stage after what it does.',
  examples: [
    {
      bad: 'FROM node:22 AS nginx\nWORKDIR /app\nCOPY . .\nRUN npm ci && npm run build\n\nFROM nginx:1.27\nCOPY --from=nginx /app/dist /usr/share/nginx/html\n',
      good: 'FROM node:22 AS nginx-build\nWORKDIR /app\nCOPY . .\nRUN npm ci && npm run build\n\nFROM nginx:1.27\nCOPY --from=nginx-build /app/dist /usr/share/nginx/html\n',
    },
  ],
  *check(document, { target }) {
    const hiding = new Map<Stage, Stage>();
    const meaning = new Map<string, Stage>();
    for (const stage of document.stages) {
      if (stage.baseStage && copiesFromBase(stage)) hiding.set(stage.baseStage, stage);
      if (stage.base.kind === 'image') meaning.set(canonicalRepository(stage.base.image.repository), stage);
    }
    for (const stage of document.stages) {
      if (!stage.nameWord || !isLibraryImage(stage.label)) continue;
      // A stage that adds to the image of its name, or only fixes its tag, is meant to stand in for it.
      const standsIn = !stage.image || canonicalRepository(stage.image.repository) === stage.name;
      const hidden = hiding.get(stage);
      const tagged = standsIn ? undefined : meaning.get(stage.name!);
      const found = hidden ?? tagged;
      if (!found || found.index < stage.index) continue;
      const where = `FROM in line ${document.source.position(found.from.start).line}`;
      yield {
        at: stage.nameWord,
        message: hidden
          ? `stage \`${stage.label}\` hides the image of that name from ${where}`
          : `stage \`${stage.label}\` has the name of the image that ${where} means`,
        // What a FROM stands on by mistake, no safe fix can change.
        fix: hidden || stage === target ? undefined : renaming(document, stage),
      };
    }
  },
};

/** A stage that copies from the very stage it stands on was meant to stand on something else. */
function copiesFromBase({ references, baseStage }: Stage): boolean {
  return references.some(
    ({ kind, target }) => kind !== 'base' && target.kind === 'stage' && target.stage === baseStage,
  );
}

/** Another name for the stage, everywhere; none where something else may refer to it by the one it has. */
function renaming(document: Document, stage: Stage): Fix | undefined {
  if (document.stages.some((other) => other !== stage && other.name === stage.name)) return undefined;
  const name = freeStageName(document, `${stage.label}-${stageRole(document, stage)}`);
  const edits = renamedStage(document, stage, name);
  return edits && { title: `Rename the stage \`${name}\``, safety: 'safe', edits };
}
