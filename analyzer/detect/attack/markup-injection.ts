/** Whether a value brings script into a page: elements that run code, handlers, addresses that are code. */

/** Elements that no text of a person has. */
const running =
  /<\s*\/?\s*(?:script|iframe|frame|frameset|object|embed|applet|base|isindex|xss|bgsound|layer|ilayer|meta\s[^>]{0,200}(?:http-equiv|charset)|link\s[^>]{0,200}href|style\s[^>]{0,100}javascript|svg[\s/>]|math[\s/>]|\?import|%00|\?xml-stylesheet|!entity|!\[cdata\[)/;
/** A handler inside an element, or behind a quote that ends an attribute. */
const handler =
  /^\s*["'/+ ]{0,3}on(?:error|load|mouse\w{2,6}|click|focus|toggle)\s*=\s*[a-z]{2,}|(?:<[a-z!/?][^>]{0,200}|["'`][^<>]{0,200})[\s/"'`\0]on[a-z]{3,25}\s*=\s*\S/;
const address =
  /(?:^|[\s"'`(=,;:<>])(?:javascript|vbscript|livescript|jscript|mocha)\s*:\s*[^\s,，。]|data\s*:\s*(?:text\/html|image\/svg\+xml|application\/xhtml|text\/javascript|[^,]{0,60}base64\s*,\s*phn)/;
const inElement =
  /<[a-z][^>]{0,200}(?:src|href|action|formaction|background|data|xlink:href|values|to|from|poster)\s*=\s*["'`]?\s*(?:javascript|vbscript|data:)/;
const style =
  /expression\s*\(|-moz-binding|behaviou?r\s*:\s*url|@import\s*["'u]|style\s*=[^>]{0,200}(?:url\s*\(\s*["']?\s*javascript)/;
/** Code behind what ends a string or a call. */
const code =
  /(?:["'`;)}\]]|^|\$\{)[-+*;,/|&^%\s]{0,12}(?:window|self|top|document|this|parent|globalthis)?\s*[.[]?["'`]?(?:alert|confirm|prompt|eval|settimeout|setinterval|execscript|fetch|string\.fromcharcode|document\.(?:cookie|write(?:ln)?|location|domain)|window\.(?:location|name|open)|location\s*=|constructor\.constructor)["'`]?\]?\s*(?:[(`=]|;|$|\.)/;

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what hides a word
const controls = /[\0-\x1f]+/g;

/** `text`: in lower case. */
export function isMarkupInjection(text: string): boolean {
  // Tabs, line ends and zeros inside a word do not stop a browser.
  const joined = text.replace(controls, '');
  return tells(text) || (joined !== text && tells(joined));
}

function tells(text: string): boolean {
  if (text.includes('<') && (running.test(text) || inElement.test(text) || style.test(text))) return true;
  if (text.includes('=') && (handler.test(text) || style.test(text))) return true;
  if (text.includes(':') && address.test(text)) return true;
  return /[(`=]/.test(text) && code.test(text);
}
