/** The register of other houses whose servers ours may hand personal data to, as the operator keeps it. */
import { CidrSet, cidrProblem } from '../identify/cidr.ts';

export interface PartnerOptions {
  /** Host names, `*.` and a domain for all below it, addresses and networks (CIDR); none: there is no register. */
  readonly hosts: readonly string[];
  /** Labels of JR/T 0171 class C2 and C3. */
  readonly labels: ReadonlySet<string>;
}

export class Partners {
  readonly #names = new Set<string>();
  readonly #domains = new Set<string>();
  readonly #networks: CidrSet;

  constructor(hosts: readonly string[]) {
    const networks: string[] = [];
    for (const host of hosts) {
      if (cidrProblem(host) === null) networks.push(host);
      else if (host.startsWith('*.')) this.#domains.add(host.slice(1).toLowerCase());
      else this.#names.add(host.toLowerCase());
    }
    this.#networks = new CidrSet(networks);
  }

  /** `app`: as of appOf, with its port where it has one; `server`: address. */
  has(app: string, server: string): boolean {
    const name = hostOf(app);
    if (this.#names.has(name) || this.#networks.has(server)) return true;
    for (let at = name.indexOf('.'); at >= 0; at = name.indexOf('.', at + 1)) {
      if (this.#domains.has(name.slice(at))) return true;
    }
    return false;
  }
}

/** Without its port. */
function hostOf(app: string): string {
  return app.replace(/:\d+$/, '');
}
