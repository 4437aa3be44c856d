/** Who calls an API, and for whom it is there. */
import { wordSet } from '../function-words.ts';
import type { Counts } from './counts.ts';
import { type Described, type Judgement, judged, sureness, wordIn } from './judgement.ts';

/** What programs ask each other for. */
const machineWords = wordSet(
  'health healthz healthcheck heartbeat ping actuator metrics prometheus liveness readiness callback notify notification webhook ' +
    'internal rpc feign dubbo inner service sync apidocs',
);
const partnerWords = wordSet(
  'openapi open partner partners isv merchant channel channels third thirdparty gateway cooperate',
);
/** Hosts and paths of what a house's own people work with. */
const staffWords = wordSet(
  'oa crm erp admin manage management manager console backend backoffice boss ops hr intranet mis staff employee sysadmin',
);
const people = ['session', 'ticket'];
const machines = ['signature', 'api-key', 'basic'];

/** `human` or `service`. */
export function callerOf({ words }: Described, counts: Counts): Judgement {
  const { successes, programs } = counts;
  const clauses: string[] = [];
  let human = 0;
  let service = 0;
  if (counts.people + programs > 0) {
    human += (3 * counts.people) / successes;
    service += (3 * programs) / successes;
    clauses.push(
      counts.people >= programs
        ? `agents people ${share(counts.people, successes)}`
        : `agents programs ${share(programs, successes)}`,
    );
  }
  for (const [kind, calls] of counts.credentials) {
    if (people.includes(kind)) human += calls / successes;
    if (machines.includes(kind)) service += (2 * calls) / successes;
  }
  const machine = machines.find((kind) => (counts.credentials.get(kind) ?? 0) * 2 > successes);
  if (machine !== undefined) clauses.push(`credential ${machine}`);
  if (successes >= 50 && counts.clients.length <= 3 && counts.accounts.length <= 3) {
    service += 1;
    clauses.push(`clients ${counts.clients.length}`);
  } else if (counts.clients.length >= 8) human += 1;
  if (counts.accounts.length >= 8) {
    human += 1;
    clauses.push('accounts many');
  }
  const word = wordIn(words, machineWords);
  if (word !== '') {
    service += 1;
    clauses.push(`word ${word}`);
  }
  if (human === 0 && service === 0) return judged('', '', 0);
  const surplus = Math.abs(human - service) / (human + service);
  return judged(human >= service ? 'human' : 'service', clauses.join('; '), (0.5 + surplus / 2) * sureness(successes));
}

function share(part: number, whole: number): string {
  return `${Math.round((100 * part) / whole)}%`;
}

/** `internet`, `internal`, or both: where its clients' addresses lie. */
export function reachOf({ inside, outside, successes }: Counts): Judgement {
  const isOutside = outside > 0 && (outside * 100 >= successes || outside >= 3);
  if (isOutside) return judged('internet', `outside ${share(outside, successes)}`, 0.95 * sureness(successes));
  return judged('internal', `inside ${share(inside, successes)}`, 0.7 * sureness(successes));
}

/**
 * The specification's service object (5.2): `toB` partners' servers, `toC` customers, `toG` the house's own people;
 * `internal` where programs of the house call each other, which the specification leaves out.
 */
export function audienceOf({ app, words }: Described, counts: Counts, caller: string, reach: string): Judgement {
  const host = new Set(app.toLowerCase().split(/[^a-z]+/));
  const ofHost = (set: ReadonlySet<string>) => [...host].find((word) => set.has(word)) ?? '';
  const sure = sureness(counts.successes);
  const staff = ofHost(staffWords) || wordIn(words, staffWords);
  const partner = ofHost(partnerWords) || wordIn(words, partnerWords);
  if (caller === 'service') {
    if (partner !== '') return judged('toB', `word ${partner}; caller service`, 0.9 * sure);
    if (reach === 'internet') return judged('toB', 'caller service; reach internet', 0.75 * sure);
    return judged('internal', 'caller service; reach internal', 0.7 * sure);
  }
  if (staff !== '') return judged('toG', `word ${staff}`, (reach === 'internal' ? 0.9 : 0.75) * sure);
  if (reach === 'internet') return judged('toC', 'caller human; reach internet', 0.8 * sure);
  // Behind a balancer that is not trusted every client has an address of the house.
  return counts.accounts.length >= 8 && counts.clients.length < 4
    ? judged('toC', 'accounts many; reach internal', 0.5 * sure)
    : judged('toG', 'reach internal', 0.6 * sure);
}
