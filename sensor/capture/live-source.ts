/**
 * Packets from ports: the only importer of npm `pcap`. Its add-on can be loaded in one thread of a process only, so this
 * belongs to the capture thread alone.
 *
 * Of the package only the binding is used, without its event interface: that leaves a handle open in the thread's event
 * loop, on which the thread would die when it ends (3.1.0). So the ports are asked, and asked again. Libpcap hands
 * packets on for as long as there are any: what must happen under full load happens between packets. A frame lies in one
 * buffer a port, which the next packet overwrites.
 */
import { createRequire } from 'node:module';
import { ANY, explainModule, explainOpening, unknownInterface } from './live-problem.ts';
import { emptyPacket, type Packet } from './packet.ts';
import { clampPacketTime, isPacketTime } from './packet-time.ts';

export interface LiveOptions {
  readonly interfaces: readonly string[];
  /** In tcpdump's language; '' takes all. */
  readonly filter: string;
  /** Octets captured of a frame at most. */
  readonly snapLength: number;
  /** Octets of the kernel's buffer, each interface. */
  readonly bufferBytes: number;
  readonly promiscuous: boolean;
}

/** Since the opening, all interfaces together. */
export interface LiveStats {
  /** As the kernel counts; the dropped ones are among them. */
  readonly received: number;
  /** There was no room in the kernel's buffer. */
  readonly droppedByKernel: number;
  /** The interface or its driver had no room. */
  readonly droppedByInterface: number;
}

/** How long the kernel may gather packets before it hands them on, ms. */
const BUFFER_TIMEOUT_MS = 100;

/** The package's names for link types, as LINKTYPE_ values; of others it gives the number. */
const LINK_TYPES: Readonly<Record<string, number>> = {
  LINKTYPE_NULL: 0,
  LINKTYPE_ETHERNET: 1,
  LINKTYPE_RAW: 101,
  LINKTYPE_LINUX_SLL: 113,
  LINKTYPE_IEEE802_11_RADIO: 127,
};

/** The add-on's session, as far as it is used here. */
interface Session {
  /** Gives the name of the link type. */
  open_live(
    device: string,
    filter: string,
    bufferSize: number,
    snapLength: number,
    dumpTo: string,
    onPacket: () => void,
    isMonitor: boolean,
    timeoutMs: number,
    onWarning: (text: string) => void,
    isPromiscuous: boolean,
  ): string;
  /** Hands on everything the kernel has, one callback a packet, and returns when there is nothing more. */
  dispatch(frame: Buffer, header: Buffer): number;
  close(): void;
  /** 32-bit counts since the opening. */
  stats(): { readonly ps_recv: number; readonly ps_drop: number; readonly ps_ifdrop: number };
}

interface Binding {
  readonly PcapSession: new () => Session;
}

function loadBinding(): Binding {
  try {
    const require = createRequire(import.meta.url);
    return require('pcap/build/Release/pcap_binding.node') as Binding;
  } catch (error) {
    throw explainModule(error);
  }
}

interface Port {
  readonly session: Session;
  readonly packet: Packet;
  /** s, µs, captured, original length: 32 bits each. */
  readonly header: Uint32Array;
  readonly headerBytes: Buffer;
  /** The kernel's 32-bit counts, gone on beyond their wrapping. */
  readonly counts: { received: number; kernel: number; port: number };
}

export class LiveSource {
  readonly inputs: readonly string[];
  /** Octets captured so far. */
  bytesRead = 0;
  /** Packet times outside the years 2000–2100, clamped. */
  clamped = 0;
  /** Packets handed on so far. */
  delivered = 0;
  readonly #ports: Port[] = [];
  #take: (packet: Packet) => void = () => {};
  #isClosed = false;
  /** The port whose packet is under way. */
  #current: Port | null = null;

  /** Opens every interface; what comes from then on waits in the kernel. Throws CaptureError. */
  constructor(options: LiveOptions) {
    this.inputs = options.interfaces;
    const binding = loadBinding();
    try {
      for (const name of options.interfaces) this.#ports.push(this.#open(binding, name, options));
    } catch (error) {
      this.close();
      throw error;
    }
  }

  #open(binding: Binding, name: string, options: LiveOptions): Port {
    const { filter, snapLength, bufferBytes, promiscuous } = options;
    const unknown = unknownInterface(name);
    if (unknown !== null) throw unknown;
    const packet = emptyPacket();
    packet.input = this.#ports.length;
    packet.data = Buffer.alloc(snapLength);
    const session = new binding.PcapSession();
    const headerBytes = Buffer.alloc(16);
    const header = new Uint32Array(headerBytes.buffer, headerBytes.byteOffset, 4);
    const port: Port = { session, packet, header, headerBytes, counts: { received: 0, kernel: 0, port: 0 } };
    const onPacket = () => this.#pass(port);
    // All of them together cannot be told to be promiscuous: libpcap warns, which counts as a failure there.
    const isPromiscuous = promiscuous && name !== ANY;
    // An interface without an address is what a mirror port is.
    const onWarning = () => {};
    try {
      const linkType = session.open_live(
        ...([name, filter, bufferBytes, snapLength, '', onPacket] as const),
        ...([false, BUFFER_TIMEOUT_MS, onWarning, isPromiscuous] as const),
      );
      packet.linkType = linkTypeOf(linkType);
    } catch (error) {
      throw explainOpening(name, filter, error);
    }
    return port;
  }

  /** Gives `take` what the kernel has, valid during the call only, until there is nothing more. It must not throw. */
  drain(take: (packet: Packet) => void): void {
    this.#take = take;
    for (const port of this.#ports) {
      if (this.#isClosed) return;
      port.session.dispatch(port.packet.data, port.headerBytes);
    }
  }

  #pass(port: Port): void {
    const { packet, header } = port;
    const ts = header[0]! * 1_000_000 + header[1]!;
    packet.ts = ts;
    if (!isPacketTime(ts)) {
      packet.ts = clampPacketTime(ts);
      this.clamped++;
    }
    packet.end = Math.min(header[2]!, packet.data.length);
    packet.originalLength = header[3]!;
    packet.number++;
    this.bytesRead += packet.end;
    this.delivered++;
    this.#current = port;
    this.#take(packet);
    this.#current = null;
  }

  /** Asks the kernel. */
  stats(): LiveStats {
    let [received, droppedByKernel, droppedByInterface] = [0, 0, 0];
    for (const { session, counts } of this.#ports) {
      if (!this.#isClosed) {
        const { ps_recv, ps_drop, ps_ifdrop } = session.stats();
        counts.received += (ps_recv - counts.received) >>> 0;
        counts.kernel += (ps_drop - counts.kernel) >>> 0;
        counts.port += (ps_ifdrop - counts.port) >>> 0;
      }
      received += counts.received;
      droppedByKernel += counts.kernel;
      droppedByInterface += counts.port;
    }
    return { received, droppedByKernel, droppedByInterface };
  }

  /** May be called from within `take`. Nothing is handed on afterwards. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const port of this.#ports) {
      const { session } = port;
      session.close();
      // Libpcap notices when it is called the next time; that of the packet under way is about to be.
      if (port !== this.#current) session.dispatch(port.packet.data, port.headerBytes);
    }
  }
}

/** Raw IP is 12 or 14 as the kernel's libraries number it, which decoding knows too. */
function linkTypeOf(name: string): number {
  return LINK_TYPES[name] ?? Number(/\d+$/.exec(name)?.[0] ?? -1);
}
