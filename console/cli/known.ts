/** A field that is not known is left out of JSON rather than empty. */
export function known<T>(name: string, value: T | '' | null | undefined): Record<string, T> {
  return value === '' || value === null || value === undefined ? {} : { [name]: value };
}
