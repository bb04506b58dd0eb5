import { type Evidence, makeCheck } from '../model.ts';
import type { Snapshot } from '../snapshot.ts';
import { needOf } from '../traits.ts';
import type { StaticCheck } from './check.ts';

/** The user that the image runs as is known to it, where the original knew it. */
export const accounts: StaticCheck = {
  id: 'accounts',
  check({ before, after }, { searched }) {
    const evidence: Evidence[] = [];
    const { user } = after;
    const name = after.config.user || 'root';
    const hint = 'Copy /etc/passwd and /etc/group from the build stage, or create the user';
    if ('unknown' in user) {
      const message = `USER ${after.config.user} names ${user.unknown}, which /etc/passwd and /etc/group do not have: unable to find user`;
      evidence.push({ outcome: 'worse', message, cause: { kind: 'account', name: user.unknown }, hint });
    } else if (user.account === undefined && !('unknown' in before.user) && before.user.account !== undefined) {
      const { answer, by } = needOf(after, 'accounts', searched);
      const cause = { kind: 'account', name } as const;
      const message = `The user ${user.uid} has no entry in /etc/passwd any more`;
      if (answer === 'yes')
        evidence.push({ outcome: 'worse', message: `${message}, and ${by} looks users up`, cause, hint });
      else if (answer === 'maybe')
        evidence.push({ outcome: 'unknown', message: `${message}, and the program may look users up`, cause, hint });
      else evidence.push({ outcome: 'changed', message, cause });
    }
    const [old, now] = [home(before), home(after)];
    if (old !== now && !('unknown' in user) && evidence.length === 0) {
      const outcome = ownsFilesBelow(before, old) ? 'unknown' : 'changed';
      evidence.push({ outcome, message: `The home folder was ${old} and is ${now}`, cause: { kind: 'home' } });
    }
    if (before.files.resolve('/etc/nsswitch.conf') && !after.files.resolve('/etc/nsswitch.conf')) {
      const message = '/etc/nsswitch.conf is lost; names are looked up in the default order';
      evidence.push({ outcome: 'changed', message, cause: { kind: 'nsswitch' } });
    }
    return makeCheck('accounts', 'closes', 'The user is known to the image', evidence);
  },
};

/** HOME as a container runtime sets it. */
function home({ config, user }: Snapshot): string {
  return config.env.get('HOME') ?? (('unknown' in user ? undefined : user.account?.home) || '/');
}

/** Something beyond the base lies in the home folder that is no cache. */
function ownsFilesBelow(snapshot: Snapshot, folder: string): boolean {
  if (folder === '/' || folder === snapshot.config.workingDir) return false;
  return snapshot.files.list(folder).some((name) => {
    const entry = snapshot.files.get(`${folder}/${name}`);
    return (
      entry !== undefined &&
      entry.type === 'file' &&
      !snapshot.isBase(entry) &&
      !/^\.(?:wget-hsts|bash_history|lesshst|python_history|gitconfig|npmrc)$/.test(name)
    );
  });
}
