/** One line on stderr that follows long work. Only on a terminal: a log file wants no such line. */
import type { ReplayProgress } from '../../deploy/appliance.ts';
import type { Surroundings } from './io.ts';
import { groupThousands } from './table.ts';
import type { Texts } from './text/en.ts';
import { zonedTime } from './time.ts';
import { humanBytes, humanShare } from './units.ts';
import { cutMiddle } from './width.ts';

/** ms between two lines: a terminal shows no more, and writing costs time. */
const interval = 100;
const clearLine = '\r\u001b[K';

export interface Progress {
  readonly show: (progress: ReplayProgress) => void;
  /** Removes the line. */
  readonly end: () => void;
}

export function startProgress(surroundings: Surroundings, texts: Texts, zone: string): Progress {
  const { stderr, now } = surroundings;
  let shown = false;
  let last = Number.NEGATIVE_INFINITY;
  // Progress must not fail the work: a terminal that went away is no reason to stop reading.
  const write = (text: string) => {
    try {
      void Promise.resolve(stderr.write(text)).catch(() => {});
    } catch {
      // Said above.
    }
  };
  return {
    show(progress) {
      if (!stderr.isTerminal || now() - last < interval) return;
      last = now();
      shown = true;
      write(clearLine + cutMiddle(progressLine(progress, texts, zone), stderr.columns - 1));
    },
    end() {
      if (shown) write(clearLine);
    },
  };
}

function progressLine(progress: ReplayProgress, texts: Texts, zone: string): string {
  const { bytesRead, totalBytes, packets, calls, packetTime } = progress;
  const done = humanBytes(bytesRead);
  const parts = [
    totalBytes !== null && totalBytes > 0
      ? `${texts.progress.of(done, humanBytes(totalBytes))} (${humanShare(Math.min(1, bytesRead / totalBytes))})`
      : done,
    texts.progress.packets(groupThousands(packets)),
    texts.progress.calls(groupThousands(calls)),
  ];
  if (packetTime > 0) parts.push(zonedTime(packetTime, zone));
  return parts.join(' · ');
}
