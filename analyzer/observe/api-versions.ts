/**
 * Versions of one interface that live beside one another: templates that differ in a segment `v1`, `v2.3` alone. Value:
 * share of the newer versions in all calls that succeeded, 0…1; told of an older one when it is called while newer ones
 * have four in five of a hundred calls or more, once in seven days. `numbers`: `calls` (of the older one), `open` (1: it
 * answers without the credential that the newer ones always had).
 *
 * Bounds: 20,000 APIs with a version, 8 versions of one.
 */
import { type Observation, observationVersion } from '../observation.ts';
import { JoinedNames } from './joined-names.ts';
import type { MeasuredApiCall } from './measured-call.ts';
import { Recent, type RecentSnapshot } from './recent.ts';

export interface VersionedCall extends MeasuredApiCall {
  readonly account: string | undefined;
  readonly credentialPresent: boolean;
}

interface Version {
  readonly number: number;
  calls: number;
  /** Calls without a credential. */
  open: number;
  /** When it was told of, µs; 0: never. */
  told: number;
}

interface State {
  versions: Version[];
}

export interface ApiVersionsSnapshot {
  readonly families: RecentSnapshot<State>;
}

const leastCalls = 100;
const leastShare = 0.8;
const leastOld = 3;
const mostVersions = 8;
const week = 7 * 86_400e6;
const segment = /(?<=\/)v(\d{1,3})(?:\.(\d{1,3}))?(?=\/)/i;
/** APIs whose version was looked for. */
const mostKnown = 20_000;

interface Place {
  /** `METHOD /api/{version}/x`. */
  readonly family: string;
  readonly number: number;
}

export class ApiVersions {
  readonly #families = new Recent<State>(20_000);
  readonly #names = new JoinedNames();
  /** Calls of a ninth version. */
  #refused = 0;
  /** By API; null where there is no version. Derived, so no part of a snapshot. */
  readonly #places = new Map<string, Place | null>();

  get evicted(): number {
    return this.#families.evicted + this.#refused;
  }

  /** Of a call that succeeded. */
  take(call: VersionedCall): Observation | undefined {
    const place = this.#placeOf(call);
    if (place === null) return undefined;
    const { versions } = this.#families.touch(this.#names.of(call.app, place.family), newState);
    let version = versions.find(({ number }) => number === place.number);
    if (version === undefined) {
      if (versions.length >= mostVersions) {
        this.#refused++;
        return undefined;
      }
      versions.push((version = { number: place.number, calls: 0, open: 0, told: 0 }));
    }
    version.calls++;
    if (!call.credentialPresent) version.open++;
    if (versions.length < 2 || version.calls < leastOld) return undefined;
    if (version.told !== 0 && call.time - version.told < week) return undefined;
    let all = 0;
    let newer = 0;
    let newerOpen = 0;
    for (const { number, calls, open } of versions) {
      all += calls;
      if (number <= version.number) continue;
      newer += calls;
      newerOpen += open;
    }
    if (all < leastCalls || newer / all < leastShare) return undefined;
    version.told = call.time;
    return observe(call, version, newer / all, newerOpen === 0 && version.open > 0);
  }

  #placeOf({ apiId, method, template }: VersionedCall): Place | null {
    let place = this.#places.get(apiId);
    if (place === undefined) {
      const found = segment.exec(template);
      place =
        found === null
          ? null
          : {
              family: `${method} ${template.replace(segment, '{version}')}`,
              number: Number(found[1]) * 1000 + Number(found[2] ?? 0),
            };
      if (this.#places.size < mostKnown) this.#places.set(apiId, place);
    }
    return place;
  }

  snapshot(): ApiVersionsSnapshot {
    return { families: this.#families.snapshot(copy) };
  }

  restore({ families }: ApiVersionsSnapshot): void {
    this.#families.restore(families, copy);
  }
}

function newState(): State {
  return { versions: [] };
}

function copy({ versions }: State): State {
  return { versions: versions.map((version) => ({ ...version })) };
}

function observe(call: VersionedCall, { calls }: Version, share: number, isOpen: boolean): Observation {
  const { time, uid, app, apiId, method, template, client, account, completeness } = call;
  return {
    v: observationVersion,
    measure: 'api-versions',
    subject: { kind: 'api', id: apiId },
    ...{ app, apiId, method, template, begin: time, end: time },
    window: 0,
    value: Math.round(share * 1000) / 1000,
    numbers: { calls, open: isOpen ? 1 : 0 },
    samples: [uid],
    clients: [client],
    accounts: account === undefined ? [] : [account],
    completeness,
  };
}
