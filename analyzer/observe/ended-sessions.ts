/**
 * Sessions that go on after they were ended. A session ends with a logout that succeeded, and lives again by a login.
 * Value: seconds between the logout and a call with the same credential that was given somebody's data; calls within a
 * minute may have been under way. All that a call carries has to be of ended sessions: an app's own mark goes along with
 * the next session, too. An API that gives its data to anybody shows nothing. Bound: 50,000 sessions that were ended last.
 */
import { type Observation, observationVersion } from '../observation.ts';
import type { MeasuredApiCall } from './measured-call.ts';
import { Recent, type RecentSnapshot } from './recent.ts';

export interface SessionUse extends MeasuredApiCall {
  readonly session: string;
  /** All credentials of sessions that the request carries. */
  readonly sent: readonly string[];
  readonly account: string | undefined;
}

/** `time`: of the logout, 0 while the session lives. */
interface State {
  time: number;
  uid: string;
}

export interface EndedSessionsSnapshot {
  readonly sessions: RecentSnapshot<State>;
}

const underWay = 60e6;

export class EndedSessions {
  readonly #sessions = new Recent<State>(50_000);

  constructor(private readonly isOpen: (apiId: string) => boolean = () => false) {}

  get evicted(): number {
    return this.#sessions.evicted;
  }

  end({ session, sent, time, uid }: SessionUse): void {
    Object.assign(this.#sessions.touch(session, newState), { time, uid });
    for (const each of sent) Object.assign(this.#sessions.touch(each, newState), { time, uid });
  }

  begin(session: string): void {
    const state = this.#sessions.peek(session);
    if (state !== undefined) state.time = 0;
  }

  /** Of a call that was given somebody's data. */
  take(use: SessionUse): Observation | undefined {
    const state = this.#sessions.peek(use.session);
    if (state === undefined || state.time === 0 || use.time - state.time < underWay) return undefined;
    if (this.isOpen(use.apiId) || !use.sent.every((each) => this.isEnded(each))) return undefined;
    const { time, app, apiId, method, template, client, account } = use;
    return {
      v: observationVersion,
      measure: 'ended-session',
      subject: { kind: 'session', id: use.session },
      ...{ app, apiId, method, template },
      begin: state.time,
      end: time,
      window: time - state.time,
      value: Math.round((time - state.time) / 1e6),
      numbers: {},
      samples: [state.uid, use.uid],
      clients: [client],
      accounts: account === undefined ? [] : [account],
      completeness: use.completeness,
    };
  }

  isEnded(session: string): boolean {
    return (this.#sessions.peek(session)?.time ?? 0) !== 0;
  }

  snapshot(): EndedSessionsSnapshot {
    return { sessions: this.#sessions.snapshot((state) => ({ ...state })) };
  }

  restore({ sessions }: EndedSessionsSnapshot): void {
    this.#sessions.restore(sessions, (state) => ({ ...state }));
  }
}

function newState(): State {
  return { time: 0, uid: '' };
}
