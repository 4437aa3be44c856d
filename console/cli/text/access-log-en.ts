/** What is said of the access log in English. */
export const accessLogEn = {
  help: {
    log: 'the access log: serial number, application, interface, address, latency, time, result; joined over gateways and services',
    exportLog: 'the access log as a file: CSV or NDJSON, a line a call, accounts and values masked',
    chain: 'only the hops of this serial number (as the column chain has it)',
    errors: 'only errors: business (the reply says no), refused (4xx), system (5xx, no answer), all',
  },
  columns: { hop: 'hop', latency: 'latency', account: 'account', result: 'result' },
  errors: { business: 'business', refused: 'refused', system: 'system' },
  noResponse: 'no response:',
};
