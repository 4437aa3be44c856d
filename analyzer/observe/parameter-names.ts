/**
 * API and parameter as one text, each pair joined once: a text that was just joined has to be read letter by letter
 * wherever it is looked up. Bound: 16,384 pairs; beyond it all are forgotten, which only costs joining.
 */
const mostNames = 16_384;

export class ParameterNames {
  readonly #byApi = new Map<string, Map<string, string>>();
  #size = 0;

  of(apiId: string, parameter: string): string {
    const known = this.#byApi.get(apiId)?.get(parameter);
    if (known !== undefined) return known;
    if (this.#size >= mostNames) {
      this.#byApi.clear();
      this.#size = 0;
    }
    const name = `${apiId} ${parameter}`;
    const ofApi = this.#byApi.get(apiId);
    if (ofApi === undefined) this.#byApi.set(apiId, new Map([[parameter, name]]));
    else ofApi.set(parameter, name);
    this.#size++;
    return name;
  }
}
