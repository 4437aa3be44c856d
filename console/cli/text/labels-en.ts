/** Kinds of data, in English. */
const short: Readonly<Record<string, string>> = {
  'sensitive-personal': 'sensitive',
  sensitive: 'sensitive',
  personal: 'personal',
  general: 'general',
};

export const labelsEn = {
  columns: { label: 'label', title: 'what it is' },
  /** Names of classes that are too long for a column. */
  short,
};
