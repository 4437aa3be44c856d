/**
 * A real Kafka of one node (KRaft), as a JVM process on the loopback with its data in a temporary folder. It ends with
 * the test, and with this process, however that ends: the JVM is told to by the end of its standard input.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { brokerJars } from './jars.ts';

/** A JVM on a busy machine takes its time. */
const PATIENCE_MS = 120_000;
const LOOK_MS = 100;
const PROTOCOLS = ['PLAINTEXT', 'SASL_PLAINTEXT', 'SSL', 'SASL_SSL'] as const;
const SCRAM = ['SCRAM-SHA-256', 'SCRAM-SHA-512'] as const;

/** Ends the JVM when its own standard input ends: that of a process that was killed ends too. */
const guard = '"$@" </dev/null & read -r _; kill -9 $! 2>/dev/null; wait $!';

/** Listeners beside the plain one: SASL_PLAINTEXT with one user, SSL with a certificate of its own, and both together. */
export interface BrokerOptions {
  /** Name and password of who may come in by SASL. */
  readonly user?: { readonly name: string; readonly password: string };
  /** Folder with a PKCS#12 store `broker.p12` and its password. */
  readonly tls?: {
    readonly store: string;
    readonly password: string;
    /** Who may come in to the SSL listener: PKCS#12 store of the authority that clients' certificates are of. */
    readonly clients?: string;
  };
  /** Who may come in by SCRAM over TLS; wants `tls`. */
  readonly scram?: { readonly name: string; readonly password: string };
}

/** What a test, or a file of tests, has for its broker. */
export interface Host {
  diagnostic(what: string): void;
  after(end: () => Promise<void>): void;
}

/** Null where it cannot be had: said as material that is absent. */
export async function openBroker(t: Host, options: BrokerOptions = {}): Promise<Broker | null> {
  const jars = brokerJars();
  if ('lacking' in jars) {
    t.diagnostic(`absent: ${jars.lacking}, so no Kafka was talked to`);
    return null;
  }
  const broker = await Broker.create(jars.classpath, options);
  t.after(() => broker.remove());
  await broker.start();
  return broker;
}

export class Broker {
  #process: ChildProcess | undefined;
  #said = '';
  private constructor(
    private readonly classpath: string,
    private readonly folder: string,
    /** `host:port` of the plain listener, of the one with SASL, and of the one with TLS. */
    readonly address: string,
    readonly saslAddress: string,
    readonly tlsAddress: string,
    /** Of the one with TLS and SCRAM. */
    readonly scramAddress: string,
  ) {}

  static async create(classpath: string, { user, tls, scram }: BrokerOptions): Promise<Broker> {
    const folder = mkdtempSync(join(tmpdir(), 'apiris-kafka-'));
    const [plain, controller, sasl, ssl, both] = await freePorts(5);
    const listeners = [`PLAINTEXT://127.0.0.1:${plain}`, `CONTROLLER://127.0.0.1:${controller}`];
    if (user) listeners.push(`SASL_PLAINTEXT://127.0.0.1:${sasl}`);
    if (tls) listeners.push(`SSL://127.0.0.1:${ssl}`);
    if (scram) listeners.push(`SASL_SSL://127.0.0.1:${both}`);
    const settings = [
      'process.roles=broker,controller',
      'node.id=1',
      `controller.quorum.voters=1@127.0.0.1:${controller}`,
      'controller.listener.names=CONTROLLER',
      // Said, for with a listener of another kind none is taken for granted.
      `listener.security.protocol.map=CONTROLLER:PLAINTEXT,${PROTOCOLS.map((name) => `${name}:${name}`).join(',')}`,
      `listeners=${listeners.join(',')}`,
      `log.dirs=${join(folder, 'log')}`,
      'auto.create.topics.enable=false',
      'offsets.topic.replication.factor=1',
      'offsets.topic.num.partitions=1',
      'transaction.state.log.replication.factor=1',
      'transaction.state.log.min.isr=1',
      // A test does not wait for members that may come.
      'group.initial.rebalance.delay.ms=0',
      // Segments of the log are reserved at their full size otherwise: 64 partitions of 1 GB.
      'log.index.size.max.bytes=1048576',
      'log.segment.bytes=67108864',
    ];
    if (user) {
      const jaas = 'org.apache.kafka.common.security.plain.PlainLoginModule';
      settings.push(
        `listener.name.sasl_plaintext.plain.sasl.jaas.config=${jaas} required user_${user.name}="${user.password}";`,
      );
    }
    if (user || scram) {
      settings.push(`sasl.enabled.mechanisms=${[...(user ? ['PLAIN'] : []), ...(scram ? SCRAM : [])].join(',')}`);
    }
    for (const mechanism of scram ? SCRAM : []) {
      const jaas = 'org.apache.kafka.common.security.scram.ScramLoginModule required;';
      settings.push(`listener.name.sasl_ssl.${mechanism.toLowerCase()}.sasl.jaas.config=${jaas}`);
    }
    if (tls?.clients !== undefined) {
      settings.push('listener.name.ssl.ssl.client.auth=required');
      settings.push(`ssl.truststore.location=${tls.clients}`, 'ssl.truststore.type=PKCS12');
      settings.push(`ssl.truststore.password=${tls.password}`);
    }
    if (tls) {
      settings.push(`ssl.keystore.location=${tls.store}`, 'ssl.keystore.type=PKCS12');
      settings.push(`ssl.keystore.password=${tls.password}`, `ssl.key.password=${tls.password}`);
    }
    mkdirSync(join(folder, 'log'));
    const file = join(folder, 'server.properties');
    writeFileSync(file, `${settings.join('\n')}\n`);
    const users = (scram ? SCRAM : []).flatMap((mechanism) => [
      '--add-scram',
      `${mechanism}=[name=${scram!.name},password=${scram!.password}]`,
    ]);
    const { status, stderr, stdout } = spawnSync(
      'java',
      ['-cp', classpath, 'kafka.tools.StorageTool', 'format', '-t', 'YXBpcmlzLXRlc3QtMDAwMQ', '-c', file, ...users],
      { encoding: 'utf8' },
    );
    if (status !== 0) throw new Error(`Kafka's folder cannot be made: ${stderr}${stdout}`);
    const [first, ...others] = [plain, sasl, ssl, both].map((port) => `127.0.0.1:${port}`);
    return new Broker(classpath, folder, first!, others[0]!, others[1]!, others[2]!);
  }

  /** Resolves when it answers. */
  async start(): Promise<void> {
    const level = '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn';
    const args = ['-Xmx384m', '-Xms128m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', level, '-cp', this.classpath];
    const command = ['java', ...args, 'kafka.Kafka', join(this.folder, 'server.properties')];
    const child = spawn('sh', ['-c', guard, 'sh', ...command], { stdio: ['pipe', 'ignore', 'pipe'] });
    this.#process = child;
    child.stderr!.on('data', (data: Buffer) => (this.#said = (this.#said + data.toString()).slice(-8192)));
    const begun = performance.now();
    while (!(await isListening(this.address))) {
      if (child.exitCode !== null) throw new Error(`Kafka ended with ${child.exitCode}: ${this.#said}`);
      if (performance.now() - begun > PATIENCE_MS) throw new Error(`Kafka does not answer: ${this.#said}`);
      await wait(LOOK_MS);
    }
  }

  /** Ends it at once, as a power cut would. Its data stays. */
  async kill(): Promise<void> {
    const child = this.#process;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.stdin!.end();
    await gone;
  }

  async remove(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

function isListening(address: string): Promise<boolean> {
  const [host, port] = address.split(':');
  return new Promise((resolve) => {
    const socket = connect({ host, port: Number(port) });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
