/** Where a client is and whose its network is, for people and scripts. */
import type { ClientPlaces } from '../../deploy/lookup.ts';
import { known } from './known.ts';

/** Empty fields are left out. */
export function placeJson(client: string, places: ClientPlaces): Record<string, string> {
  const { region, organisation } = places.of(client);
  return { ...known('region', region), ...known('organisation', organisation) };
}

/** `China Telecom, CN-31`; '' when nothing is known. */
export function placeText(client: string, places: ClientPlaces): string {
  const { region, organisation } = places.of(client);
  return [organisation, region].filter((each) => each !== '').join(', ');
}
