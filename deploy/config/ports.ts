/** The key `ports`: what a port's connections speak, for those whose beginning the mirror did not show. */
import type { PortSpeech } from '../../sensor/sensor.ts';
import type { Node } from './document.ts';
import { readText } from './fields.ts';
import type { Problems } from './problems.ts';

/** By TCP port. */
export type PortHintsConfig = Readonly<Record<string, PortSpeech>>;

const SPEECHES: readonly PortSpeech[] = ['http1', 'h2', 'tls', 'none'];
const MOST = 256;

/** A mapping of TCP ports to what they speak; it may be empty. */
export function readPortHints(node: Node, path: string, problems: Problems): PortHintsConfig | undefined {
  if (node.kind !== 'mapping' || node.entries.length > MOST) {
    problems.add(`${path} is not a mapping of at most ${MOST} ports`, node.place, 'write {"50051": h2}');
    return undefined;
  }
  const hints: Record<string, PortSpeech> = {};
  for (const { key, value, place } of node.entries) {
    const full = `${path}.${key}`;
    if (!/^[1-9]\d{0,4}$/.test(key) || Number(key) > 65_535) {
      problems.add(`${full} is no port`, place, 'write 1 to 65535');
      continue;
    }
    const text = readText(value, full, problems);
    const speech = SPEECHES.find((each) => each === text);
    if (speech !== undefined) hints[key] = speech;
    else if (text !== undefined)
      problems.add(`${full} "${text}" is no protocol`, value.place, `write one of ${SPEECHES.join(', ')}`);
  }
  return hints;
}
