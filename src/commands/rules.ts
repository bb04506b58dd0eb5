import type { Command } from './command.ts';

export const rulesCommand: Command = { help: '', options: {}, run: async () => 0 };
