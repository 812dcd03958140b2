// An agent that needs an API for its work: `node api-agent.js URL command|claude …`. It asks once, and says what came of
// it as a program of one's own does (docs/configuration.md), or as Claude Code does.
import { writeFileSync } from 'node:fs';
import { request } from 'node:http';

const [url = '', form = '', ...args] = process.argv.slice(2);
const ticket = process.env['SAGE_TICKET'] ?? '';
const say = (line: object) => console.log(JSON.stringify(line));

if (args.includes('--version')) console.log('2.1.0');
else await work();

async function work(): Promise<void> {
  process.stdin.resume();
  if (form === 'claude') say({ type: 'system', subtype: 'init', session_id: ticket });
  const status = await ask();
  const isServed = status === 200;
  if (isServed) writeFileSync(`${ticket}.txt`, 'done\n');
  if (form === 'command' && !isServed) {
    say({ sage: 'rate-limited', message: `the API answered ${status}` });
  }
  if (form === 'claude') {
    // Its subtype says success for errors of the API, too.
    const error = isServed ? {} : { terminal_reason: 'api_error', api_error_status: status };
    const result = isServed ? 'Done' : `API Error: ${status}`;
    const head = { type: 'result', subtype: 'success', session_id: ticket };
    say({ ...head, is_error: !isServed, result, ...error });
  }
  process.exitCode = isServed ? 0 : 1;
}

function ask(): Promise<number> {
  return new Promise((resolve, reject) => {
    const call = request(url, { method: 'POST' }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode ?? 0));
    });
    call.on('error', reject);
    call.end(ticket);
  });
}
