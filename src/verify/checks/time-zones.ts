import { type Evidence, makeCheck } from '../model.ts';
import type { Snapshot } from '../snapshot.ts';
import { carriesZones, entryKind, needOf } from '../traits.ts';
import type { StaticCheck } from './check.ts';

const ZONES = ['/usr/share/zoneinfo', '/usr/lib/zoneinfo', '/usr/share/lib/zoneinfo'];

/** A program that asks for time zones by name finds them, and local time is what it was. */
export const timeZones: StaticCheck = {
  id: 'time-zones',
  check({ before, after }, { searched }) {
    const evidence: Evidence[] = [];
    const cause = { kind: 'zoneinfo' } as const;
    const hint = 'Install tzdata, or copy /usr/share/zoneinfo from the build stage';
    const zone = before.config.env.get('TZ') ?? '';
    if (hasZones(before) && !hasZones(after)) {
      const isNamed = /^:?[A-Za-z_]+\//.test(zone) && !/^:?Etc\/UTC$/.test(zone) && after.config.env.has('TZ');
      const { answer, by } = carriesZones(after) ? ({ answer: 'no' } as const) : needed(after, searched);
      const lost = 'the time zones are lost';
      if (isNamed && !carriesZones(after) && !['node', 'java'].includes(entryKind(after))) {
        evidence.push({ outcome: 'worse', message: `TZ is ${zone}, and ${lost}: local time becomes UTC`, cause, hint });
      } else if (answer === 'yes') {
        evidence.push({
          outcome: 'worse',
          message: `${by} asks for time zones by name, and ${lost}: unknown time zone`,
          cause,
          hint,
        });
      } else if (answer === 'maybe') {
        evidence.push({
          outcome: 'unknown',
          message: `The time zones are lost, and the program may ask for them`,
          cause,
          hint,
        });
      } else evidence.push({ outcome: 'changed', message: 'The time zones are lost; no program asks for them', cause });
    }
    const [old, now] = [before, after].map(({ files }) => files.resolve('/etc/localtime')?.digest);
    if (old !== undefined && old !== now && !isUniversal(before)) {
      evidence.push({
        outcome: 'worse',
        message: '/etc/localtime is lost, so that local time becomes UTC',
        cause,
        hint: 'Copy /etc/localtime',
      });
    }
    return makeCheck('time-zones', 'closes', 'Time zones are as they were, or nothing asks for them', evidence);
  },
};

function needed(after: Snapshot, searched: boolean): { answer: 'yes' | 'no' | 'maybe'; by?: string } {
  const kind = entryKind(after);
  return kind === 'node' || kind === 'java' ? { answer: 'no' } : needOf(after, 'time zones', searched);
}

const hasZones = ({ files }: Snapshot): boolean => ZONES.some((folder) => files.list(folder).length > 5);

function isUniversal({ files }: Snapshot): boolean {
  const link = files.get('/etc/localtime')?.target ?? '';
  if (/\/(?:UTC|Etc\/UTC|Universal|Zulu|UCT|GMT)$/.test(link)) return true;
  const digest = files.resolve('/etc/localtime')?.digest;
  return ZONES.some((folder) =>
    ['UTC', 'Etc/UTC'].some((name) => files.resolve(`${folder}/${name}`)?.digest === digest),
  );
}
