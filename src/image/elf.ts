/** What a program or a shared library says of itself and of what it needs to be loaded. */
export interface ElfFacts {
  readonly bits: 32 | 64;
  readonly bigEndian: boolean;
  /** As Go names it (`amd64`, `arm64`, `arm`, `386` …); `machine-N` for others. */
  readonly architecture: string;
  readonly type: 'executable' | 'shared' | 'relocatable' | 'core' | 'unknown';
  /** The dynamic loader that the kernel starts; absent from static programs and from most libraries. */
  readonly interpreter?: string;
  /** Has a dynamic section. */
  readonly dynamic: boolean;
  /** Marked as a program although its type is that of a library. */
  readonly pie: boolean;
  readonly needed: readonly string[];
  readonly rpath?: string;
  readonly runpath?: string;
  readonly soname?: string;
  /** Does not look into the default folders. */
  readonly noDefaultFolders: boolean;
  /** Symbol versions that other libraries have to define; weak ones may be absent. */
  readonly versionsNeeded: readonly VersionNeed[];
  readonly versionsDefined: readonly string[];
  /** Undefined symbols, only those asked for. */
  readonly imports: readonly string[];
  /** Linked by Go's own linker or with its notes. */
  readonly go: boolean;
  /** Something could not be read: cut short, hostile, or outside of the part that was kept. */
  readonly incomplete: boolean;
}

export interface VersionNeed {
  readonly library: string;
  readonly version: string;
  readonly weak: boolean;
}

/** Parts of a file; a read outside of what is kept answers undefined. */
export interface ByteSource {
  /** Of the whole file. */
  readonly size: number;
  read(offset: number, length: number): Uint8Array | undefined;
}

/** A range of a file. */
export interface Extent {
  readonly offset: number;
  readonly size: number;
}

const MACHINES: Readonly<Record<number, string>> = {
  2: 'sparc',
  3: '386',
  4: 'm68k',
  8: 'mips',
  20: 'ppc',
  21: 'ppc64',
  22: 's390x',
  40: 'arm',
  43: 'sparc64',
  62: 'amd64',
  183: 'arm64',
  243: 'riscv64',
  258: 'loong64',
};
const TYPES = ['unknown', 'relocatable', 'executable', 'shared', 'core'] as const;

const PT_LOAD = 1;
const PT_DYNAMIC = 2;
const PT_INTERP = 3;
const PT_NOTE = 4;
const DT = {
  needed: 1,
  hash: 4,
  strtab: 5,
  symtab: 6,
  strsz: 10,
  soname: 14,
  rpath: 15,
  runpath: 29,
  flags1: 0x6ffffffb,
  verdef: 0x6ffffffc,
  verdefnum: 0x6ffffffd,
  verneed: 0x6ffffffe,
  verneednum: 0x6fffffff,
};
/** Tables that linkers put behind the symbols: strings, hashes, versions, relocations. */
const NEXT_TABLES = [DT.hash, DT.strtab, 7, 17, 23, 0x6ffffef5, 0x6ffffff0, DT.verdef, DT.verneed];
const DF_1_NODEFLIB = 0x800;
const DF_1_PIE = 0x08000000;
const VER_FLG_WEAK = 2;

/** No honest file comes near these; they bound the work that a hostile one can ask for. */
const MOST = { segments: 512, dynamic: 8192, strings: 16_777_216, versions: 8192, symbols: 200_000, name: 4096 };

interface Segment extends Extent {
  readonly type: number;
  readonly executable: boolean;
  readonly address: number;
}

/** Numbers in the byte order and word size of the file. */
class Words {
  readonly bits: 32 | 64;
  readonly bigEndian: boolean;
  readonly #source: ByteSource;
  missed = false;

  constructor(source: ByteSource, bits: 32 | 64, bigEndian: boolean) {
    this.#source = source;
    this.bits = bits;
    this.bigEndian = bigEndian;
  }

  view(offset: number, length: number): DataView | undefined {
    const valid = Number.isSafeInteger(offset) && offset >= 0 && length >= 0 && offset + length <= this.#source.size;
    const bytes = valid ? this.#source.read(offset, length) : undefined;
    if (bytes === undefined || bytes.length < length) {
      this.missed = true;
      return undefined;
    }
    return new DataView(bytes.buffer, bytes.byteOffset, length);
  }

  u16(view: DataView, at: number): number {
    return view.getUint16(at, !this.bigEndian);
  }

  u32(view: DataView, at: number): number {
    return view.getUint32(at, !this.bigEndian);
  }

  /** An address, an offset or a size; what does not fit a number becomes -1. */
  word(view: DataView, at: number): number {
    if (this.bits === 32) return this.u32(view, at);
    const value = view.getBigUint64(at, !this.bigEndian);
    return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : -1;
  }
}

/** The bytes of a buffer as a source. */
export function bufferSource(bytes: Uint8Array): ByteSource {
  return { size: bytes.length, read: (offset, length) => bytes.subarray(offset, offset + length) };
}

export function isElf(head: Uint8Array): boolean {
  return head.length >= 4 && head[0] === 0x7f && head[1] === 0x45 && head[2] === 0x4c && head[3] === 0x46;
}

interface Header {
  readonly words: Words;
  readonly type: number;
  readonly machine: number;
  readonly segments: readonly Segment[];
}

function readHeader(source: ByteSource): Header | undefined {
  const ident = source.read(0, 20);
  if (ident === undefined || ident.length < 20 || !isElf(ident)) return undefined;
  const bits = ident[4] === 2 ? 64 : ident[4] === 1 ? 32 : undefined;
  const bigEndian = ident[5] === 2 ? true : ident[5] === 1 ? false : undefined;
  if (bits === undefined || bigEndian === undefined) return undefined;
  const words = new Words(source, bits, bigEndian);
  const wide = bits === 64;
  const header = words.view(0, wide ? 64 : 52);
  const identity = new DataView(ident.buffer, ident.byteOffset, 20);
  const segments: Segment[] = [];
  if (header !== undefined) {
    const at = words.word(header, wide ? 32 : 28);
    const size = words.u16(header, wide ? 54 : 42);
    const number = Math.min(words.u16(header, wide ? 56 : 44), MOST.segments);
    for (let i = 0; i < number; i++) {
      const entry = size >= (wide ? 56 : 32) ? words.view(at + i * size, size) : undefined;
      if (entry === undefined) break;
      segments.push({
        type: words.u32(entry, 0),
        executable: (words.u32(entry, wide ? 4 : 24) & 1) === 1,
        offset: words.word(entry, wide ? 8 : 4),
        address: words.word(entry, wide ? 16 : 8),
        size: words.word(entry, wide ? 32 : 16),
      });
    }
  }
  return { words, type: words.u16(identity, 16), machine: words.u16(identity, 18), segments };
}

/**
 * Where the machine code of a program lies, from the first kilobytes of the file: what stays the same when a program is
 * linked again with another build id or time stamp.
 */
export function codeExtents(source: ByteSource): Extent[] {
  const segments = readHeader(source)?.segments ?? [];
  return segments
    .filter(({ type, executable, offset, size }) => type === PT_LOAD && executable && offset >= 0 && size > 0)
    .map(({ offset, size }) => {
      // Some linkers put headers and notes, with the build id in them, at the start of the same segment.
      const start = Math.max(offset, 4096);
      return { offset: start, size: offset + size - start };
    })
    .filter(({ size }) => size > 0);
}

/** Parts that have to be kept of a file too large to keep: small segments and the dynamic section. */
export function neededExtents(source: ByteSource, largest: number): Extent[] {
  const segments = readHeader(source)?.segments ?? [];
  return segments
    .filter(({ type, size, offset }) => offset >= 0 && size > 0 && size <= largest && type <= PT_NOTE)
    .map(({ offset, size }) => ({ offset, size }));
}

/** Reads an ELF file. Undefined for other files; never throws, and does bounded work on hostile ones. */
export function parseElf(source: ByteSource, symbols: ReadonlySet<string> = new Set()): ElfFacts | undefined {
  const header = readHeader(source);
  if (header === undefined) return undefined;
  const { words, segments } = header;
  const base = {
    bits: words.bits,
    bigEndian: words.bigEndian,
    architecture: architectureOf(header),
    type: TYPES[header.type] ?? 'unknown',
    go: isGo(words, segments),
  };
  const interpreter = readInterpreter(words, segments);
  const dynamic = readDynamic(words, segments);
  const incomplete = () => words.missed || (header.type >= 2 && segments.length === 0);
  if (dynamic === undefined) {
    const nothing = { needed: [], versionsNeeded: [], versionsDefined: [], imports: [] };
    const found = {
      ...base,
      dynamic: false,
      pie: false,
      noDefaultFolders: false,
      ...nothing,
      incomplete: incomplete(),
    };
    return interpreter === undefined ? found : { ...found, interpreter };
  }
  const flags = dynamic.values.get(DT.flags1)?.[0] ?? 0;
  const one = (tag: number): string | undefined => {
    const at = dynamic.values.get(tag)?.[0];
    return at === undefined ? undefined : dynamic.string(at);
  };
  const optional = {
    ...defined('interpreter', interpreter),
    ...defined('rpath', one(DT.rpath)),
    ...defined('runpath', one(DT.runpath)),
    ...defined('soname', one(DT.soname)),
  };
  const facts = {
    ...base,
    ...optional,
    dynamic: true,
    pie: (flags & DF_1_PIE) !== 0,
    noDefaultFolders: (flags & DF_1_NODEFLIB) !== 0,
    needed: (dynamic.values.get(DT.needed) ?? []).map((at) => dynamic.string(at) ?? '').filter((name) => name !== ''),
    versionsNeeded: readVersionsNeeded(words, dynamic),
    versionsDefined: readVersionsDefined(words, dynamic),
    imports: symbols.size > 0 ? readImports(words, dynamic, symbols) : [],
  };
  return { ...facts, incomplete: incomplete() };
}

function defined<K extends string>(key: K, value: string | undefined): { [key in K]?: string } {
  return value === undefined ? {} : ({ [key]: value } as { [key in K]: string });
}

function architectureOf({ words, machine }: Header): string {
  if (machine === 21) return words.bigEndian ? 'ppc64' : 'ppc64le';
  if (machine === 8) return `mips${words.bits === 64 ? '64' : ''}${words.bigEndian ? '' : 'le'}`;
  return MACHINES[machine] ?? `machine-${machine}`;
}

function readInterpreter(words: Words, segments: readonly Segment[]): string | undefined {
  const segment = segments.find(({ type }) => type === PT_INTERP);
  const view = segment && words.view(segment.offset, Math.min(segment.size, MOST.name));
  if (view === undefined) return undefined;
  return cString(new Uint8Array(view.buffer, view.byteOffset, view.byteLength), 0);
}

function cString(bytes: Uint8Array, at: number): string {
  let end = at;
  const stop = Math.min(bytes.length, at + MOST.name);
  while (end < stop && bytes[end] !== 0) end += 1;
  return Buffer.from(bytes.buffer, bytes.byteOffset + at, end - at).toString('utf8');
}

function isGo(words: Words, segments: readonly Segment[]): boolean {
  for (const { type, offset, size } of segments) {
    const view = type === PT_NOTE && size >= 16 && size < 65_536 ? words.view(offset, size) : undefined;
    if (view === undefined) continue;
    let at = 0;
    while (at + 12 <= size) {
      const name = words.u32(view, at);
      const description = words.u32(view, at + 4);
      if (name === 4 && at + 16 <= size && view.getUint32(at + 12) === 0x476f0000) return true; // "Go\0\0"
      at += 12 + Math.ceil(name / 4) * 4 + Math.ceil(description / 4) * 4;
    }
  }
  return false;
}

interface Dynamic {
  readonly values: ReadonlyMap<number, readonly number[]>;
  string(at: number): string | undefined;
  /** The place in the file of an address in memory, and how many bytes follow in its segment. */
  locate(address: number): Extent | undefined;
}

function readDynamic(words: Words, segments: readonly Segment[]): Dynamic | undefined {
  const segment = segments.find(({ type }) => type === PT_DYNAMIC);
  if (segment === undefined || segment.size <= 0) return undefined;
  const entry = words.bits / 4;
  const number = Math.min(Math.floor(segment.size / entry), MOST.dynamic);
  const view = words.view(segment.offset, number * entry);
  const values = new Map<number, number[]>();
  for (let i = 0; view !== undefined && i < number; i++) {
    const tag = words.word(view, i * entry);
    if (tag === 0) break;
    const value = words.word(view, i * entry + entry / 2);
    const list = values.get(tag);
    if (list === undefined) values.set(tag, [value]);
    else list.push(value);
  }
  const loads = segments.filter(({ type }) => type === PT_LOAD);
  const locate = (address: number): Extent | undefined => {
    for (const load of loads) {
      const into = address - load.address;
      if (address >= 0 && into >= 0 && into < load.size) return { offset: load.offset + into, size: load.size - into };
    }
    return undefined;
  };
  const table = locate(values.get(DT.strtab)?.[0] ?? -1);
  const size = Math.min(values.get(DT.strsz)?.[0] ?? 0, table?.size ?? 0, MOST.strings);
  const strings = table && size > 0 ? words.view(table.offset, size) : undefined;
  const bytes = strings && new Uint8Array(strings.buffer, strings.byteOffset, strings.byteLength);
  const string = (at: number) => {
    if (bytes === undefined || at < 0 || at >= bytes.length) {
      words.missed = true;
      return undefined;
    }
    return cString(bytes, at);
  };
  return { values, string, locate };
}

function readVersionsNeeded(words: Words, dynamic: Dynamic): VersionNeed[] {
  const found: VersionNeed[] = [];
  let at = dynamic.locate(dynamic.values.get(DT.verneed)?.[0] ?? -1)?.offset;
  const files = Math.min(dynamic.values.get(DT.verneednum)?.[0] ?? 0, MOST.versions);
  for (let i = 0; i < files && at !== undefined; i++) {
    const file = words.view(at, 16);
    if (file === undefined) break;
    const library = dynamic.string(words.u32(file, 4)) ?? '';
    let inner = at + words.u32(file, 8);
    for (let j = words.u16(file, 2); j > 0 && found.length < MOST.versions; j--) {
      const need = words.view(inner, 16);
      if (need === undefined) break;
      const weak = (words.u16(need, 4) & VER_FLG_WEAK) !== 0;
      found.push({ library, version: dynamic.string(words.u32(need, 8)) ?? '', weak });
      const next = words.u32(need, 12);
      if (next === 0) break;
      inner += next;
    }
    const next = words.u32(file, 12);
    if (next === 0) break;
    at += next;
  }
  return found;
}

function readVersionsDefined(words: Words, dynamic: Dynamic): string[] {
  const found: string[] = [];
  let at = dynamic.locate(dynamic.values.get(DT.verdef)?.[0] ?? -1)?.offset;
  const number = Math.min(dynamic.values.get(DT.verdefnum)?.[0] ?? 0, MOST.versions);
  for (let i = 0; i < number && at !== undefined; i++) {
    const definition = words.view(at, 20);
    const name = definition && words.view(at + words.u32(definition, 12), 8);
    if (definition === undefined || name === undefined) break;
    found.push(dynamic.string(words.u32(name, 0)) ?? '');
    const next = words.u32(definition, 16);
    if (next === 0) break;
    at += next;
  }
  return found;
}

function readImports(words: Words, dynamic: Dynamic, symbols: ReadonlySet<string>): string[] {
  const address = dynamic.values.get(DT.symtab)?.[0] ?? -1;
  const table = dynamic.locate(address);
  if (table === undefined) return [];
  const size = words.bits === 64 ? 24 : 16;
  // No field gives the number of symbols: the old hash table has as many chains; else the next table ends this one.
  const hash = dynamic.locate(dynamic.values.get(DT.hash)?.[0] ?? -1);
  const chains = hash && words.view(hash.offset + 4, 4);
  const ends = NEXT_TABLES.flatMap((tag) => dynamic.values.get(tag) ?? []).filter((end) => end > address);
  const number = chains ? words.u32(chains, 0) : ends.length > 0 ? Math.floor((Math.min(...ends) - address) / size) : 0;
  const most = Math.min(number, Math.floor(table.size / size), MOST.symbols);
  const view = words.view(table.offset, most * size);
  const found = new Set<string>();
  for (let i = 1; view !== undefined && i < most; i++) {
    if (words.u16(view, i * size + (words.bits === 64 ? 6 : 14)) !== 0) continue;
    const at = words.u32(view, i * size);
    if (at === 0) continue;
    const name = dynamic.string(at);
    if (name !== undefined && symbols.has(name)) found.add(name);
  }
  return [...found].sort();
}

/** A program that the kernel starts by itself, with no dynamic loader. */
export function isStaticProgram(elf: ElfFacts): boolean {
  if (elf.interpreter !== undefined) return false;
  return elf.type === 'executable' || (elf.type === 'shared' && elf.pie);
}
