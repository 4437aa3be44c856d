import {
  type InterfaceDescription,
  type PacketBody,
  readBlock,
  readPcapFile,
  readPcapRecord,
  readSectionHeader,
  streamOver,
} from '../../../sensor/capture/formats/readers.ts';
import { EARLIEST, LATEST } from '../../../sensor/capture/packet-time.ts';
import type { Collected } from './collect.ts';

/** A capture's packets by the generated readers alone and by exact integers: slow, and nothing of the hand walk in it. */
export function readByGeneratedReaders(octets: Buffer): Collected[] {
  return octets.readUInt32BE(0) === 0x0a0d0d0a ? readPcapng(octets) : readPcap(octets);
}

function clamp(ts: bigint): number {
  if (ts < BigInt(EARLIEST)) return EARLIEST;
  return ts > BigInt(LATEST) ? LATEST : Number(ts);
}

function readPcap(octets: Buffer): Collected[] {
  const io = streamOver(octets);
  const file = readPcapFile(io);
  const packets: Collected[] = [];
  while (io.pos < io.size) {
    try {
      const { seconds, fraction, originalLength, data } = readPcapRecord(io, file);
      const micros = BigInt(fraction) / (file.isNanosecond ? 1000n : 1n);
      packets.push({
        ts: clamp(BigInt(seconds) * 1_000_000n + micros),
        linkType: file.header.linkType,
        hex: Buffer.from(data).toString('hex'),
        originalLength,
        number: packets.length + 1,
        input: 0,
      });
    } catch {
      break;
    }
  }
  return packets;
}

interface OracleInterface {
  readonly linkType: number;
  readonly snapLength: number;
  readonly unitsPerSecond: bigint;
  readonly offset: bigint;
}

function describe(body: InterfaceDescription): OracleInterface {
  let unitsPerSecond = 1_000_000n;
  let offset = 0n;
  for (const { code, value } of body.options ?? []) {
    const { isBinary, exponent, seconds } = value as { isBinary: boolean; exponent: number; seconds: number };
    if (code === 9) unitsPerSecond = (isBinary ? 2n : 10n) ** BigInt(exponent);
    if (code === 14) offset = BigInt(seconds) * 1_000_000n;
  }
  return { linkType: body.linkType, snapLength: body.snapLength, unitsPerSecond, offset };
}

function readPcapng(octets: Buffer): Collected[] {
  const io = streamOver(octets);
  const packets: Collected[] = [];
  let interfaces: OracleInterface[] = [];
  let little = true;
  let number = 0;
  let last = EARLIEST;
  while (io.pos < io.size) {
    try {
      if (octets.readUInt32BE(io.pos) === 0x0a0d0d0a) {
        little = octets[io.pos + 8] === 0x4d;
        readSectionHeader(io, little);
        interfaces = [];
        continue;
      }
      const { blockType, body } = readBlock(io, little);
      if (blockType === 1) interfaces.push(describe(body as InterfaceDescription));
      if ([9, 0xbad, 0x40000bad].includes(blockType)) number++;
      if (![2, 3, 6].includes(blockType)) continue;
      const packet = body as PacketBody;
      const { linkType, snapLength, unitsPerSecond, offset } = interfaces[packet.interfaceId ?? 0];
      let { data } = packet;
      if (packet.timeHigh !== undefined && packet.timeLow !== undefined) {
        const units = (BigInt(packet.timeHigh) << 32n) | BigInt(packet.timeLow);
        const ts = (units * 1_000_000n) / unitsPerSecond + offset;
        last = ts > BigInt(LATEST) && units >> 63n === 1n ? EARLIEST : clamp(ts);
      }
      if (packet.paddedData !== undefined) {
        const kept = snapLength === 0 ? packet.originalLength : Math.min(packet.originalLength, snapLength);
        data = packet.paddedData.subarray(0, kept);
      }
      const hex = Buffer.from(data ?? []).toString('hex');
      packets.push({ ts: last, linkType, hex, originalLength: packet.originalLength, number: ++number, input: 0 });
    } catch {
      break;
    }
  }
  return packets;
}
