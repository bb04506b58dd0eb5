import { parseListeners } from '../../src/engines/listeners.ts';
import { assert, suite } from '../runner/suite.ts';

const test = suite('engines/listeners');

const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1
   1: 00000000:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 2
   2: 0100007F:A1B2 0100007F:1F90 01 00000000:00000000 00:00000000 00000000     0        0 3
   3: 0B00007F:A6CB 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4
  sl  local_address                         remote_address                        st
   0: 00000000000000000000000000000000:0050 00000000000000000000000000000000:0000 0A
   1: 00000000000000000000000001000000:0BB8 00000000000000000000000000000000:0000 0A
   2: 0000000000000000FFFF00000100007F:0BB9 00000000000000000000000000000000:0000 0A
`;

test('reads the kernel tables: only listeners, each once, without those of the engine', () => {
  assert.equal(parseListeners(table), [
    { port: 80, address: '*' },
    { port: 3000, address: '::1' },
    { port: 3001, address: '127.0.0.1' },
    { port: 8080, address: '127.0.0.1' },
  ]);
});

test('reads nothing from nothing', () => {
  assert.equal(parseListeners('\n'), []);
});
