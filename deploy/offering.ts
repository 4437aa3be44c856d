/** The engine of a data folder, offered to other processes for as long as this one has it open. */
import type { EmbeddedStore } from '../storage/store/embedded.ts';
import { offerEngine } from '../storage/store/offer.ts';
import { StoreError } from '../storage/store/store.ts';
import { forgetAddress, tellAddress } from './access.ts';

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
  listen?: { readonly host: string; readonly port: number },
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
  listen: { readonly host: string; readonly port: number } | undefined,
): Promise<Offering> {
  const { host, port } = listen ?? { host: HOST, port: PORT };
  try {
    return await offerEngine(engine, { host, port, token });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (listen !== undefined || code !== 'EADDRINUSE') {
      const where = `${host}:${port}`;
      const reason = code === 'EADDRINUSE' ? 'it is taken' : message;
      throw new StoreError('failed', `${where} cannot be listened on: ${reason}. Name another address (--listen).`);
    }
    return offerEngine(engine, { host, port: 0, token });
  }
}
