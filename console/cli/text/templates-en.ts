/** What is said of people's words on templates, in English. */
export const templatesEn = {
  titles: { lock: 'template locked', merge: 'put together', split: 'separated' },
  options: {
    lock: 'decide that its template stays as it is',
    split: 'decide that what fits this path is none of it; * stands for any run: /users/search, /users/s*',
    merge: 'decide that these APIs are the same one (ids, parted by commas)',
  },
  later: 'The running appliance takes it up within a minute.',
  errors: {
    one: 'One decision on a template at a time: --lock, --split, --merge or --take-back.',
    badPattern: (given: string) => `"${given}" is no path: it begins with / and has at most 300 characters.`,
    badIds: (given: string) => `"${given}" are no ids: name APIs by their ids, parted by commas.`,
    noParts: 'Nothing became part of this API that could be separated: its parameters were told by their spelling.',
    nothingFits: (pattern: string, some: string) => `Nothing in it fits ${pattern}. It took in: ${some}.`,
    nothingToTakeBack: (action: string) => `Nobody has said --${action} of this API: there is nothing to take back.`,
    otherApp: (id: string, app: string, own: string) => `${id} is of ${app}, this API of ${own}: they cannot be one.`,
    otherKind: (id: string) => `${id} has another method or operation: they cannot be one.`,
    otherLength: (id: string, template: string) =>
      `${id} (${template}) has a longer or shorter path: they cannot be one.`,
  },
};
