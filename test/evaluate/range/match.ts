/** Whether a finding is about what happened. */
import type { Finding } from '../../../analyzer/finding.ts';
import type { Episode, LookAlike } from '../../../fixtures/range/truth.ts';
import { shownAccount } from '../../shown-account.ts';
import type { Found } from './findings.ts';

/** A finding may name the window around what it saw, µs. */
const slack = 3600e6;

/** What was done explains it, though it may not be what the episode is for. */
export function isExplained(one: Found, episode: Episode): boolean {
  const { scenarios, mayAlso = [] } = episode;
  return hits(one, { ...episode, scenarios: [...scenarios, ...mayAlso] });
}

/** It names the scenario, the application, the interface where both tell one, and somebody who did it, at that time. */
export function hits({ finding }: Found, episode: Episode): boolean {
  if (!finding.scenarios.some((each) => episode.scenarios.includes(each)) || finding.app !== episode.app) return false;
  // What is the whole application's is told of where it was seen; what names no interface, by who used it.
  if (episode.kind === 'weakness' && (episode.api === '' || finding.template !== undefined))
    return episode.api === '' || shapeOf(finding) === episode.api;
  const sameApi = episode.api === '' || finding.template === undefined || shapeOf(finding) === episode.api;
  return sameApi && meets(finding, episode);
}

export function looksLike({ finding }: Found, alike: LookAlike): boolean {
  return meets(finding, alike);
}

function meets(finding: Finding, part: LookAlike): boolean {
  if (finding.firstSeen > part.end + slack || finding.lastSeen < part.begin - slack) return false;
  if (finding.accounts.length === 0 && finding.clients.length === 0) return true;
  return (
    finding.clients.some((each) => part.clients.includes(each)) ||
    part.accounts.some((each) => finding.accounts.includes(shownAccount(each)))
  );
}

/** `METHOD path`, parameters without their names. */
function shapeOf({ method = '', template = '' }: Finding): string {
  return `${method} ${template.replace(/\{[^}]*\}/g, '{}')}`;
}
