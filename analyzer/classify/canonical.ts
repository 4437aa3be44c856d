/** One form for one value, however it was written: what is hashed, counted and looked for again. */

const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const checks = '10X98765432';

/** Forms by name. Each takes the value as found, full-width characters already made narrow. */
export const canonicalForms: Readonly<Record<string, (text: string) => string>> = {
  text: (text) => text.trim(),
  upper: (text) => text.trim().toUpperCase(),
  lower: (text) => text.trim().toLowerCase(),
  digits: (text) => text.replace(/\D/g, ''),
  /** Without country code. */
  mobile: (text) => text.replace(/\D/g, '').slice(-11),
  /** 18 characters; a number of the form before 1999 gets its century and check character (GB 11643-1999). */
  'resident-id': (text) => {
    const id = text.trim().toUpperCase();
    if (id.length !== 15) return id;
    const first = `${id.slice(0, 6)}19${id.slice(6)}`;
    let sum = 0;
    for (let i = 0; i < 17; i++) sum += Number(first[i]) * weights[i]!;
    return first + checks[sum % 11]!;
  },
  /** Without the blanks it is printed with (ISO 13616-1). */
  iban: (text) => text.replaceAll(' ', '').toUpperCase(),
  mac: (text) => text.replace(/[^0-9A-Fa-f]/g, '').toLowerCase(),
};
