/** What the text of an answer gives away: the program's inside, its database's words, files of the system. */

/** Bits of the kinds, in the order of `disclosureNames`. */
export const disclosure = {
  stack: 1,
  database: 2,
  listing: 4,
  debug: 8,
  description: 16,
  file: 32,
  schema: 64,
  denied: 128,
} as const;

/** As calls and rules name them. */
export const disclosureNames: readonly string[] = [
  ...['stack-trace', 'database-error', 'directory-listing', 'debug-page', 'api-description', 'system-file'],
  ...['query-schema', 'access-denied'],
];

const stack =
  /\bat [\w$.<>]{3,120}\([\w$]{1,60}\.(?:java|kt|scala|groovy):\d{1,5}\)|Traceback \(most recent call last\)|File \\?"[^"\n]{1,200}\\?", line \d+, in |\bat [\w.<>`]{3,120}\([^)\n]{0,200}\) in [A-Za-z]:\\|(?:Fatal error|Warning|Parse error)(?:<\/b>)?: {1,2}[^\n]{3,200} in (?:<b>)?[^<\n]{2,120}\.php|goroutine \d+ \[running\]|\n\s{2,8}at [^\n]{1,160}\.(?:js|ts|mjs):\d+:\d+\)?|\b(?:java|javax|org|com|cn|net|io)(?:\.[a-z][\w$]{0,40}){1,8}\.[A-Z]\w{2,60}(?:Exception|Error)\b|\bSystem\.[A-Z][\w.]{2,60}Exception:/;
const database =
  /\bORA-\d{5}\b|SQLSTATE\s?\[|You have an error in your SQL syntax|\bcom\.mysql\.|PSQLException|\borg\.postgresql|\bpg_(?:query|exec)\(\)|[Uu]nclosed quotation mark|Microsoft OLE DB Provider|SQLServerException|Incorrect syntax near|SQLite3?::|sqlite3\.OperationalError|DB2 SQL error|SQL(?:Syntax|IntegrityConstraint)\w*Exception|BadSqlGrammar|MyBatisSystemException|\bjava\.sql\.|dm\.jdbc|com\.kingbase|Duplicate entry '[^'\n]{0,100}' for key|Unknown column '[^'\n]{1,100}' in|Table '[^'\n]{1,100}' doesn't exist|syntax error at or near "/;
const listing =
  /<title>\s*Index of \/|<h1>\s*Index of \/|Directory listing for \/|\[To Parent Directory\]|<title>[^<]{0,100}的索引<\/title>/i;
const debug =
  /<title>\s*(?:phpinfo\(\)|Druid Stat Index|Nacos|Spring Boot Admin|Werkzeug Debugger|Hystrix (?:Dashboard|Monitor)|任务调度中心|H2 Console|Jolokia|Kibana|Solr Admin|Apache Tomcat\/|RocketMQ)|PHP Version (?:<\/a>|=>|\d)|Werkzeug Debugger|Symfony Profiler|You're seeing this error because you have <code>DEBUG = True|Whoops! There was an error|laravel_session.{0,80}ignition|<h1>Whitelabel Error Page/i;
const description =
  /swagger-ui(?:-bundle|\.css|\.js)|<title>\s*(?:Swagger UI|knife4j|ReDoc|GraphiQL|GraphQL Playground)|["']?(?:openapi|swagger)["']?\s*:\s*["']?[23]\.\d|<(?:wsdl:)?definitions\b[^>]{0,400}wsdl/i;
const file =
  /\broot:[x*!]?:0:0:|\buid=\d{1,6}\([a-z_][\w-]{0,31}\) gid=\d|; for 16-bit app support|\[boot loader\]|\bdaemon:[x*!]?:1:1:|^\[core\]\s+repositoryformatversion|^(?:DB|REDIS|MYSQL|AWS|SECRET|APP)_[A-Z_]{2,40}=/m;

/** What octets at the beginning of an answer give away, as bits. */
export function disclosuresIn(text: string): number {
  let found = disclosuresOfValue(text);
  if (text.includes('<') && listing.test(text)) found |= disclosure.listing;
  if (debug.test(text)) found |= disclosure.debug;
  if (description.test(text)) found |= disclosure.description;
  return found;
}

/** What one value of an answer gives away, as bits. */
export function disclosuresOfValue(text: string): number {
  let found = 0;
  if (stack.test(text)) found |= disclosure.stack;
  if (database.test(text)) found |= disclosure.database;
  if (file.test(text)) found |= disclosure.file;
  return found;
}

const denial =
  /无权|没有权限|权限不足|未授权|越权|禁止访问|access[ _-]?(?:is )?denied|\bforbidden\b|not (?:authori[sz]ed|permitted|allowed)|un ?authori[sz]ed|no permission|permission denied|insufficient (?:rights|privilege|permission)/i;

/** Whether the words of an outcome say that the caller may not have what was asked for. */
export function isDenial(text: string): boolean {
  return denial.test(text);
}
