/** Values that reach for files, commands, addresses or templates of the server. Texts in lower case. */

const upward =
  /(?:^|[^.\w])(?:\.{2,3}[\\/]+){2,}|[=/\\]\.\.(?:;|\0)?[\\/]|\.\.[\\/]+(?:\.\.|etc|windows|winnt|boot|proc|var|usr|web-inf|meta-inf)/;
const systemFile =
  /(?:^|[\\/'"=:(\s])(?:etc[\\/]+(?:passwd|shadow|group|hosts|issue|ssh|sudoers|nginx|httpd|apache2|my\.cnf|crontab)|proc[\\/]+self|proc[\\/]+\d+|windows[\\/]+(?:win\.ini|system32|system\.ini)|winnt[\\/]|boot\.ini|web-inf[\\/]|meta-inf[\\/]|web\.config\b|var[\\/]log[\\/]|\.ssh[\\/]|\.git[\\/]|\.htpasswd|\.htaccess|\.aws[\\/]|\.env$|id_rsa\b|wp-config\.php)/;
const wrapper =
  /^\s*(?:php|phar|zip|data|expect|glob|ogg|rar|zlib|compress\.\w+|jar|netdoc|file|gopher|dict|ldaps?|tftp|sftp|ssh2?)\s*:(?:\/\/|file|http|\/\w)/;

export function isClimbing(text: string): boolean {
  return text.includes('..') && upward.test(text);
}

export function isPathTraversal(text: string): boolean {
  return isClimbing(text) || systemFile.test(text);
}

const inner =
  /^\s*[a-z][a-z0-9+.-]{1,12}:\/\/(?:[^\s/@]{0,100}@)?(?:localhost|127\.[\d.]{3,11}|0+|0\.0\.0\.0|0x7f[0-9a-f.]*|2130706433|0177\.[\d.]+|\[(?:::1?|::ffff:(?:127|169\.254)[^\]]{0,20}|0{1,4}(?::0{1,4}){6}:0{0,3}1)\]|169\.254\.\d{1,3}\.\d{1,3}|2852039166|0xa9fea9fe|metadata(?:\.google\.internal)?|instance-data|100\.100\.100\.200|[\w.-]*\.(?:nip\.io|xip\.io|sslip\.io|burpcollaborator\.net|oastify\.com|oast\.\w+|interact\.sh|dnslog\.cn|ceye\.io))(?=[:/?#]|$)/;
const innerHost = /^(?:\[::ffff:)?169\.254\.169\.254(?:[\]:/]|$)/;

/** `name`: of the parameter; an address to come back to is for the browser. */
export function isServerRequest(text: string, name: string): boolean {
  if (/redirect|return|callback|back|referer|origin|next|continue/i.test(name) && !/169\.254|metadata/.test(text))
    return false;
  return inner.test(text) || innerHost.test(text) || wrapper.test(text);
}

/** Innermost look-ups that stand for a text of their own: `${lower:j}`, `${::-n}`, `${env:none:-d}`. */
const inmost = /\$\{(?:[^{}$:]{0,20}:)*-?([^{}$]{0,20})\}/g;
const lookup = /\$\{\s*jndi\s*:|\$\{(?:env|sys|java|ctx|docker|k8s):[\w.-]{1,40}\}/;
const mostNested = 6;

/** Look-ups of a logging library (JNDI and its like), also put together from others. */
export function isLookup(text: string): boolean {
  if (!text.includes('${')) return false;
  let now = text;
  for (let i = 0; i < mostNested; i++) {
    if (lookup.test(now)) return true;
    const next = now.replace(inmost, '$1');
    if (next === now) return false;
    now = next;
  }
  return false;
}

const template =
  /\{\{[^{}]{0,60}(?:\d\s*[*+/-]\s*['"]?\d|__\w+__|\.constructor|config|self\.|request\.|lipsum|cycler|['"]\s*\|)|[$#*@]\{\s*(?:\d+\s*[*+/-]\s*\d+|t\(\s*java|[^{}]{0,80}(?:runtime|processbuilder|getclass|classloader|\bclass\.|exec\s*\())|<%[=@]?[^>]{0,200}%>|%\{\s*\(?#|\bt\s*\(\s*java\.lang\.|__proto__|constructor\s*\[?\.?\s*prototype|#set\s*\(\s*\$|\{php\}|\(#\w+\s*=|@java\.lang\.|\{%\s*(?:for|if|import|include|set)\b/;
const java =
  /\bjava\.(?:lang|io|net|util\.scanner)\.|\bjavax\.(?:script|naming)|\bruntime\b.{0,40}\bexec\b|processbuilder|^ro0ab|^aced0005|\bcom\.opensymphony|\bognl\.|_memberaccess|classloader\.(?:resources|url)|com\.sun\.org\.apache|org\.apache\.(?:struts|commons\.collections)|freemarker\.template/;
const php =
  /<\?(?:php|=|\s)|\b(?:base64_decode|gzinflate|str_rot13|assert|system|passthru|shell_exec|proc_open|popen|pcntl_exec|call_user_func(?:_array)?|create_function|preg_replace|file_get_contents|file_put_contents|phpinfo|var_dump|eval|exec|unserialize|move_uploaded_file|fsockopen)\s*(?:\/\*.{0,40}\*\/)?\s*\(\s*(?:['"$)]|\w+\s*\(|base64)|\$_(?:get|post|request|server|cookie|files|session|env)\b|\bo:\d{1,5}:"[\w\\]{1,60}":\d{1,4}:\{|\$\{@?(?:print|system|eval|exec|phpinfo)/;
const node =
  /\b(?:require\s*\(\s*['"`]child_process|child_process\.|process\.(?:mainmodule|env|binding)|global\.process|_\$\$nd_func\$\$_|this\.constructor\.constructor|new\s+function\s*\()/;
const noSql = /["'{,]\s*\$(?:where|ne|gt|lt|gte|lte|regex|in|nin|exists|or|and|not)["']?\s*:/;

export function isTemplate(text: string): boolean {
  return template.test(text);
}

export function isCode(text: string): boolean {
  return (
    java.test(text) ||
    (/[($<:]/.test(text) && php.test(text)) ||
    node.test(text) ||
    (text.includes('$') && noSql.test(text))
  );
}

const programs =
  '(?:cat|tac|nl|ls|dir|id|whoami|uname|hostname|ifconfig|ipconfig|netstat|ps|pwd|wget|curl|fetch|nc|ncat|netcat|telnet|ping6?|nslookup|dig|host|' +
  'bash|sh|zsh|ksh|csh|dash|cmd(?:\\.exe)?|powershell(?:\\.exe)?|pwsh|python[\\d.]*|perl|ruby|php|node|lua|gcc|chmod|chown|rm|mv|cp|mkdir|echo|printf|' +
  'head|tail|grep|awk|sed|find|locate|which|env|export|kill|sleep|ssh|scp|tftp|ftp|certutil|mshta|wscript|cscript|regsvr32|rundll32|bitsadmin|' +
  'wmic|net|type|systeminfo|tasklist|base64|xxd|tee|nohup|busybox|mysql|psql|crontab|passwd|sudo|useradd|tar|unzip|lsof|mount|xargs)';
/** The program itself may be written in ways that a shell undoes: quotes, backslashes, $@. */
const behind = new RegExp(
  `(?:[;|&\\n\\r\`]|\\$\\(|<\\(|>\\()\\s*(?:\\{\\s*)?(?:/[\\w./?*-]*/)?${programs}(?=$|[\\s;|&<>\`),}$"'/])`,
);
const alone =
  /(?:^|[\s;|&`$(='"])(?:\/(?:usr\/)?(?:local\/)?s?bin\/[\w-]{1,20}|(?:cmd(?:\.exe)?|command\.com)\s*\/[ck]\b|powershell(?:\.exe)?\s+-|\/dev\/(?:tcp|udp)\/|\bc99shell)/;
const expansion =
  /\$\((?:[^)\s]{1,60}[\s<][^)]{0,200}|[a-z]{2,12})\)|\$\{ifs\}|\$ifs\b|\{(?:cat|ls|wget|curl|echo|nc|ping|id),[^}]{0,100}\}|\(\)\s*\{\s*[^}]{0,20};?\s*\}\s*;/;

export function isCommand(text: string): boolean {
  if (!/[;|&`$\n\r/<>({]|cmd|powershell/.test(text)) return false;
  // What a shell takes out again: quotes and backslashes inside a word.
  const bare = text.replace(/(?<=\w)(?:''|""|\\|\$@|\$\*|\^)(?=\w)/g, '');
  return behind.test(bare) || alone.test(bare) || expansion.test(bare);
}
