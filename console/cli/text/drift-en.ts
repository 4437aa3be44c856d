/** What is said of what was declared and what was seen, in English. */
export const driftEn = {
  kinds: {
    shadow: 'shadow',
    zombie: 'zombie',
    'retired-used': 'retired, used',
    unregistered: 'unregistered',
    unused: 'unused',
    undocumented: 'undeclared field',
  },
  columns: { kind: 'what', field: 'field or day' },
  help: {
    drift:
      'where what was seen and what was declared or registered part: shadow (seen, not declared), zombie (deprecated, still ' +
      'used), unused (declared, not seen), undeclared fields; used after retirement, not in the register',
    importOpenapi: 'take in the OpenAPI 3.0 or 3.1 specification of an application (JSON or YAML)',
    openapiFile: 'the description',
    app: 'the application as it is listed; the host of the servers it names when absent',
    importRegister:
      'take in the register of approved and retired APIs from a CSV file: app,method,template,state,retired',
    registerFile: 'CSV with a line of column names, UTF-8; state is approved or retired, retired a day: 2026-01-31',
    onlyApp: 'only this application',
    onlyKind: 'only this kind: shadow, zombie, retired-used, unregistered, unused, undocumented',
  },
  specified: (app: string, count: string) => `Taken in for ${app}: ${count} operations. See apiris drift --app ${app}.`,
  nothingDeclared:
    'No specification and no register was taken in: see apiris import openapi and apiris import register.',
  errors: {
    broken: (file: string, line: string, what: string, advice: string) => `${file} line ${line}: ${what}; ${advice}.`,
    noOpenapi: (file: string) => `${file} is no OpenAPI 3.0 or 3.1 description: it has no "openapi: 3.…" or no paths.`,
    noOperation: (file: string) => `${file} declares no operation; nothing was taken in.`,
    needsApp: 'The description names no server, or several: say --app APP.',
    badApi: (file: string, line: string) =>
      `${file} line ${line}: an API is a method (or * for any) and a path that begins with /.`,
    badState: (file: string, line: string, state: string) =>
      `${file} line ${line}: the state "${state}" is not known; write approved or retired.`,
    badDay: (file: string, line: string, day: string) => `${file} line ${line}: "${day}" is no day; write 2026-01-31.`,
    emptyRegister: (file: string) => `${file} names no API; nothing was taken in.`,
  },
};
