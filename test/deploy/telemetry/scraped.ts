/** The text that Prometheus reads, as values by name and labels; what does not follow the format is an error. */
import assert from 'node:assert/strict';

const SAMPLE =
  /^([a-zA-Z_:][\w:]*)(?:\{((?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\["\\n])*",?)*)\})? (-?(?:\d[\d.]*(?:e[+-]?\d+)?|Inf)|NaN)$/i;

export interface Scraped {
  /** Type by metric. */
  readonly types: ReadonlyMap<string, string>;
  /** By name and sorted labels: `name{a="b",c="d"}`. */
  readonly values: ReadonlyMap<string, number>;
}

export function parseScrape(text: string): Scraped {
  const types = new Map<string, string>();
  const values = new Map<string, number>();
  assert.ok(text.endsWith('\n'));
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('# HELP ')) continue;
    const type = /^# TYPE (\S+) (counter|gauge|histogram|summary)$/.exec(line);
    if (type !== null) {
      assert.ok(!types.has(type[1]!), `${type[1]} twice`);
      types.set(type[1]!, type[2]!);
      continue;
    }
    const sample = SAMPLE.exec(line);
    assert.ok(sample !== null, `no sample: ${line}`);
    const labels = (sample[2] ?? '').match(/[a-zA-Z_]\w*="(?:[^"\\]|\\.)*"/g) ?? [];
    const key = labels.length === 0 ? sample[1]! : `${sample[1]}{${labels.sort().join(',')}}`;
    assert.ok(!values.has(key), `${key} twice`);
    values.set(key, Number(sample[3]));
  }
  return { types, values };
}
