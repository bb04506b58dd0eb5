import type { Document, Instruction, Stage } from '../../dockerfile/index.ts';
import { systemOf } from './systems.ts';

/** Official images that begin as another user, or did so in some versions. */
const NOT_ROOT = /^(?:elasticsearch|gradle|haproxy|jenkins|kibana|kong|logstash|memcached|odoo|solr|sonarqube)$/;

/** Whether an instruction runs as root; undefined where the file and what is known of the base image do not tell. */
export function isRoot(document: Document, stage: Stage, at: Instruction): boolean | undefined {
  const user = document.scope(at)?.user;
  if (user !== undefined) return /^(?:root|0)(?::|$)/.test(user);
  const isSet = stage.chain.some(({ instructions }) =>
    instructions.some(({ keyword, index }) => keyword === 'USER' && index < at.index),
  );
  // Images of distributions and official ones begin as root; of others nothing here knows.
  const { repository, suite, tag = '' } = systemOf(stage);
  if (isSet || suite === undefined || repository === undefined || repository.includes('/')) return undefined;
  return NOT_ROOT.test(repository) || /rootless|nonroot|unprivileged/.test(tag) ? undefined : true;
}
