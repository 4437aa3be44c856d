/** Names that people gave to applications in the configuration. */
import type { Config } from '../../deploy/config.ts';

type ApplicationConfig = Config['applications'][number];

export interface AppNames {
  /** False when no application is named at all: then no column is spent on names. */
  readonly any: boolean;
  /** The configured name of an application; undefined where there is none. The first entry that fits decides. */
  readonly of: (app: string) => string | undefined;
  /** The first entry that fits; undefined where there is none. */
  readonly configured: (app: string) => ApplicationConfig | undefined;
}

/** `host`, `host:port` or `[v6]:port`, as applications are named. A host without a port stands for any default port. */
const appForm = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/;
const defaultPorts = [80, 443];

export function appNames(config: Config): AppNames {
  const named = config.applications.filter((each) => each.name !== undefined);
  const find = (among: readonly ApplicationConfig[], app: string) => {
    const match = appForm.exec(app);
    const host = (match?.[1] ?? app).replace(/^\[|\]$/g, '');
    const ports = match?.[2] === undefined ? defaultPorts : [Number(match[2])];
    return among.find(
      (each) =>
        (each.host === undefined || each.host === host) &&
        (each.address === undefined || each.address === host) &&
        (each.port === undefined || ports.includes(each.port)),
    );
  };
  return {
    any: named.length > 0,
    of: (app) => find(named, app)?.name,
    configured: (app) => find(config.applications, app),
  };
}
