import { Refusal } from '../../model/failure.js';
import type { CliCommand } from '../command.js';
import { exitCode } from '../exit-code.js';

const SHELLS = ['bash', 'zsh', 'fish'] as const;

/** `sage completion SHELL`: the script of a shell. With words behind it, which that script passes: what may follow. */
export const command: CliCommand = {
  name: 'completion',
  describe: 'Print what teaches bash, zsh or fish to complete commands, flags and ids',
  usage: ['sage completion bash|zsh|fish'],
  positionals: ['SHELL', '[WORD…]'],
  options: {},
  epilogue: [
    'bash: eval "$(sage completion bash)" in ~/.bashrc',
    'zsh:  eval "$(sage completion zsh)" in ~/.zshrc, after compinit',
    'fish: sage completion fish > ~/.config/fish/completions/sage.fish',
  ].join('\n'),
  run: async (context, { positionals: [name, ...words] }, all) => {
    const shell = SHELLS.find((one) => one === name);
    if (shell === undefined) {
      throw new Refusal(
        [
          {
            code: 'usage/invalid',
            message: `There is no completion for "${(name ?? '').slice(0, 60)}".`,
            hint: `Known: ${SHELLS.join(', ')}.`,
          },
        ],
        exitCode.invalid,
      );
    }
    if (words.length === 0) {
      const { completionScript } = await import('../completion/scripts.js');
      context.stdout.write(completionScript(shell));
      return exitCode.done;
    }
    const { complete } = await import('../completion/complete.js');
    // Whoever presses Tab wants words, or none: never a complaint in the middle of a line.
    for (const { text, describe } of await complete(context, all, words).catch(() => [])) {
      const [, value] = shell === 'bash' ? (/^--[^=]+=(.*)$/s.exec(text) ?? []) : [];
      const told = value ?? text;
      context.stdout.line(shell === 'fish' && describe ? `${told}\t${describe}` : told);
    }
    return exitCode.done;
  },
};
