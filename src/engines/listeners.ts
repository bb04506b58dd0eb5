import { readFile } from 'node:fs/promises';
import type { Listener } from './engine.ts';

const LISTENING = '0A';
/** Docker's own name server, in containers on networks other than the default one. */
const DOCKER_DNS = '127.0.0.11';

/** The TCP ports on which processes in the network of a process of this machine listen, in ascending order. */
export async function readListeners(pid: number): Promise<Listener[]> {
  const [four, six] = await Promise.all(
    ['tcp', 'tcp6'].map((table) => readFile(`/proc/${pid}/net/${table}`, 'utf8').catch(() => '')),
  );
  return parseListeners(`${four}\n${six}`);
}

/** Reads `/proc/net/tcp` and `tcp6`: `0: 0100007F:1F90 00000000:0000 0A …`. */
export function parseListeners(table: string): Listener[] {
  const found = new Map<string, Listener>();
  for (const line of table.split('\n')) {
    const [, local, , state] = line.trim().split(/\s+/);
    const [host, port] = local?.split(':') ?? [];
    if (state !== LISTENING || !host || !port) continue;
    const listener = { port: Number.parseInt(port, 16), address: hostName(host) };
    if (listener.address === DOCKER_DNS) continue;
    found.set(`${listener.port} ${listener.address}`, listener);
  }
  return [...found.values()].sort((a, b) => a.port - b.port || a.address.localeCompare(b.address));
}

/** Addresses are written as 32-bit words in the machine's byte order, which is little-endian wherever this matters. */
function hostName(hex: string): string {
  if (/^0+$/.test(hex)) return '*';
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) => (word.match(/../g) ?? []).reverse());
  if (bytes.length === 4) return bytes.map((byte) => Number.parseInt(byte, 16)).join('.');
  const groups = bytes.flatMap((byte, at) =>
    at % 2 === 0 ? [`${byte}${bytes[at + 1]}`.toLowerCase().replace(/^0{1,3}/, '')] : [],
  );
  if (groups.slice(0, 7).every((group) => group === '0') && groups[7] === '1') return '::1';
  return /^0{16}FFFF0000/.test(hex) ? hostName(hex.slice(24)) : groups.join(':');
}
