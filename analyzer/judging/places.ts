/** Where an address is and whose, as tables of the operator say: the most specific network decides. */
import { BoundedCache } from '../bounded-cache.ts';
import { NetworkTable } from '../identify/network-table.ts';

export interface RegionOfNetwork {
  readonly cidr: string;
  /** `CN-31`, `HK`: a country, with a part of it behind a dash. */
  readonly region: string;
}

export interface OrganisationOfNetwork {
  readonly cidr: string;
  /** Who holds the network: `China Telecom`. */
  readonly organisation: string;
}

export interface PlaceOptions {
  readonly regions: readonly RegionOfNetwork[];
  readonly organisations: readonly OrganisationOfNetwork[];
  /** Country that is not abroad. */
  readonly home: string;
}

export const noPlaces: PlaceOptions = { regions: [], organisations: [], home: 'CN' };

export interface Place {
  /** Empty when no table says. */
  readonly region: string;
  /** Empty when no table says. */
  readonly organisation: string;
  /** False where the region is not known. */
  readonly abroad: boolean;
}

export const nowhere: Place = { region: '', organisation: '', abroad: false };

/** Addresses that are remembered. */
const mostKnown = 16_384;

export class Places {
  readonly #regions: NetworkTable;
  readonly #organisations: NetworkTable;
  readonly #home: string;
  readonly #knowsAny: boolean;
  readonly #known = new BoundedCache<Place>(mostKnown);

  constructor({ regions, organisations, home }: PlaceOptions) {
    this.#regions = new NetworkTable(regions.map(({ cidr, region }) => ({ cidr, value: region })));
    this.#organisations = new NetworkTable(organisations.map(({ cidr, organisation: value }) => ({ cidr, value })));
    this.#home = home;
    this.#knowsAny = regions.length + organisations.length > 0;
  }

  of(address: string): Place {
    if (!this.#knowsAny) return nowhere;
    return this.#known.get(address) ?? this.#known.set(address, this.#find(address));
  }

  /** Writes the place of its client into a call. */
  tell(call: { readonly client: string } & { -readonly [Name in keyof Place]: Place[Name] }): void {
    const { region, organisation, abroad } = this.of(call.client);
    call.region = region;
    call.organisation = organisation;
    call.abroad = abroad;
  }

  #find(address: string): Place {
    const region = this.#regions.of(address);
    const abroad = region !== '' && region.split('-', 1)[0] !== this.#home;
    return { region, organisation: this.#organisations.of(address), abroad };
  }
}
