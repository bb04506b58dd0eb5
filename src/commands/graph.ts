import type { Command } from './command.ts';

export const graphCommand: Command = { help: '', options: {}, run: async () => 0 };
