/** Fields that people said hold no such data, in English. */
export const fieldsEn = {
  title: 'not sensitive',
  earlier: 'Earlier calls are shown by it too.',
  later:
    'It counts from the next call on. Earlier calls keep what was found: other fields gave the same, or it is not known which did.',
  errors: {
    needs: (option: string) => `A decision on a field needs ${option}: say who decides and why.`,
    badField: (given: string) =>
      `"${given}" is not a field: write its path, such as data[].code, request.query.id or '*', and =label behind it to mean one label.`,
    both: '--not-sensitive and --sensitive contradict each other: give one.',
  },
  options: {
    notSensitive: 'decide that a field holds no such data: [request.|response.]path[=label], * for any characters',
    sensitive: 'take that back',
  },
};
