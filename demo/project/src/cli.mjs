#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { commands } from './commands.mjs';

const [name = 'version', file] = process.argv.slice(2);
const command = commands[name];
if (command) {
  console.log(command(file ? readFileSync(file, 'utf8') : ''));
} else {
  console.error(`textstat: no command "${name}"; there are ${Object.keys(commands).join(', ')}`);
  process.exitCode = 2;
}
