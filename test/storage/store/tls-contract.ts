/** What a store must do with TLS handshakes. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Store } from '../../../storage/store/store.ts';
import type { OpenedStore } from './opened-store.ts';

const sum = {
  ...{ id: 'a1', server: '10.0.0.2', port: 443, sni: 'a.example', version: 'TLS 1.2', suite: 'TLS_X', group: 'x25519' },
  ...{ alpn: '', ja4: 't12', ja3: 'b', fingerprint: 'ff', subject: 'CN=a.example', issuer: 'CN=Root', notBefore: 1 },
  ...{ notAfter: 9, keyType: 'RSA', keyBits: 2048, signature: 'sha256WithRSAEncryption', names: ['a.example', 'b'] },
  ...{ selfIssued: false, handshakes: 5, refused: 1, unfinished: 0, resumed: 2, clientCertificates: 0, earlyData: 0 },
  ...{ compressed: 0, encryptedHello: 0, decrypted: 0, alerts: ['unknown_ca'], weird: [], clients: ['10.0.0.9'] },
  ...{ firstSeen: 100, lastSeen: 200 },
};

export function tlsContract(name: string, open: () => Promise<OpenedStore>): void {
  describe(`${name}: TLS`, () => {
    let store: Store;
    let opened: OpenedStore;
    before(async () => {
      opened = await open();
      store = opened.store;
    });
    after(() => opened.dispose());

    it('sums over streams; the same stream again changes nothing', async () => {
      const rows = [
        { ...sum, stream: '1' },
        { ...sum, stream: '1', id: 'a2', ja4: 't13', handshakes: 1, clients: ['10.0.0.8'], firstSeen: 50 },
        { ...sum, stream: '1', id: 'b1', sni: 'other.example', subject: 'CN=x', handshakes: 2 },
      ];
      await store.insert('handshakes', rows);
      await store.insert('handshakes', rows);
      await store.insert('handshakes', [{ ...sum, stream: '2', lastSeen: 900, alerts: ['bad_certificate'] }]);
      const [first, second] = await store.ask('tls');
      assert.deepEqual([first?.['sni'], first?.['handshakes'], first?.['refused']], ['a.example', 11, 3]);
      assert.deepEqual(
        [first?.['clients'], first?.['ja4'], first?.['ja3']],
        [['10.0.0.8', '10.0.0.9'], ['t12', 't13'], ['b']],
      );
      assert.deepEqual([first?.['firstSeen'], first?.['lastSeen']], [50, 900]);
      assert.deepEqual(
        [first?.['names'], first?.['alerts']],
        [
          ['a.example', 'b'],
          ['bad_certificate', 'unknown_ca'],
        ],
      );
      assert.deepEqual([second?.['sni'], second?.['handshakes']], ['other.example', 2]);
    });

    it('filters by server, name, text and time', async () => {
      const found = async (parameters: Record<string, string | number>) =>
        (await store.ask('tls', parameters)).map((row) => row['sni']);
      assert.deepEqual(await found({ sni: 'other.example' }), ['other.example']);
      assert.deepEqual(await found({ search: 'ROOT' }), ['a.example', 'other.example']);
      assert.deepEqual(await found({ search: 'cn=X' }), ['other.example']);
      assert.deepEqual(await found({ server: '10.0.0.3' }), []);
      assert.deepEqual(await found({ since: 500 }), ['a.example']);
      assert.deepEqual(await found({ until: 60 }), ['a.example']);
      assert.deepEqual(await found({ limit: 1 }), ['a.example']);
    });
  });
}
