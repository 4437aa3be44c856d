/** Files by their names: which a web server would run, and which name a place on its disk. */

/**
 * What servers of PHP, Java and .NET run where they find it; a `.cer` is a certificate by now. Behind the end
 * servers cut off blanks and dots, what a semicolon or a zero octet parts, and a stream of NTFS; another ending is another file.
 */
const script =
  /\.(?:php[3-8s]?|phtml|pht|phar|jspx?|jspf|jspa|jsw|jsv|jtml|aspx?|ashx|asmx|ascx|asa|asax|cdx|cgi|war|cfm)(?:[\s./\\]*|(?:[;:\0]|%00|%3b).{0,40})$/i;

export function isScriptName(name: string): boolean {
  return name.length <= 300 && script.test(name);
}

/** An address or a path that ends in such a file, as an answer says where it put one. */
const kept = /(?:^|[/\\])[^/\\\s]{1,200}\.(?:php[3-8]?|phtml|phar|jspx?|aspx?|ashx|asmx|asax|cgi|war)(?:[?#].*)?$/i;

export function isKeptScript(value: string): boolean {
  return value.length <= 500 && kept.test(value);
}

const absolute =
  /^(?:\/[\w.\u0080-\uffff -]{1,80}){2,20}$|^[a-z]:[\\/][^:*?"<>|\r\n]{2,200}$|^\\\\[\w.-]+\\[^:*?"<>|\r\n]{2,200}$/i;
const relative = /^(?:[\w.\u0080-\uffff -]{1,80}[/\\]){1,20}[\w.\u0080-\uffff() -]{1,100}\.[a-z][a-z0-9]{1,4}$/i;
const named = /\.[a-z][a-z0-9]{1,4}$/i;

/** A path of the server's disk: from its root, or through its folders to a file with an ending. */
export function isServerPath(value: string): boolean {
  if (value.length > 300 || value.includes('://')) return false;
  const text = value.includes('%') ? value.replace(/%2f/gi, '/').replace(/%5c/gi, '\\') : value;
  return (absolute.test(text) && named.test(text)) || relative.test(text);
}
