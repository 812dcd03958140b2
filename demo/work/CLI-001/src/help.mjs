/** One line for each command. */
export function help(commands) {
  return ['Commands:', ...Object.keys(commands).map((name) => `  ${name}`)].join('\n');
}
