import type { Plan } from '../model/plan.js';
import { clean } from './clean.js';

/**
 * The plan as a Mermaid flow chart: a box for each open ticket, grouped by batch, an arrow from what must land first, blocked
 * ones dashed, the critical path thick. Nodes are named by number and labels escaped, so no id or title can break out.
 */
export function planMermaid(plan: Plan): string {
  const names = new Map(plan.tickets.map(({ id }, index) => [id, `t${index}`]));
  const node = (ticket: Plan['tickets'][number]) =>
    `${names.get(ticket.id) ?? ''}["${label(ticket.id)}${ticket.title === ticket.id ? '' : `<br/>${label(ticket.title)}`}<br/>P${ticket.priority}, ${Math.round(ticket.estimateMinutes)} min"]`;
  const byId = new Map(plan.tickets.map((ticket) => [ticket.id, ticket]));
  const lines = ['flowchart LR'];
  for (const [index, ids] of plan.batches.entries()) {
    lines.push(`  subgraph b${index + 1}["Batch ${index + 1}"]`);
    for (const id of ids) {
      const ticket = byId.get(id);
      if (ticket !== undefined) lines.push(`    ${node(ticket)}`);
    }
    lines.push('  end');
  }
  for (const ticket of plan.tickets) {
    if (ticket.batch === undefined) lines.push(`  ${node(ticket)}:::blocked`);
  }
  for (const ticket of plan.tickets) {
    for (const before of ticket.dependsOn) {
      const from = names.get(before);
      if (from !== undefined) lines.push(`  ${from} --> ${names.get(ticket.id) ?? ''}`);
    }
  }
  const path = plan.criticalPath.flatMap((id) => names.get(id) ?? []);
  lines.push('  classDef blocked stroke-dasharray: 4 4');
  if (path.length > 0) {
    lines.push('  classDef critical stroke-width: 3px', `  class ${path.join(',')} critical`);
  }
  return `${lines.join('\n')}\n`;
}

/** Mermaid reads `#code;` entities and HTML in labels, so whatever is not a plain letter, digit or space is written as one. */
function label(text: string): string {
  return clean(text).replace(
    /[^\p{L}\p{N} .,:_/-]/gu,
    (character) => `#${character.codePointAt(0) ?? 32};`,
  );
}
