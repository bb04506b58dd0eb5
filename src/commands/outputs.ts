import { resolve } from 'node:path';
import { type OptionValues, readText, UsageError } from './command.ts';

/** A report to make: to a file, or to stdout where there is none. */
export interface Output<T extends string> {
  readonly format: T;
  readonly file: string | undefined;
}

/** What `--format FORMAT[:FILE]`, which is repeatable, and `--output-file` ask for; one report at most goes to stdout. */
export function readOutputs<T extends string>(values: OptionValues, formats: readonly T[], fallback: T): Output<T>[] {
  const texts = (values.format ?? [fallback]) as readonly string[];
  const outputFile = readText(values, 'output-file');
  const outputs = texts.map((text): Output<T> => {
    const [, name, file] = /^([^:]*)(?::(.*))?$/s.exec(text)!;
    const format = formats.find((one) => one === name);
    if (format === undefined) throw new UsageError(`--format is one of ${formats.join(', ')}, not "${name}"`);
    if (file === '') throw new UsageError(`--format ${text}: a file has to follow the colon`);
    return { format, file };
  });
  const open = outputs.filter(({ file }) => file === undefined);
  if (open.length > 1) {
    throw new UsageError(`--format ${open[1]!.format} needs a file: ${open[0]!.format} is printed already`);
  }
  if (open.length === 0 && outputFile !== undefined) {
    throw new UsageError('--output-file is for a report without a file of its own, and every --format has one');
  }
  const files = outputs.map(({ file }) => resolve(file ?? outputFile ?? ''));
  const twice = outputs.find((_, index) => files.indexOf(files[index]!) !== index);
  if (twice) throw new UsageError(`--format ${twice.format}: another report goes to the same file`);
  return outputs.map(({ format, file }) => ({ format, file: file ?? outputFile }));
}
