/** What is said of applications in English. */
export const applicationsEn = {
  columns: {
    sensitive: 'sensitive',
    kinds: 'data kinds',
    watch: 'watch for',
    day: 'day',
    values: 'values',
    persons: 'persons',
  },
  watch: { 'many-kinds': 'many kinds of data', 'much-data': 'much data', 'many-persons': 'many persons' },
  environments: { dev: 'development', test: 'test', prod: 'production' },
  owner: 'answers for it',
  environment: 'environment',
  audience: 'serves',
  servers: 'servers',
  outside: 'from public addresses',
  persons: 'persons in one response, at most',
  callsValue: (all: string, daily: string) => `${all}, ${daily} a day`,
  daysTitle: 'Visits and data given out, by day',
  apisTitle: 'Its APIs',
  help: {
    app: 'one application: who answers for it, its APIs, its visits and the data it gives out by day',
    imports: 'take in what people know: owners of applications',
    importOwners: 'take in owners of applications from a CSV file: app,owner,department,environment,name,audience',
    watch: 'only those that give out much data, or many kinds of it',
    appName: 'the application as it is listed',
    ownersFile: 'CSV with a line of column names, UTF-8',
    by: 'who vouches for it',
    note: 'where it comes from',
  },
  imported: (count: string) => `Taken in: ${count}.`,
  errors: {
    noApp: (app: string) => `There is no application ${app}; apiris apps lists them.`,
    unreadable: (file: string, reason: string) => `${file} cannot be read (${reason}): name a CSV file in UTF-8.`,
    noColumn: (file: string, column: string) =>
      `${file} line 1: there is no column ${column}; write it into the line of names.`,
    unknownColumn: (file: string, column: string, known: string) =>
      `${file} line 1: the column ${column} is not known; there are ${known}.`,
    noAppIn: (file: string, line: string) => `${file} line ${line}: the application is missing; nothing was taken in.`,
    fields: (file: string, line: string, found: string, wanted: string) =>
      `${file} line ${line}: there are ${found} fields where line 1 names ${wanted}; nothing was taken in.`,
    empty: (file: string) => `${file} names no application; nothing was taken in.`,
    needs: (option: string) => `An import needs ${option}: say who vouches for it and where it comes from.`,
  },
};
