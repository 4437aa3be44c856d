/** What is said of what is usual, in English. */
export const baselineEn = {
  help: {
    baseline: 'what is usual of an API, account, client or application: shown, frozen, learnt anew',
    show: 'what judging has learnt of it, since when, what is missing, and what it tells from there on',
    freeze:
      'from now on nothing more of it becomes usual (against slow poisoning); it is judged by what is known, until --clear',
    relearn: 'forget what was learnt of it, and learn from now on; it is no longer frozen then',
    clear: 'take the freeze back: it is learnt of again',
    id: 'an API id, an account (masked#hash or login name), a client address, an application',
  },
  title: 'What is usual',
  since: (time: string) => `, learnt since ${time}`,
  columns: {
    what: 'what is counted',
    of: 'where',
    state: 'known',
    median: 'median',
    high: 'most',
    told: 'told',
    last: 'last',
  },
  frozen: (when: string, by: string, note: string) => `Frozen since ${when} by ${by} (${note}): it learns no more.`,
  relearnt: (when: string) => `It is learnt anew since ${when}.`,
  learning: 'learning',
  said: {
    freeze:
      'Judging follows with its next saving (some ten seconds) where an appliance runs, else with the next replay.',
    relearn:
      'It is forgotten with the next saving (some ten seconds) where an appliance runs, else with the next replay.',
    clear: 'It is learnt of again from the next saving or replay on.',
  },
  learnt: 'learnt',
  lacking: (what: string) => `needs ${what}`,
  tooLittle: 'too little',
  lessons: {
    days: (count: string) => `${count} days`,
    windows: (count: string) => `${count} windows`,
    answers: (count: string) => `${count} answers`,
    calls: (count: string) => `${count} calls`,
  },
  legend: {
    new: 'Until it is learnt, what is told is what would be much for anybody.',
    told: 'Windows that were told of teach nothing, so an attack does not become usual.',
  },
  measures: {
    'rate-client': 'calls',
    'rate-account': 'calls',
    'rate-api': 'calls',
    'rate-function': 'calls',
    persons: 'different persons',
    'exported-persons': 'persons exported',
    'off-hours': 'persons outside working hours',
    'persons-abroad': 'persons given abroad',
    'response-size': 'persons in one answer',
    'label-hits': 'labelled values in one answer',
    'labels-of-day': 'kinds of data',
    'server-errors': 'share of server failures',
    'slow-answers': 'time of an answer',
    'traffic-drop': 'calls at this hour of the day',
  },
  slots: { session: 'session', 'off-session': 'off session', 'free-day': 'free days' },
  spans: {
    '1': 'a second',
    '60': 'a minute',
    '1800': 'in half an hour',
    '3600': 'an hour',
    '86400': 'a day',
  },
  errors: {
    nothing: (id: string) => `Nothing was learnt of ${id}: judging has met no such subject, or has forgotten it.`,
    otherVersion:
      'What is stored was learnt by another version of apiris; this one learns anew with the next capture or run.',
    notFrozen: (id: string) => `${id} is not frozen; there is nothing to take back.`,
    empty: 'Nothing was learnt yet: no capture was read to its end, and no appliance has run.',
  },
};
