/** What is said of revealing clear text, in English. */
export const revealEn = {
  help: {
    reveal:
      'clear text of an exchange that was kept sealed: one person asks and says why, a second one grants it with a key of ' +
      'their own, then the first may look for a while; every step is in the log. Without arguments: the requests',
    uid: 'the exchange: uid of a call',
    label: 'ask for the values of these kinds alone, such as mobile',
    whole: 'ask for the whole exchange',
    by: 'who asks, or looks',
    note: 'why',
    approve: 'grant this request',
    key: 'the private key of whoever grants it (X25519, PEM, mode 600)',
    minutes: 'how long it may be looked at; at most what privacy.evidence.minutes says',
    end: 'take this request or grant back',
  },
  columns: {
    time: 'time',
    request: 'request',
    by: 'by',
    exchange: 'exchange',
    what: 'what',
    state: 'state',
    approver: 'granted by',
    shown: 'looks',
    note: 'note',
    label: 'kind',
    value: 'value',
    place: 'place',
  },
  states: { asked: 'waits', ended: 'over', until: (time: string) => `until ${time}` },
  whole: 'all of it',
  asked: (request: string, approvers: string) =>
    `Request ${request} waits for one of: ${approvers}. They type:\n  apiris reveal --approve ${request} --key FILE --note TEXT`,
  approved: (approver: string, by: string, until: string) => `${approver} grants it: ${by} may look until ${until}.`,
  ended: 'Taken back.',
  granted: (approver: string, request: string, until: string) =>
    `CLEAR DATA, granted by ${approver} (request ${request}) until ${until}. This look is in the log.`,
  noValue: 'No value of the kinds that were granted is in what was kept.',
  cut: (captured: string, bytes: string) => `… (${captured} of ${bytes} octets were kept)`,
  problems: {
    'not-kept':
      'This exchange is not kept: it is too old, nothing that is looked for was in it, or nothing was being kept when it ' +
      'was read (privacy.evidence).',
    stranger: 'This is not the private key of anyone that privacy.evidence.approvers names.',
    'same-person': 'Who asked cannot grant: a second person must.',
    'other-key': 'The exchange was sealed before this key was named as an approver’s: another approver must grant it.',
    'not-granted':
      'Nothing of this exchange is granted to this person now. See apiris reveal; ask with --label or --whole.',
    damaged: 'What was kept cannot be opened: evidence.key is another one, or the file was changed.',
  },
  errors: {
    off: 'Nothing is kept: the configuration has no privacy.evidence.',
    nobody: 'Nobody but who asks could grant this: name a second approver (privacy.evidence.approvers).',
    needs: (option: string) => `This needs ${option}.`,
    oneThing: 'Give one of: an exchange, --approve, --end.',
    labelOrWhole: 'Give --label or --whole, not both.',
    sayWhat: 'Say what of it: --label LABEL… or --whole.',
    badUid: (text: string) => `«${text}» names no exchange: give the uid of a call, such as 5f0c1d2e3a4b5c6d-3.`,
    badLabel: (text: string) => `«${text}» is no kind of data; see apiris labels.`,
    badRequest: (text: string) => `«${text}» names no request: give its id, or how it begins.`,
    noRequest: (text: string) => `There is no request «${text}», or there are several; see apiris reveal.`,
    minutes: (most: string) => `--minutes must be 1 to ${most} (privacy.evidence.minutes).`,
    over: 'This request is granted or over already; see apiris reveal.',
  },
};
