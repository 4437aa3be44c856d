/** What is said of a leaked sample in English. */
export const leakEn = {
  help: 'a file of leaked values, one a line or in columns (CSV), at most 10,000 lines: who had all of them',
  unreadable: (file: string, reason: string) => `cannot read ${file}: ${reason}`,
  tooLong: (file: string, most: string) =>
    `${file} has more than ${most} lines: split it, or take a sample; a hundred values tell a thief.`,
  encoding: (file: string) =>
    `${file} is neither UTF-8, UTF-16 with its mark, nor GB18030 text: save it as UTF-8. A spreadsheet must be saved as CSV.`,
  nothing: (file: string, masked: string) =>
    `no line of ${file} has the form of a kind of data that is kept by value (${masked} lines are masked: a mask stands for many values).`,
  sample: (usable: string, lines: string, kinds: string) => `${usable} different values in ${lines} lines: ${kinds}`,
  skipped: (count: string, lines: string) =>
    `${count} lines were left out, since they have the form of no kind of data that is kept by value: line ${lines}`,
  masked: (count: string, lines: string) =>
    `${count} lines are masked and were left out, since their masks leave too much open: line ${lines}`,
  guessed: (count: string, tried: string, lines: string) =>
    `${count} lines are masked: each value that a mask may stand for was looked for (${tried} in all). This is weaker than a value, since several people may share a mask: line ${lines}`,
  maskedValue: (tried: string, seen: string) =>
    `A mask was looked for: of ${tried} values that it may stand for, ${seen} were seen. They may be several people's.`,
  openMask:
    'the mask leaves too much open to be looked for: give more digits of a mobile number, identity number or bank card.',
  none: 'None of the values was seen in what is stored.',
  found: (found: string, usable: string, calls: string, accounts: string, clients: string, apis: string) =>
    `${found} of ${usable} were seen, in ${calls} calls of ${accounts} accounts from ${clients} clients through ${apis} APIs.`,
  narrowest: {
    account: (key: string, matched: string, of: string) =>
      `The narrowest explanation: account ${key} had ${matched} of the ${of} that were seen.`,
    client: (key: string, matched: string, of: string) =>
      `The narrowest explanation: client ${key} had ${matched} of the ${of} that were seen.`,
    api: (key: string, matched: string, of: string) =>
      `The narrowest explanation: API ${key} gave ${matched} of the ${of} that were seen.`,
  },
  runnerUp: (key: string, matched: string) => `The next one of its kind, ${key}, had ${matched}.`,
  oneCall: (uid: string, matched: string) => `One call alone had ${matched} of them: ${uid}.`,
  cover: (parts: string) => `Nobody alone had nine tenths of them. Together they are explained by: ${parts}.`,
  completeness: (share: string) => `Of the packets of these calls ${share} was seen.`,
  columns: { had: 'had', calls: 'calls', persons: 'persons', first: 'first', last: 'last' },
  titles: { account: 'Accounts', client: 'Clients', api: 'APIs', app: 'Applications', day: 'Days' },
  subject: {
    userAgent: 'only calls whose User-Agent contains this text',
    referer: 'only calls whose Referer contains this text',
    session: 'only calls of this session (its hash or beginning)',
    device: 'only calls of this kind of device: chrome/windows, okhttp …',
  },
  path: {
    help: 'also the way there: what the suspected caller did around it, from the login on, as a timeline',
    title: (kind: string, key: string) => `The way of ${kind} ${key}`,
    kinds: { account: 'account', session: 'session', client: 'client' },
    columns: { last: 'until', step: 'step', traced: 'traced' },
    roles: {
      login: 'login',
      logout: 'logout',
      listing: 'listing',
      detail: 'detail',
      export: 'export',
      other: 'other',
    },
    failed: (role: string) => `${role}, failed`,
    someFailed: (role: string, count: string) => `${role}, ${count} failed`,
    completeness: (calls: string, share: string) =>
      `${calls} calls; of their packets ${share} was seen. Repeated steps stand once; a call that no tap saw is not here.`,
    cut: 'There is more than is told here: narrow it down with --since and --until.',
    none: 'No caller is known whose way could be told.',
  },
  cards: { data: 'Data in these calls', owners: 'Responsible', owner: 'owner', department: 'department', name: 'name' },
  evidence: {
    exports: 'hand over what was found to others',
    help: 'a signed zip of one finding: masked calls, ledger, rule text, and how to verify it with openssl and sha256sum',
    out: 'the file to write (default: evidence-ID.zip)',
    by: 'who takes it (default: the user of this process); it stands in the log',
    written: (file: string, writer: string) =>
      `${file} is written, signed by ${writer}. VERIFY.txt in it says how to prove it.`,
  },
};
