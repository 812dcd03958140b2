import { createInterface } from 'node:readline';
import { mcpServer } from './mcp.js';
import { reportTool } from './report-tool.js';

/**
 * The program that agent CLIs start for a call: `report-server OUTBOX`, a server of the Model Context Protocol over standard
 * input and output with the tool that reports. It ends with its input, that is with the CLI, whatever becomes of that.
 */
async function main(outbox: string): Promise<void> {
  const server = mcpServer(reportTool(outbox));
  // Nobody reads any more.
  process.stdout.on('error', () => process.stdin.destroy());
  for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
    const answer = await server.answer(line);
    if (answer !== undefined) process.stdout.write(`${answer}\n`);
  }
}

const [outbox] = process.argv.slice(2);
if (outbox) await main(outbox);
