import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ApiDecisionOptions, readApiDecision } from '../../../console/cli/api-decision.ts';
import { UsageFault } from '../../../console/cli/faults.ts';
import { en } from '../../../console/cli/text/en.ts';
import { zhCn } from '../../../console/cli/text/zh-cn.ts';
import { reasonText } from '../../../console/cli/traits-view.ts';

const who = { by: 'li.lei', note: 'reviewed' };
const refused = (options: ApiDecisionOptions) => assert.throws(() => readApiDecision(options, en), UsageFault);

test('decisions are read whatever their case, several at once', () => {
  assert.equal(readApiDecision({}, en), null);
  assert.deepEqual(readApiDecision({ grade: 'HIGH', level: 's3', audience: 'tob', ...who }, en), {
    traits: [
      ['grade', 'high'],
      ['level', 'S3'],
      ['audience', 'toB'],
    ],
    ...who,
  });
  assert.deepEqual(readApiDecision({ function: 'export, query,export', ...who }, en)!.traits, [
    ['functions', 'export,query'],
  ]);
});

test('what is taken back goes by the option or the field of JSON', () => {
  assert.deepEqual(readApiDecision({ takeBack: 'grade,function,format', ...who }, en)!.traits, [
    ['grade', ''],
    ['functions', ''],
    ['format', ''],
  ]);
  refused({ takeBack: 'colour', ...who });
});

test('half a decision, and one that says nothing known, are refused', () => {
  refused({ grade: 'high' });
  refused({ grade: 'high', by: 'li.lei' });
  refused({ grade: 'high', by: ' ', note: 'x' });
  refused({ grade: 'severe', ...who });
  refused({ function: 'query,sing', ...who });
});

test('reasons of the engine are put into both languages', () => {
  const reason =
    'gives mobile,name; function export; persons 120; agents people 98%; outside 4%; anonymous; session 90%';
  assert.equal(
    reasonText(reason, en),
    'gives out mobile number, name; it does: export; 120 persons in one response; User-Agents: browsers and apps 98%; ' +
      '4% of calls from public addresses; lets anybody in; session 90%',
  );
  assert.match(reasonText(reason, zhCn), /^返回手机号, 姓名; 功能：导出; 单次响应涉及 120 人; /);
  assert.equal(reasonText('', en), '');
});
