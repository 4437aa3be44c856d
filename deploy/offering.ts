/** The engine of a data folder, offered to other processes for as long as this one has it open. */
import type { EmbeddedStore } from '../storage/store/embedded.ts';
import { type OfferPlace, offerEngine } from '../storage/store/offer.ts';
import { StoreError } from '../storage/store/store.ts';
import { forgetAddress, tellAddress } from './access.ts';
import { clearSocket } from './socket-file.ts';

const HOST = '127.0.0.1';
const PORT = 18_123;

export interface Offering {
  readonly address: string;
  close(): Promise<void>;
}

/** Any free port of the loopback when its own is taken and none was named. Throws StoreError. */
export async function openOffering(
  data: string,
  engine: EmbeddedStore['engine'],
  token: string,
  listen?: OfferPlace,
): Promise<Offering> {
  const offer = await listenOn(engine, token, listen);
  tellAddress(data, offer.address);
  return {
    address: offer.address,
    close: async () => {
      forgetAddress(data);
      await offer.close();
    },
  };
}

async function listenOn(
  engine: EmbeddedStore['engine'],
  token: string,
  listen: OfferPlace | undefined,
): Promise<Offering> {
  const place = listen ?? { host: HOST, port: PORT };
  try {
    if ('socket' in place) await clearSocket(place.socket);
    return await offerEngine(engine, { ...place, token });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (listen !== undefined || code !== 'EADDRINUSE') {
      const where = 'socket' in place ? place.socket : `${place.host}:${place.port}`;
      const reason = code === 'EADDRINUSE' ? 'it is taken' : message;
      throw new StoreError('failed', `${where} cannot be listened on: ${reason}. Name another address (--listen).`);
    }
    return offerEngine(engine, { host: HOST, port: 0, token });
  }
}
