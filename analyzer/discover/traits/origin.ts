/** Where a call comes from: inside or outside the house, from a person's hands or a program. */

const browsers =
  /^(?:wechat|wecom|dingtalk|alipay|qqbrowser|ucbrowser|huaweibrowser|miuibrowser|vivobrowser|oppobrowser|sogou|360|electron|opera|edge|samsung|firefox|chrome|ie|safari)(?:\/|$)/;
/** Systems of devices that people hold: an app's library speaks for the person. */
const hand = /\/(?:android|ios|harmony|windows-phone|darwin)$/;

/** True for browsers and apps, false for programs; null when the User-Agent does not say. */
export function isPersons(family: string): boolean | null {
  if (family === '' || family === 'other') return null;
  return browsers.test(family) || hand.test(family);
}
