import { Worker } from 'node:worker_threads';

// A test that loops without awaiting blocks every timer of its own thread, so the watch is kept by another one. It can
// only end the whole process; its exit code is then that of a kill.
const watch = `
const { parentPort } = require('node:worker_threads');
const { writeSync } = require('node:fs');
let timer;
parentPort.on('message', ({ where, limit }) => {
  clearTimeout(timer);
  if (where === undefined) return;
  timer = setTimeout(() => {
    writeSync(2, '\\n' + where + ' has blocked the process for more than ' + limit + ' ms; giving up\\n');
    process.kill(process.pid, 'SIGKILL');
  }, limit + 2000);
});`;

const worker = new Worker(watch, { eval: true, execArgv: [], env: {} });
worker.unref();

/** Says what runs now and for how many milliseconds it may; without arguments, that it has ended. */
export function announce(where?: string, limit = 0): void {
  worker.postMessage({ where, limit });
}
