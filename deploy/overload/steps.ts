/**
 * When content is shed, and how much: decided here alone, by how full the shards' rings are. One step up when a ring is a
 * quarter full for a fifth of a second (64 MiB are half a second of 1 Gbit/s), the next one only if that did not make it
 * emptier; one step down when all have been nearly empty for ten seconds. Where that proves too early, the next time it
 * takes twice as long, up to five minutes: a load that stays must not give an event every ten seconds. While there is no
 * table of priorities no step is taken, for nothing would be shed; that it is too much is told all the same, once until
 * it was calm.
 */
import { MAX_STEP } from '../../sensor/sensor.ts';

export interface OverloadMarks {
  /** Shares of a ring: from here it counts as too full, and up to here as empty. */
  readonly full: number;
  readonly calm: number;
  /** How long it must be so, ms. */
  readonly fullMs: number;
  readonly calmMs: number;
  readonly mostCalmMs: number;
}

export const usualMarks: OverloadMarks = { full: 0.25, calm: 0.05, fullMs: 200, calmMs: 10_000, mostCalmMs: 300_000 };

/** A step up or down; from 0 to 0: too full, and no table by which anything could be shed. */
export interface ShedChange {
  /** Packet time, µs. */
  readonly ts: number;
  readonly from: number;
  readonly step: number;
  /** Share of the fullest ring that was taken. */
  readonly fill: number;
}

export class Overload {
  step = 0;
  #fullSince = Number.POSITIVE_INFINITY;
  #calmSince = Number.POSITIVE_INFINITY;
  /** How full it was when a step was last taken up. */
  #fillAtStep = 0;
  #calmMs: number;
  #loweredAt = Number.NEGATIVE_INFINITY;
  /** That nothing may be shed was told, and it was not calm since. */
  #isTold = false;

  constructor(
    /** How full the fullest ring is, 0…1. */
    private readonly pressure: () => number,
    /** Whether anything may be shed. */
    private readonly may: () => boolean,
    private readonly marks: OverloadMarks = usualMarks,
  ) {
    this.#calmMs = marks.calmMs;
  }

  /** `now`: ms of a clock that never goes back; `clock`: packet time, µs. Null while the step stays. */
  look(now: number, clock: number): ShedChange | null {
    const { marks } = this;
    const fill = this.pressure();
    if (fill < marks.full) this.#fullSince = Number.POSITIVE_INFINITY;
    else this.#fullSince = Math.min(this.#fullSince, now);
    if (fill > marks.calm) this.#calmSince = Number.POSITIVE_INFINITY;
    else this.#calmSince = Math.min(this.#calmSince, now);
    if (!this.may()) return this.#tell(now, clock, fill);
    if (now - this.#fullSince >= marks.fullMs) return this.#rise(now, clock, fill);
    return this.step > 0 && now - this.#calmSince >= this.#calmMs ? this.#lower(now, clock, fill) : null;
  }

  #rise(now: number, clock: number, fill: number): ShedChange | null {
    this.#fullSince = now;
    const isWorking = this.step > 0 && fill < this.#fillAtStep;
    this.#fillAtStep = fill;
    if (this.step === MAX_STEP || isWorking) return null;
    // Lowered a moment ago, and too early; after a long calm everything begins anew.
    const sinceLowered = now - this.#loweredAt;
    if (sinceLowered < this.#calmMs) this.#calmMs = Math.min(this.marks.mostCalmMs, 2 * this.#calmMs);
    else if (this.step === 0 && sinceLowered > this.marks.mostCalmMs) this.#calmMs = this.marks.calmMs;
    return this.#go(this.step + 1, clock, fill);
  }

  #lower(now: number, clock: number, fill: number): ShedChange {
    this.#calmSince = this.#loweredAt = now;
    return this.#go(this.step - 1, clock, fill);
  }

  /** Without a table. */
  #tell(now: number, clock: number, fill: number): ShedChange | null {
    if (this.step > 0) return this.end(clock);
    if (now - this.#calmSince >= this.marks.calmMs) this.#isTold = false;
    if (this.#isTold || now - this.#fullSince < this.marks.fullMs) return null;
    this.#isTold = true;
    return this.#go(0, clock, fill);
  }

  /** Nothing more is shed, for the input is over or the table empty. Null when nothing was. */
  end(clock: number): ShedChange | null {
    return this.step === 0 ? null : this.#go(0, clock, 0);
  }

  #go(step: number, ts: number, fill: number): ShedChange {
    const from = this.step;
    this.step = step;
    return { ts, from, step, fill: Math.round(fill * 1000) / 1000 };
  }
}
