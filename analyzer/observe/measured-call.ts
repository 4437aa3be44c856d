/** What every measure is told of a call that it counts; each adds what it is about. */
export interface MeasuredCall {
  /** Order time, integer µs. */
  readonly time: number;
  readonly uid: string;
  readonly app: string;
  readonly client: string;
  /** Share of the exchange that was seen, sampling included, 0…1. */
  readonly completeness: number;
}

/** The same where the interface matters. */
export interface MeasuredApiCall extends MeasuredCall {
  readonly apiId: string;
  readonly method: string;
  readonly template: string;
}
