/** What is revealed, and who asked for what, for people. */
import type { Revealed, TransactionRecord } from '../../deploy/reveal/reveal.ts';
import type { View } from './output.ts';
import type { RevealRequest } from './reveal-requests.ts';
import { type Cell, renderTable } from './table.ts';
import type { Texts } from './text/en.ts';
import { isoTime, zonedTime } from './time.ts';
import { shownIdDigits } from './views.ts';
import { printable } from './width.ts';

type Message = NonNullable<TransactionRecord['request'] | TransactionRecord['response']>;

export function requestView({ reveal: { columns, states, whole } }: Texts, zone: string): View<RevealRequest> {
  const what = (labels: readonly string[] | null, all: string) => (labels === null ? all : labels.join(', '));
  return {
    json: ({ ts, until, ...rest }) => ({ ...rest, ts: isoTime(ts), until: until === 0 ? null : isoTime(until) }),
    fields: ['id', 'uid', 'ts', 'by', 'note', 'labels', 'state', 'approver', 'until', 'shown'],
    columns: [
      { header: columns.request },
      { header: columns.time },
      { header: columns.by },
      { header: columns.exchange },
      { header: columns.what, min: 8 },
      { header: columns.state },
      { header: columns.approver },
      { header: columns.shown, align: 'right' },
      { header: columns.note, min: 8 },
    ],
    cells: ({ id, uid, ts, by, note, labels, state, approver, until, shown }): Cell[] => [
      // The beginning of an id is enough to name it; a grant lasts a day at most.
      ...[id.slice(0, shownIdDigits), zonedTime(ts, zone).slice(5, 16), by, uid, what(labels, whole)],
      ...[state === 'granted' ? states.until(zonedTime(until, zone).slice(11, 16)) : states[state], approver],
      ...[String(shown), note],
    ],
  };
}

/** JSON of what may be seen: the values, and the exchange where it was granted whole. */
export function revealedJson({ grant, record, values }: Revealed): Readonly<Record<string, unknown>> {
  const { request, uid, by, approver, labels, until } = grant;
  const shown = { request, uid, by, approver, labels, until: isoTime(until * 1000), values };
  return labels === null ? { ...shown, transaction: record } : shown;
}

export function renderRevealed({ grant, record, values }: Revealed, texts: Texts, zone: string, width: number): string {
  const { reveal: say } = texts;
  const { columns } = say;
  const head = say.granted(grant.approver, grant.request, zonedTime(grant.until * 1000, zone));
  const table = renderTable(
    [{ header: columns.label }, { header: columns.value }, { header: columns.place, min: 12 }],
    values.map(({ label, value, place }) => [label, value, place]),
    width,
  );
  const parts = [`${head}\n`, values.length === 0 ? `${say.noValue}\n` : table];
  if (grant.labels === null) parts.push(renderExchange(record, say));
  return parts.join('\n');
}

/** The exchange as text; what would steer a terminal is shown, not sent. */
function renderExchange({ request, response }: TransactionRecord, say: Texts['reveal']): string {
  const parts: string[] = [];
  if (request !== null) parts.push(`${request.method} ${request.target}`, ...contentOf(request, say));
  if (response !== null) parts.push('', `${response.status} ${response.reason}`, ...contentOf(response, say));
  return `${parts.map((line) => printable(line)).join('\n')}\n`;
}

function contentOf({ headers, body }: Message, say: Texts['reveal']): string[] {
  const lines = headers.map(([name, value]) => `${name}: ${value}`);
  const content = body.text ?? body.base64;
  if (content !== undefined) lines.push('', ...content.split(/\r?\n/));
  if (body.truncated) lines.push(say.cut(String(body.captured), String(body.bytes)));
  return lines;
}
