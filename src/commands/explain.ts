import type { Command } from './command.ts';

export const explainCommand: Command = { help: '', options: {}, run: async () => 0 };
