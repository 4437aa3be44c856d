/** What every Store must do, by the remote connection. */
import { after, before } from 'node:test';
import { openWritableServerStore, type ServerStore } from '../../../storage/store/server.ts';
import { storeContract } from './contract.ts';
import { EngineServer } from './engine-server.ts';

let server: EngineServer;
before(async () => {
  server = await EngineServer.open();
});
after(() => server.close());

storeContract('store on a server', async () => {
  const open = (): Promise<ServerStore> => openWritableServerStore({ url: server.url, token: '', tell: () => {} });
  let store = await open();
  return {
    store,
    reopen: async () => {
      await store.close();
      store = await open();
      return store;
    },
    dispose: async () => {
      await store.close();
      await server.clear();
    },
  };
});
