/** Why a port cannot be captured from, as a sentence that says what to do. */
import { readdirSync } from 'node:fs';
import { CaptureError } from './packet.ts';

/** The person named something that is not there or cannot be read: another argument helps. */
export class CaptureArgumentError extends CaptureError {
  // Errors cross threads by name.
  override readonly name = 'CaptureArgumentError' as 'CaptureError';
}

/** Where the kernel lists its interfaces. */
const INTERFACES = '/sys/class/net';

/** Libpcap's own, of all interfaces together. */
export const ANY = 'any';

const BUILD =
  "Install libpcap's headers and what compiles C++ (Debian: apt-get install libpcap-dev g++ make python3), then run " +
  '`npm ci` in the folder of apiris. Capture files need none of this.';

/** Why npm `pcap` could not be loaded. */
export function explainModule(error: unknown): CaptureError {
  const { code, message } = error as NodeJS.ErrnoException;
  const reason = (message ?? String(error)).split('\n', 1)[0];
  if (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND') {
    return new CaptureError(`live capture needs the package pcap, which could not be built here. ${BUILD}`);
  }
  if (/libpcap\.so/.test(reason)) {
    return new CaptureError(`live capture needs libpcap (${reason}). Install it (Debian: apt-get install libpcap0.8).`);
  }
  if (/NODE_MODULE_VERSION/.test(reason)) {
    return new CaptureError(
      'live capture was built for another Node.js. Run `npm rebuild pcap` in the folder of apiris with this one.',
    );
  }
  return new CaptureError(`live capture cannot be loaded (${reason}). ${BUILD}`);
}

function interfaceNames(): readonly string[] {
  try {
    return readdirSync(INTERFACES).sort();
  } catch {
    return [];
  }
}

/** Null when there is such an interface, or nobody can tell. */
export function unknownInterface(name: string): CaptureError | null {
  const names = interfaceNames();
  if (name === ANY || names.length === 0 || names.includes(name)) return null;
  return new CaptureArgumentError(`there is no interface ${name}. There are: ${names.join(', ')}, ${ANY}.`);
}

/** Why libpcap would not open an interface that is there. */
export function explainOpening(name: string, filter: string, error: unknown): CaptureError {
  const reason = (error instanceof Error ? error.message : String(error)).split('\n', 1)[0];
  if (/permission|permitted|CAP_NET_RAW/i.test(reason)) {
    return new CaptureError(
      `${name}: this user may not capture (${reason}). Run as root (with --user NAME the rights are given up once the ` +
        'interface is open), or give Node.js the right: setcap cap_net_raw,cap_net_admin=eip on its program.',
    );
  }
  if (/not up|network is down/i.test(reason)) {
    return new CaptureError(`${name}: the interface is down. Switch it on (ip link set ${name} up) and begin again.`);
  }
  if (/no such device|doesn't exist/i.test(reason)) {
    return unknownInterface(name) ?? new CaptureArgumentError(`there is no interface ${name}.`);
  }
  if (filter !== '') {
    return new CaptureArgumentError(
      `the filter "${filter}" cannot be used on ${name} (${reason}). Write it as tcpdump takes it (man pcap-filter).`,
    );
  }
  return new CaptureError(`${name}: it cannot be captured from (${reason || 'libpcap gives no reason'}).`);
}
