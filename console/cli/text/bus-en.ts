/** What is said of the roles that talk by a bus, in English. */
function s(count: number, one: string): string {
  return `${count.toLocaleString('en-US')} ${one}${count === 1 ? '' : 's'}`;
}

export const busEn = {
  sending: (what: string, url: string) => `reading ${what}; calls go to ${url}, bodies stay here.`,
  sent: (calls: number, packets: number) => `${s(calls, 'call')} of ${s(packets, 'packet')} published.`,
  waiting: (messages: number) =>
    `${s(messages, 'message')} wait in the data folder, since the broker is away; the next run sends them.`,
  noMetrics: '--metrics is for a sensor that reads an interface and sends to kafka://; a file is read and done.',
  noBodies: '--bodies is for --out - and files: on the bus there are calls, which hold no body.',
  ready: (url: string, data: string, address: string) =>
    `judging what sensors send to ${url}, into ${data}; other commands work beside it, and tools find it at ${address}.`,
  judged: (calls: number) => `${s(calls, 'call')} judged and stored.`,
  repeated: (calls: number) => `${s(calls, 'call')} came more than once, and counted once.`,
  lost: (calls: number) =>
    `${s(calls, 'call')} never came: the bus had dropped them before they were read. Raise retention.ms of apiris.calls.v1.`,
  poisoned: (messages: number) => `${s(messages, 'message')} could not be read; look at the topic apiris.dead.v1.`,
};
