import type { Document, Instruction, Word } from '../../dockerfile/index.ts';

/** One port of an EXPOSE as the builder splits it: `[[address:]host:]port[/protocol]`. */
export interface ExposedPort {
  readonly instruction: Instruction;
  readonly word: Word;
  /** With its variables resolved. */
  readonly text: string;
  /** Written as it is, with no variable, quote or escape in it. */
  readonly isVerbatim: boolean;
  /** What stands in front of the container's port: an address, a port of the host, or both. */
  readonly host: string;
  readonly port: string;
  /** Empty for none. */
  readonly protocol: string;
}

/** The ports of every EXPOSE whose values follow from the file; ONBUILD's are the child's. */
export function* exposedPorts(document: Document): Iterable<ExposedPort> {
  for (const instruction of document.instructions) {
    const scope = instruction.keyword === 'EXPOSE' ? document.scope(instruction) : undefined;
    if (!scope) continue;
    for (const word of instruction.words) {
      const { value, complete } = scope.expand(word.text);
      if (!complete) continue;
      const isVerbatim = document.source.slice(word) === value;
      for (const text of value.split(/[ \t\n]+/).filter((part) => part !== '')) {
        const at = text.lastIndexOf(':');
        const [port = '', ...protocol] = text.slice(at + 1).split('/');
        const host = at < 0 ? '' : text.slice(0, at);
        yield { instruction, word, text, isVerbatim, host, port, protocol: protocol.join('/') };
      }
    }
  }
}
