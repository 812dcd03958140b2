/** Both names of the program. */
const NAMES = 'sage sage-stream';

/** bash breaks words at `=`: they are put together again, and only what stands behind it is answered. */
const BASH = `# Completion of sage for bash: eval "$(sage completion bash)"
_sage_complete() {
  local -a words=()
  local index word joined=''
  for ((index = 1; index <= COMP_CWORD; index++)); do
    word="\${COMP_WORDS[index]}"
    if [[ $index -gt 1 && ( $word == '=' || $joined == '=' ) ]]; then
      words[\${#words[@]}-1]+="$word"
    else
      words+=("$word")
    fi
    joined="$word"
  done
  local answer
  COMPREPLY=()
  while IFS= read -r answer; do
    COMPREPLY+=("$(printf '%q' "$answer")")
  done < <("\${COMP_WORDS[0]}" completion bash -- "\${words[@]}" 2>/dev/null)
  if [[ \${#COMPREPLY[@]} -eq 1 && \${COMPREPLY[0]} == *= ]]; then
    compopt -o nospace 2>/dev/null
  fi
}
complete -F _sage_complete ${NAMES}
`;

const ZSH = `#compdef ${NAMES}
# Completion of sage for zsh: eval "$(sage completion zsh)" after compinit
_sage_complete() {
  local -a answers
  answers=("\${(@f)$("\${words[1]}" completion zsh -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  compadd -- "\${(@)answers:#}"
}
compdef _sage_complete ${NAMES}
`;

const FISH = `# Completion of sage for fish: sage completion fish > ~/.config/fish/completions/sage.fish
function __sage_complete
    set -l before (commandline --tokenize --cut-at-cursor --current-process)
    set -l current (commandline --cut-at-cursor --current-token)
    $before[1] completion fish -- $before[2..-1] "$current" 2>/dev/null
end
${NAMES.split(' ')
  .map((name) => `complete --command ${name} --no-files --arguments '(__sage_complete)'`)
  .join('\n')}
`;

const SCRIPTS = { bash: BASH, zsh: ZSH, fish: FISH } as const;

/** What a shell reads to learn how sage is completed; it asks the program itself for the words. */
export const completionScript = (shell: keyof typeof SCRIPTS): string => SCRIPTS[shell];
