/** What is said of fields, and of documents that describe them, in English. */
export const schemaEn = {
  titles: { parameters: 'Parameters', fields: 'Fields of the response', changes: 'What has changed' },
  columns: {
    in: 'in',
    name: 'name',
    type: 'type',
    share: 'present',
    labels: 'data',
    time: 'since',
    side: 'side',
    change: 'change',
  },
  places: { query: 'query', body: 'content' },
  path: 'path',
  always: 'always',
  sides: { request: 'request', response: 'response' },
  kinds: { added: 'new', removed: 'gone', type: (type: string) => `also ${type}` },
  more: (count: number) => `${count} more with --format json.`,
  noApis: (app: string) => `There is no API of ${app}. apiris apps lists what was seen.`,
};
