/** Where an address is, as a table of the operator says: the most specific network decides. */
import { BoundedCache } from '../bounded-cache.ts';
import { CidrSet } from '../identify/cidr.ts';

export interface RegionOfNetwork {
  readonly cidr: string;
  /** `CN-31`, `HK`: a country, with a part of it behind a dash. */
  readonly region: string;
}

export interface RegionOptions {
  readonly networks: readonly RegionOfNetwork[];
  /** Country that is not abroad. */
  readonly home: string;
}

export const noRegions: RegionOptions = { networks: [], home: 'CN' };

/** Addresses that are remembered. */
const mostKnown = 16_384;

export class Regions {
  /** By length of prefix, longest first: regions with their networks. */
  readonly #levels: readonly (readonly (readonly [region: string, networks: CidrSet])[])[];
  readonly #known = new BoundedCache<string>(mostKnown);

  constructor(private readonly options: RegionOptions) {
    const byLength = new Map<number, Map<string, string[]>>();
    for (const { cidr, region } of options.networks) {
      const isV6 = cidr.includes(':');
      const slash = cidr.indexOf('/');
      const length = slash < 0 ? 128 : Number(cidr.slice(slash + 1)) + (isV6 ? 0 : 96);
      let regions = byLength.get(length);
      if (regions === undefined) byLength.set(length, (regions = new Map()));
      const list = regions.get(region);
      if (list === undefined) regions.set(region, [cidr]);
      else list.push(cidr);
    }
    this.#levels = [...byLength]
      .sort(([a], [b]) => b - a)
      .map(([, regions]) => [...regions].map(([region, list]) => [region, new CidrSet(list)] as const));
  }

  /** Empty when no table says. */
  of(address: string): string {
    if (this.#levels.length === 0) return '';
    return this.#known.get(address) ?? this.#known.set(address, this.#find(address));
  }

  #find(address: string): string {
    for (const regions of this.#levels)
      for (const [region, networks] of regions) if (networks.has(address)) return region;
    return '';
  }

  /** False where the region is not known. */
  isAbroad(region: string): boolean {
    return region !== '' && region.split('-', 1)[0] !== this.options.home;
  }
}
