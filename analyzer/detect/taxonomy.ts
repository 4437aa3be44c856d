/** Sigma's words for the web (webserver and proxy taxonomy), and which events a rule's log source stands for. */

import { type Field, fieldNamed, fields } from './fields.ts';
import type { Entry, Node } from './source.ts';
import { checkKeys, entryOf, Mistake, suggest, textOf } from './source.ts';

/** Sigma's field names → ours. Proxies write `c-`, web servers `cs-`; rules mix them. */
const sigmaNames: Readonly<Record<string, string>> = {
  'cs-method': 'method',
  'c-method': 'method',
  'cs-uri': 'uri',
  'c-uri': 'uri',
  'cs-uri-stem': 'uri.path',
  'c-uri-stem': 'uri.path',
  'cs-uri-query': 'uri.query',
  'c-uri-query': 'uri.query',
  'cs-uri-extension': 'uri.extension',
  'c-uri-extension': 'uri.extension',
  'cs-user-agent': 'userAgent',
  'cs-useragent': 'userAgent',
  'c-useragent': 'userAgent',
  'c-user-agent': 'userAgent',
  'cs-referer': 'uri.referer',
  'cs-referrer': 'uri.referer',
  'c-referer': 'uri.referer',
  'cs-cookie': 'cookie',
  'c-cookie': 'cookie',
  'cs-host': 'host',
  'c-host': 'host',
  'r-dns': 'host',
  'cs-dns': 'host',
  'cs-version': 'httpVersion',
  'cs-username': 'account',
  'sc-status': 'status',
  'sc-bytes': 'responseBytes',
  'cs-bytes': 'requestBytes',
  'c-ip': 'client',
  src_ip: 'client',
  's-ip': 'server',
  dst_ip: 'server',
  'r-ip': 'server',
  's-port': 'serverPort',
  dst_port: 'serverPort',
  'sc-content-type': 'responseType',
  'cs-content-type': 'requestType',
};

/** The field of a name in a rule, ours or Sigma's. */
export function resolveField(name: string, entry: Entry): Field {
  const field = fieldNamed(sigmaNames[name] ?? sigmaNames[name.toLowerCase()] ?? name);
  if (field !== undefined) return field;
  throw new Mistake(
    entry.place,
    `unknown field "${name}"`,
    suggest(name, [...fields.keys(), ...Object.keys(sigmaNames)]),
  );
}

/** What a rule's log source means here. `none`: events this product does not see. */
export type Source = { readonly kind: 'call' | 'observation' } | { readonly kind: 'none'; readonly reason: string };

const webProducts = ['apache', 'nginx', 'iis', 'tomcat', 'apiris'];

export function sourceOf(logsource: Node): Source {
  checkKeys(logsource, 'logsource', ['category', 'product', 'service', 'definition']);
  const read = (key: string) => {
    const entry = entryOf(logsource, key);
    return entry === undefined ? undefined : textOf(entry.value, `logsource ${key}`).toLowerCase();
  };
  const [category, product, service] = [read('category'), read('product'), read('service')];
  if (category === undefined && product === undefined && service === undefined) {
    throw new Mistake(
      logsource.place,
      'logsource is empty',
      'give category: webserver, or product: apiris and service',
    );
  }
  if (product === 'apiris') {
    if (service === 'call' || service === 'observation') return { kind: service };
    throw new Mistake(logsource.place, 'product apiris needs a service', 'write service: call or service: observation');
  }
  if (category === 'webserver' || category === 'proxy') return { kind: 'call' };
  if (category === undefined && product !== undefined && webProducts.includes(product)) {
    if (service === undefined || service === 'access') return { kind: 'call' };
  }
  const named = [category, product, service].filter((part) => part !== undefined).join(' ');
  return { kind: 'none', reason: `${named} is no traffic: this product has no events of it` };
}
