/** Every sentence of the command line in English. `zh-cn.ts` has the same keys, which the type enforces. */
import { accessLogEn } from './access-log-en.ts';
import { applicationsEn } from './applications-en.ts';
import { auditEn } from './audit-en.ts';
import { baselineEn } from './baseline-en.ts';
import { busEn } from './bus-en.ts';
import { driftEn } from './drift-en.ts';
import { fieldsEn } from './fields-en.ts';
import { findingsEn } from './findings-en.ts';
import { helpEn } from './help-en.ts';
import { labelsEn } from './labels-en.ts';
import { leakEn } from './leak-en.ts';
import { ledgerEn } from './ledger-en.ts';
import { revealEn } from './reveal-en.ts';
import { ruleTrialEn } from './rule-trial-en.ts';
import { schemaEn } from './schema-en.ts';
import { templatesEn } from './templates-en.ts';
import { termsEn } from './terms-en.ts';
import { tlsEn } from './tls-en.ts';
import { traitsEn } from './traits-en.ts';

type Shape<T> = T extends string
  ? string
  : T extends (...values: infer V) => string
    ? (...values: V) => string
    : { readonly [K in keyof T]: Shape<T[K]> };

function s(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`;
}

export const en = {
  language: 'en',
  help: helpEn,
  ledger: ledgerEn,
  accessLog: accessLogEn,
  applications: applicationsEn,
  baseline: baselineEn,
  drift: driftEn,
  reveal: revealEn,
  ruleTrial: ruleTrialEn,
  templates: templatesEn,
  traits: traitsEn,
  fields: fieldsEn,
  labels: labelsEn,
  findings: findingsEn,
  terms: termsEn,
  tls: tlsEn,
  audit: auditEn,
  leak: leakEn,
  schema: schemaEn,
  bus: busEn,
  errors: {
    prefix: 'apiris',
    unexpected: (message: string) =>
      `a defect of apiris, not of your input: ${message} (APIRIS_DEBUG=1 shows where; please report it)`,
    unknownOption: (name: string) => `there is no option ${name}.`,
    unknownCommand: (name: string) => `there is no command «${name}».`,
    didYouMean: (name: string) => `Did you mean ${name}?`,
    seeHelp: (command: string) => `${command} --help lists what there is.`,
    tooManyArguments: (command: string) => `too many arguments for ${command}.`,
    missingArgument: (name: string) => `${name} is missing.`,
    optionNeedsValue: (option: string) => `option ${option} needs a value.`,
    badChoice: (option: string, value: string, choices: string) =>
      `${option} cannot be «${value}»; it is one of ${choices}.`,
    badNumber: (option: string, value: string) => `${option} must be a whole number from 0 up, not «${value}».`,
    badStoreUrl:
      '--store must be https://host:8443, http://host:8123 or unix:/path; name and password belong in the configuration (store.user, store.passwordFile).',
    badShards: (value: string) => `--shards must be a whole number from 1 to 64, not «${value}».`,
    badStatus: (value: string) => `--status must be a code or a class, such as 404 or 4xx, not «${value}».`,
    badTime: (option: string, value: string) =>
      `${option} must be a span back from the newest packet (30m, 2h, 7d) or a time (2026-11-21, 2026-11-21T10:00:00Z), not «${value}».`,
    badApiId: (value: string) => `«${value}» is no API id: it is 1 to 16 hex digits, as \`apiris apis\` shows them.`,
    noStore: (data: string) =>
      `there is no store in ${data}. Read a capture first: apiris replay FILE, or name the folder with --data.`,
    noApi: (id: string) => `no API has an id that begins with ${id}. \`apiris apis --assets\` lists all of them.`,
    severalApis: (id: string, count: number) =>
      `${s(count, 'API')} have an id that begins with ${id}; give more digits:`,
    noDemoCapture: (file: string) =>
      `the shipped capture ${file} is missing. \`npm run fixtures:record\` makes it again; any capture of yours works too: apiris replay FILE.`,
    outputFile: (file: string, reason: string) => `cannot write ${file}: ${reason}`,
    interrupted: 'interrupted. What was stored stays stored; the same command goes on from there.',
    interruptedPipe:
      'interrupted. What was read of the pipe is stored and counts as read; the rest of it was not read. Give the same input again to have the rest: what is stored is not counted twice.',
    interruptedOutput: 'interrupted. What was written is not all there is.',
  },
  progress: {
    of: (done: string, total: string) => `${done} of ${total}`,
    packets: (count: string) => `${count} packets`,
    calls: (count: string) => `${count} calls`,
  },
  replay: {
    read: (files: number, bytes: string, packets: number, time: string) =>
      `Read ${s(files, 'capture')}: ${bytes}, ${s(packets, 'packet')}, in ${time}`,
    states: {
      read: 'read',
      resumed: 'continued where an earlier run had stopped',
      known: 'already known: nothing new was counted',
    },
    exchanges: 'exchanges',
    rate: (perSecond: string) => `${perSecond}/s`,
    stored: 'stored',
    applications: 'applications',
    apis: 'APIs',
    allInStore: 'in the store',
    ledgerTitle: 'Where everything went',
    detailTitle: 'Why it did not go on',
    weirdTitle: 'Oddities on the wire',
    damageTitle: 'Damaged input',
    damage: (input: string, offset: string, reason: string) => `${input}: at byte ${offset}: ${reason}`,
    imbalance: (problem: string) => `The ledger does not add up (${problem}): a defect of apiris, please report it.`,
    nextTitle: 'Next',
    next: {
      overview: 'how things stand',
      apps: 'the applications',
      apis: 'their APIs',
      calls: 'the newest calls',
      findings: 'what is wrong',
      health: 'how complete this is',
    },
  },
  sensor: {
    bodiesWarning: 'warning: --bodies writes message bodies and credentials in clear, personal data included.',
    done: (exchanges: number, packets: number) => `${s(exchanges, 'exchange')} of ${s(packets, 'packet')} written.`,
  },
  live: {
    ready: (what: string, data: string, address: string) =>
      `reading ${what} into ${data}; other commands work beside it, and tools find it at ${address}.`,
    listening: (what: string) => `reading ${what}; end it with Ctrl-C.`,
    oneInput: 'name one input: --interface IF, --read-folder DIR, or --read - for a stream.',
    onlyInterface: (option: string) => `${option} belongs to --interface.`,
    outOfRange: (option: string, least: number, most: number) => `${option} must be ${least} to ${most}.`,
    badPart: (value: string) => `--part must be k/n with k from 1 to n, such as 1/2, not «${value}».`,
    badPlace: (option: string, value: string) =>
      `${option} must be host:port, such as 127.0.0.1:18123, or unix:/path, not «${value}».`,
    metrics: (address: string) => `metrics at ${address}/metrics, health at ${address}/health.`,
    partMisses:
      'with --part, frames with a VLAN tag and whatever is not IP go to the first part alone, and tunnels are parted by their outer addresses; fragments stay with their connection.',
  },
  doctor: {
    looked: (packets: string, exchanges: string) =>
      `${packets} packets were looked at; ${exchanges} HTTP exchanges were in them.`,
    fine: 'Nothing is wrong with this mirror.',
    symptoms: {
      empty: {
        seen: 'Nothing arrives.',
        ask: 'Ask whether the mirror session is switched on, which port it goes to, and whether that cable is this one.',
      },
      'wrong-vlan': {
        seen: 'Nearly nothing but broadcast and multicast frames: what a switch sends to every port of a VLAN.',
        ask: 'Ask which VLAN or ports the mirror session has as its source, and whether the application servers are in it; and whether this port is the destination of a mirror at all, or only a member of a VLAN.',
      },
      'not-tcp': {
        seen: 'There is traffic, but next to no TCP.',
        ask: 'Ask for the ports or VLANs of the application servers to be mirrored; this looks like an ordinary switch port.',
      },
      encrypted: {
        seen: 'Nearly everything is encrypted (TLS or QUIC).',
        ask: 'Ask for a mirror behind the device that ends TLS (load balancer, gateway), between it and the servers; or give the session keys (--tls-keylog).',
      },
      'not-http': {
        seen: 'There is TCP, but next to no HTTP: other protocols.',
        ask: 'Ask for the ports of the application servers to be mirrored, behind the device that ends TLS.',
      },
      'one-way': {
        seen: 'Connections are seen in one direction only.',
        ask: 'Ask for both directions (rx and tx) of the port, or for the second path where routing is asymmetric.',
      },
      'vlan-missing': {
        seen: 'Connections have one VLAN id for each direction, and of others only one direction is seen.',
        ask: 'Ask for every VLAN of the path to be mirrored, the one of the way back too.',
      },
      'vlan-apart': {
        seen: 'The two directions of connections have different VLAN ids, and capture.separateVlans takes them for two connections each.',
        ask: 'Set capture.separateVlans: false, or ask for a mirror in which both directions have one VLAN id.',
      },
      'other-servers': {
        seen: 'There is HTTP, but none of it is of an application that the configuration names.',
        ask: 'Ask whether the VLAN or the ports of those servers are mirrored, and compare the names with applications in the configuration (apiris apps shows what is seen).',
      },
      doubled: {
        seen: 'The same data comes twice.',
        ask: 'Ask for one place to be mirrored: both ends of a link, or rx and tx of two ports on the way, give each packet twice.',
      },
      cut: {
        seen: 'Frames are cut.',
        ask: 'Ask for whole frames (no truncation or slicing in the mirror or broker); for files, capture with tcpdump -s 0.',
      },
      merged: {
        seen: 'Frames are larger than any on the wire: a network card put them together. They can be read.',
        ask: 'Nothing is lost by it. To see frames as they were sent: ethtool -K IF gro off lro off tso off.',
      },
      holes: {
        seen: 'Parts of the streams are missing.',
        ask: 'Ask whether the mirror port is overloaded (both directions of a full link need twice its rate) and drops packets.',
      },
      'dropped-here': {
        seen: 'This machine drops packets.',
        ask: 'Give it a larger buffer (--buffer), a narrower filter (--filter), or share the port (--part).',
      },
      tunnelled: {
        seen: 'Many frames have headers that cannot be read.',
        ask: 'Ask how the mirror wraps its frames (ERSPAN, VXLAN, vendor tags), and for plain frames where it can; a UDP port of its own for VXLAN or Geneve goes to capture.vxlanPorts, capture.genevePorts.',
      },
    },
  },
  columns: {
    place: 'network',
    app: 'application',
    appName: 'name',
    apis: 'APIs',
    calls: 'calls',
    errors: 'errors',
    clients: 'clients',
    bytes: 'bytes',
    firstSeen: 'first seen',
    lastSeen: 'last seen',
    id: 'id',
    method: 'method',
    template: 'template',
    style: 'style',
    state: 'state',
    latency: 'median',
    p95: '95 %',
    time: 'time',
    path: 'path',
    status: 'status',
    client: 'client',
    duration: 'took',
    key: 'key',
    value: 'value',
    from: 'from',
    stage: 'stage',
    unit: 'unit',
    in: 'in',
    out: 'out',
    skipped: 'skipped',
    lost: 'lost',
    balance: 'adds up',
    what: 'what',
    count: 'count',
    kind: 'kind',
    share: 'of stage',
    carrying: 'with a credential',
    bound: 'account known',
    boundShare: 'share',
    logins: 'logins',
    weird: 'oddity',
    meaning: 'meaning',
    source: 'source',
    packets: 'packets',
    damage: 'damage',
    api: 'API',
    requests: 'sent',
    responses: 'received',
  },
  cells: {
    yes: 'yes',
    no: 'NO',
    none: '—',
    others: 'all others',
    operation: (template: string, operation: string) => `${template} · ${operation}`,
    states: {
      candidate: 'candidate',
      provisional: 'provisional',
      confirmed: 'confirmed',
    },
    lifecycle: { new: 'new', active: 'active', inactive: 'inactive', revived: 'revived' },
    noResponse: 'no response',
  },
  lists: {
    empty: 'Nothing matches.',
    more: (shown: number) => `The first ${shown.toLocaleString('en-US')} are shown; --limit shows more.`,
    assetsHidden: (count: number) => `${s(count, 'static file')} not shown; --assets shows them.`,
    candidatesHidden: (count: number) =>
      `${s(count, 'path')} that never answered with success not shown; --state candidate shows them.`,
  },
  api: {
    id: 'id',
    app: 'application',
    method: 'method',
    template: 'template',
    operation: 'operation',
    format: 'style',
    state: 'state',
    stateValue: (lifecycle: string, discovery: string) => `${lifecycle}; discovery: ${discovery}`,
    life: 'its life',
    since: (state: string, time: string) => `${state} since ${time}`,
    calls: 'calls',
    errors: 'errors',
    clients: 'clients',
    requestBytes: 'sent',
    responseBytes: 'received',
    latency: 'latency',
    latencyValue: (median: string, p95: string) => `median ${median}, 95 % within ${p95}`,
    firstSeen: 'first seen',
    lastSeen: 'last seen',
    statuses: 'status codes',
    days: 'days',
    reasonTemplate: 'template because',
    reasonFormat: 'style because',
    reasonFunctions: 'functions because',
    callsTitle: 'Newest calls',
  },
  health: {
    words: {
      complete: 'complete',
      degraded: 'degraded',
      blind: 'blind',
    },
    meaning: {
      complete: 'What the mirror delivered was read in full.',
      degraded: 'Part of the traffic could not be read; what is shown is true, but not all of it.',
      blind: 'No HTTP traffic was read; nothing can be said about the APIs.',
    },
    reasonsTitle: 'Why',
    sheddingTitle: 'Left unread under load',
    sheddingStep: 'step',
    sheddingUnread: 'left unread from then on',
    sheddingFill: 'queue full',
    sheddingNone: 'nothing by its worth: no priorities are known',
    sourcesTitle: 'Sources',
    bindingsTitle: 'Whose calls are known',
    newest: (time: string) => `Newest packet: ${time}`,
    reasons: {
      noPackets: () => 'No packet was read: the mirror delivers nothing, or the input was empty.',
      silent: (sources: string) => `For two minutes and more nothing has come from: ${sources}.`,
      noHttp: (packets: string) => `${packets} packets were read, and no HTTP message was in them.`,
      imbalance: (problem: string) => `The ledger does not add up (${problem}).`,
      damage: (inputs: string) => `Inputs damaged or read in part: ${inputs}.`,
      encrypted: (bytes: string, share: string) =>
        `${bytes} (${share}) were encrypted (TLS without keys, QUIC): nobody could read what is in them.`,
      gaps: (bytes: string, share: string) =>
        `${bytes} are missing from the streams (${share}): the mirror or the capture dropped packets.`,
      wireLoss: (bytes: string, share: string) =>
        `About ${bytes} (${share}) were on the wire and never came here: receivers acknowledged them.`,
      oneSided: (flows: string, share: string) =>
        `${flows} connections (${share}) were seen in one direction only: the mirror should deliver both.`,
      evicted: (flows: string) => `${flows} connections were forgotten because the table was full.`,
      shed: (bodies: string, bytes: string, share: string) =>
        `There was more than could be read: ${bodies} bodies (${bytes}, ${share}) were left unread, by the table of priorities.`,
      shedding: (what: string) => `Content is being left unread now: ${what}.`,
      steps: [
        'everything is read',
        'responses of APIs of low priority',
        'responses of medium priority and of unknown APIs',
        'all responses but of logins, accounts and trade',
        'responses and requests but of logins, accounts and trade',
      ] as readonly string[],
      sampled: (segments: string, share: string) =>
        `Sampling is configured: ${segments} segments (${share}) were left out on purpose, and every figure is of the connections that were read.`,
      cut: (packets: string, share: string) =>
        `${packets} frames (${share}) were cut by the snap length: capture whole frames (tcpdump -s 0).`,
      lost: (what: string, count: string, share: string) => `${what}: ${count} (${share}).`,
      diskLow: (bytes: string, share: string) =>
        `${bytes} (${share}) are free on the disk of the data folder: make room, or shorten retention.`,
      diskDropping: (bytes: string, share: string) =>
        `${bytes} (${share}) are free on the disk: the oldest data of little worth goes, month by month (apiris audit log --kind retention).`,
      diskFull: (bytes: string, share: string) =>
        `${bytes} (${share}) are free on the disk, and nothing more may go: make room, or what is to be stored waits.`,
      unfinished: (sources: string) => `Sources not read to their end: ${sources}; replay them again.`,
    },
  },
  config: {
    fine: (file: string) => `${file} is a valid configuration.`,
    none: 'No configuration file is named; every key has its default.',
  },
  demo: {
    title: 'Apiris demo: six trading days of a small brokerage, captured for real, and ten attacks in them',
    reading: (file: string) => `1. Reading ${file}: packets become HTTP exchanges and calls`,
    known: 'This capture was read before: everything is already known, and nothing is counted twice.',
    apps: '2. The applications: every host name or address that spoke HTTP, with nothing configured',
    apis: '3. Their APIs, by number of calls: varying path segments became {parameters}',
    labels: '4. The personal and trading data they gave out, recognised by content and name; samples are masked',
    calls: '5. Some calls with such data: who asked (the account where it is known), and what came back',
    anyCalls: '5. Some calls: each row is one request with its response; values in paths and queries are masked',
    ledger: '6. The ledger: where every packet, byte and message went; each stage adds up to the unit',
    next: 'Look around: the store stays',
  },
};

export type Texts = Shape<typeof en>;
