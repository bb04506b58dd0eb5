// Is ended by a signal in the middle of a build, with a container running: node interrupted.ts ENGINE SESSION
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { detectEngine } from '../../src/engines/detect.ts';
import type { EngineName } from '../../src/engines/engine.ts';
import { Session } from '../../src/engines/session.ts';

const session = new Session({ id: process.argv[3]! });
const engine = await detectEngine(process.argv[2] as EngineName, session);
if ('reason' in engine) throw new Error(engine.reason);
const context = mkdtempSync(join(tmpdir(), 'e2e-interrupted-'));
process.once('exit', () => rmSync(context, { recursive: true, force: true }));
session.onDispose(async () => rmSync(context, { recursive: true, force: true }));

const done = await engine.build({
  dockerfile: { text: 'FROM busybox:1.36\nVOLUME /data\nRUN echo done >/done\n' },
  context,
});
if (!done.ok) throw new Error(done.message);
const container = await engine.start({ image: done.imageId, command: ['sleep', '100'], network: 'internal' });
if (!container.ok) throw new Error(container.message);
const text = `FROM busybox:1.36\nRUN echo ${process.pid} >/first\nRUN echo BUILDING; sleep 100\n`;
await engine.build({
  dockerfile: { text },
  context,
  onProgress: (line) => {
    if (/BUILDING$/.test(line) && !/RUN/.test(line)) console.log('READY');
  },
});
