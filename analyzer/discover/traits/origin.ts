/** Where a call comes from: inside or outside the house, from a person's hands or a program. */

/** Addresses of private use: RFC 1918, loopback, link-local, shared (RFC 6598), RFC 4193. */
export function isPrivate(address: string): boolean {
  if (address.includes(':')) return /^(?:f[cd][0-9a-f]{2}:|fe[89ab][0-9a-f]:|::1$)/.test(address);
  return /^(?:10\.|127\.|192\.168\.|169\.254\.|172\.(?:1[6-9]|2\d|3[01])\.|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.)/.test(
    address,
  );
}

const browsers =
  /^(?:wechat|wecom|dingtalk|alipay|qqbrowser|ucbrowser|huaweibrowser|miuibrowser|vivobrowser|oppobrowser|sogou|360|electron|opera|edge|samsung|firefox|chrome|ie|safari)(?:\/|$)/;
/** Systems of devices that people hold: an app's library speaks for the person. */
const hand = /\/(?:android|ios|harmony|windows-phone|darwin)$/;

/** True for browsers and apps, false for programs; null when the User-Agent does not say. */
export function isPersons(family: string): boolean | null {
  if (family === '' || family === 'other') return null;
  return browsers.test(family) || hand.test(family);
}
