import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ClearMatcher } from '../../../analyzer/detect/clear-matcher.ts';
import { compileRules } from '../../../analyzer/detect/compile.ts';
import { Detector } from '../../../analyzer/detect/detector.ts';
import { describeProblem } from '../../../analyzer/detect/source.ts';
import { loadRules } from '../../../deploy/content/rules.ts';
import { callOf, clearOf } from './rules-of.ts';

const place = '../shared/datasets/sigma/rules/web';

test("SigmaHQ's own rules for the web load as they are and find what they say", (t) => {
  const folder = fileURLToPath(new URL(place, import.meta.resolve('#root/package.json')));
  if (!existsSync(folder)) {
    t.diagnostic(`absent: ${place}`);
    return;
  }
  const { files, problems } = loadRules([folder]);
  assert.deepEqual(problems, []);
  assert.equal(files.length, 45);
  const rules = compileRules(files.flatMap((file) => file.documents));
  assert.deepEqual(rules.problems.map(describeProblem), []);
  // Three are about error logs of web servers.
  assert.equal(rules.rules.length, 42);
  assert.equal(rules.idle.length, 3);
  const clear = new ClearMatcher(rules);
  const titles = (exchange: Parameters<typeof clearOf>[0]) => {
    const full = clearOf({ userAgent: 'Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/125.0', ...exchange });
    const detector = new Detector(rules);
    const { method, userAgent, status, client, host } = full;
    detector.call(callOf({ method, userAgent, status, client, app: host, parts: clear.match(full) }));
    return detector.changed().map((finding) => finding.title);
  };
  assert.deepEqual(titles({ target: '/api/v1/customers/1001?page=1&size=20' }), []);
  for (const [exchange, title] of [
    [{ target: '/news?id=1%20UNION%20SELECT%201,2' }, 'SQL Injection Strings In URI'],
    [{ target: '/q?x=%3Cscript%3Ealert(1)' }, 'Cross Site Scripting Strings'],
    [{ target: '/f?name=../../../etc/passwd' }, 'Path Traversal Exploitation Attempts'],
    [{ target: '/.git/config' }, 'Source Code Enumeration Detection by Keyword'],
    [{ userAgent: 'sqlmap/1.7#stable' }, 'Suspicious User-Agents Related To Recon Tools'],
    [{ method: 'POST', target: '/mgmt/tm/util/bash' }, 'F5 BIG-IP iControl Rest API Command Execution - Webserver'],
    [{ target: '/a/Basic/ReverseShell/10.0.0.1' }, 'JNDIExploit Pattern'],
    [{ target: '/x?cmd=read', method: 'POST', userAgent: '' }, 'Webshell ReGeorg Detection Via Web Logs'],
    [{ userAgent: 'rclone/v1.60' }, 'Rclone Activity via Proxy'],
    [{ target: 'https://ipfs.io/ipfs/Qm.html#victim.name@firm.com' }, 'Suspicious Network Communication With IPFS'],
  ] as const) {
    assert.ok(titles(exchange).includes(title), `${title}: ${titles(exchange)}`);
  }
  assert.deepEqual(titles({ target: '/news?id=1%20UNION%20SELECT%201,2', status: 404 }), []);
});
