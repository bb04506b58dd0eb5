// Is ended by a signal while it verifies: node interrupted-verify.ts SESSION CONTEXT build|run. Says READY when it is there.
import { detectEngine } from '../../src/engines/detect.ts';
import { Session } from '../../src/engines/session.ts';
import { verify } from '../../src/verify/index.ts';

const [id, context, phase] = process.argv.slice(2) as [string, string, 'build' | 'run'];
const session = new Session({ id });
const engine = await detectEngine('docker', session);
if ('reason' in engine) throw new Error(engine.reason);
const text = `FROM busybox:1.36\nVOLUME /data\nRUN echo ${id} >/made\nCMD ["sleep", "300"]\n`;
const slow = phase === 'build' ? `${text}RUN echo BUILDING; sleep 300\n` : text;
const verifying = verify(
  engine,
  { text, path: 'Dockerfile', context },
  { text: slow, path: 'Dockerfile.after', context },
  {
    patience: 200_000,
    onProgress: ({ step, side, text }) => {
      const isBuilding = step === 'build' && side === 'after' && /BUILDING$/.test(text) && !/RUN/.test(text);
      if (phase === 'build' ? isBuilding : step === 'start') console.log('READY');
    },
  },
);
// As the command does: what fails because the session ends is no failure.
await verifying.catch((error) => {
  if (!session.signal.aborted) throw error;
});
await session.dispose();
