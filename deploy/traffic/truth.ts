/** What a made capture holds: the truth a reader of it is measured against. */
import { applications } from './brokerage.ts';
import { personalLabels } from './people.ts';

export interface ApplicationTruth {
  exchanges: number;
  connections: number;
  /** Exchanges by `METHOD template`. */
  readonly interfaces: Record<string, number>;
}

/** What was made, counted while making it. */
export interface MixTruth {
  readonly seed: number;
  exchanges: number;
  connections: number;
  packets: number;
  /** Size of the capture file, octets. */
  fileBytes: number;
  /** Octets of HTTP messages on the wire, heads included. */
  requestBytes: number;
  responseBytes: number;
  /** Octets of response content after decoding. */
  contentBytes: number;
  gzip: number;
  chunked: number;
  logins: number;
  failedLogins: number;
  /** Connections that end with RST; the others end with FIN. */
  resets: number;
  readonly methods: Record<string, number>;
  readonly statuses: Record<string, number>;
  /** By host. */
  readonly applications: Record<string, ApplicationTruth>;
  /** Personal values in responses by label. */
  readonly labels: Record<string, number>;
  /** Packet time of the first and the last packet, µs since 1970. */
  firstTs: number;
  lastTs: number;
}

export function emptyTruth(seed: number): MixTruth {
  const application = (): ApplicationTruth => ({ exchanges: 0, connections: 0, interfaces: {} });
  return {
    seed,
    exchanges: 0,
    connections: 0,
    packets: 0,
    fileBytes: 0,
    requestBytes: 0,
    responseBytes: 0,
    contentBytes: 0,
    gzip: 0,
    chunked: 0,
    logins: 0,
    failedLogins: 0,
    resets: 0,
    methods: {},
    statuses: {},
    applications: Object.fromEntries(applications.map((one) => [one.host, application()])),
    labels: Object.fromEntries(personalLabels.map((label) => [label, 0])),
    firstTs: 0,
    lastTs: 0,
  };
}
