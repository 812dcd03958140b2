import { ticketId } from '../model/ids.js';
import type { Item } from '../model/item.js';
import { whereThere } from './files-of.js';
import type { Issue, IssueReading } from './issue.js';
import { issuesOf } from './issues-of.js';
import { quoted } from './quoted.js';
import type { FoundItems, ItemPlace, Preset } from './preset.js';

/** `sage requirements`: open issues that have no design document yet; each is to leave one. */
export function requirements(): Preset {
  let listed: Promise<IssueReading> | undefined;
  return {
    backlog: 'requirements',
    collect(place) {
      // A run looks twice, and asks an API once.
      const isApi = place.settings.config.requirements.api !== undefined;
      const reading = (isApi ? listed : undefined) ?? issuesOf(place);
      listed = reading;
      return collect(place, reading);
    },
    ticketOf,
  };
}

const ticketOf: Preset['ticketOf'] = ({ text, output = '' }) => {
  const file = quoted(output);
  return {
    type: 'docs',
    description: text,
    targetFiles: [output],
    validation_config: {
      verification_scripts: [
        {
          name: `${output} is there, not empty, and not ignored`,
          command: `test -s ${file} && ! git check-ignore -q ${file}`,
        },
      ],
      max_retries: 1,
    },
  };
};

async function collect(place: ItemPlace, reading: Promise<IssueReading>): Promise<FoundItems> {
  const { repository, settings, base } = place;
  const { output } = settings.config.requirements;
  const { issues, faults } = await reading;
  if (faults.length > 0) return { faults };
  const open = issues.filter(({ isClosed }) => !isClosed);
  const there = await whereThere(
    repository,
    base,
    open.map((issue) => outputOf(issue, output)),
  );
  if (!there.ok) return { faults: [there.failure] };
  return { items: open.map((issue) => itemOf(issue, outputOf(issue, output), there.value)) };
}

function itemOf(
  { number, title, body, source }: Issue,
  output: string,
  there: ReadonlyMap<string, 'commit' | 'checkout'>,
): Item {
  const place = there.get(output);
  const done = place === 'commit' ? `${output} is there` : `${output} is there, not committed`;
  return {
    id: ticketId(`issue-${number}`),
    issue: number,
    title,
    text: body,
    source,
    output,
    ...(place === undefined ? {} : { done }),
  };
}

/** `{issue}` stands for the number, in three digits at least: `docs/lld/LLD-042.md`. */
const outputOf = ({ number }: Issue, pattern: string) =>
  pattern.replaceAll('{issue}', String(number).padStart(3, '0'));
