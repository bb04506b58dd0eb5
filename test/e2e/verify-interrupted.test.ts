import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { assert } from '../runner/suite.ts';
import { e2e, findLeft, takeStock } from './harness.ts';

const test = e2e('verify interrupted');
const script = fileURLToPath(new URL('interrupted-verify.ts', import.meta.url));

for (const phase of ['build', 'run'] as const) {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    test(`${signal} in the phase of ${phase}`, async ({ env, engine }) => {
      const id = randomUUID();
      const context = mkdtempSync(join(tmpdir(), 'e2e-verify-interrupted-'));
      const before = takeStock(env, engine.name, id);
      try {
        const child = spawn(process.execPath, ['--import', 'tsx', script, id, context, phase], {
          env: env as NodeJS.ProcessEnv,
          stdio: ['ignore', 'pipe', 'inherit'],
        });
        const ended = new Promise((resolve) => child.once('exit', (_, by) => resolve(by)));
        const ready = new Promise((resolve) => child.stdout.once('data', resolve));
        assert.ok(await Promise.race([ready, ended.then(() => false)]), 'It came so far');
        // Containers come a moment after they are announced.
        const wanted = ['images', 'temporary', 'containers', ...(phase === 'run' ? ['volumes'] : [])];
        let missing = wanted;
        for (let tries = 0; missing.length > 0 && tries < 60; tries += 1) {
          await setTimeout(250);
          const now = takeStock(env, engine.name, id);
          missing = wanted.filter((kind) => (now[kind]?.length ?? 0) <= (before[kind]?.length ?? 0));
        }
        child.kill(signal);
        assert.is(await ended, signal);
        assert.equal(missing, [], 'What would be left behind was there');
        assert.equal(await findLeft(before, env, engine.name, id), {});
        assert.equal(readdirSync(context), []);
      } finally {
        rmSync(context, { recursive: true, force: true });
      }
    });
  }
}
