import type { Failure } from '../model/failure.js';
import type { AgentAsk } from '../model/intent.js';
import type { TicketScript } from '../model/ticket.js';
import type { CheckResult } from '../model/work.js';

/** What has been proven of an attempt so far: enough to say what its ticket wants next. */
export interface Proof {
  readonly scripts: readonly CheckResult[];
  readonly fixes: ReadonlyMap<string, number>;
}

export type ProofVerdict =
  | { readonly kind: 'passed' }
  | { readonly kind: 'fix'; readonly ask: Extract<AgentAsk, { readonly kind: 'fix' }> }
  | { readonly kind: 'failed'; readonly failure: Failure };

/**
 * The course of one ticket: today every ticket has the same, one agent and then its own scripts. A ticket with a
 * workflow will get its interpreter here. After a red script the agent is asked again while the script allows it
 * (`auto_fix`, `max_retries`); a script that forbids it fails the ticket at once.
 */
export function judgeScripts(
  scripts: readonly TicketScript[],
  proof: Proof,
  hintOf: (log: string) => string,
): ProofVerdict {
  const red = proof.scripts.filter(({ outcome }) => outcome !== 'passed');
  const first = red[0];
  if (!first) return { kind: 'passed' };
  const isFixable = ({ name }: CheckResult) => {
    const script = scripts.find((candidate) => candidate.name === name);
    return script?.autoFix === true && (proof.fixes.get(name) ?? 0) < script.maxFixes;
  };
  if (red.every(isFixable)) {
    return { kind: 'fix', ask: { kind: 'fix', script: first.name, output: first.tail } };
  }
  const names = red.map(({ name }) => name).join(', ');
  const isPartial = red.length < proof.scripts.length;
  return {
    kind: 'failed',
    failure: {
      code: isPartial ? 'ticket/partial' : 'checks/script-red',
      message: isPartial
        ? `${proof.scripts.length - red.length} of ${proof.scripts.length} of the ticket's own checks passed; red: ${names}`
        : `the ticket's own checks are red: ${names}`,
      hint: hintOf(first.log),
      evidence: first.tail,
    },
  };
}
