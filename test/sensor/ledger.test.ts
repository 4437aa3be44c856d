import assert from 'node:assert/strict';
import { test } from 'node:test';
import { afterCrash, C, type CounterName, imbalances, Ledger, stages, withWaiting } from '../../sensor/ledger.ts';

function balanced(): Ledger {
  const ledger = new Ledger();
  const set = (names: readonly CounterName[], value: number): void => {
    for (const name of names) ledger.counts[C[name]] = value;
  };
  set(['packetsRead', 'packetsDelivered', 'packetsToDecode'], 100);
  set(['tcpSegments', 'segmentsToShards', 'segmentsTaken', 'segmentsToTrack'], 90);
  set(['notIp', 'headerCut'], 5);
  set(['segmentsWithPayload'], 60);
  set(['segmentsEmpty'], 30);
  set(['payloadBytes'], 1000);
  set(['streamBytes', 'bytesToParse'], 900);
  set(['retransmittedBytes', 'outOfWindowBytes'], 50);
  set(['messageBytes'], 880);
  set(['resyncBytes'], 20);
  set(['messagesParsed'], 9);
  set(['messagesPaired'], 6);
  set(['interimResponses', 'requestsAlone', 'responsesAlone'], 1);
  const last: readonly CounterName[] = ['exchangesToRead', 'callsRead', 'callsToJudge', 'callsToStore', 'callsStored'];
  set(['exchangesOpened', 'exchangesEmitted', ...last], 5);
  set(['callsJudged'], 5);
  return ledger;
}

test('a ledger that adds up has nothing to say', () => {
  assert.deepEqual(imbalances(new Ledger().counts), []);
  assert.deepEqual(imbalances(balanced().counts), []);
});

test('every counter but a note is part of a balance: one unit more or less shows', () => {
  const kinds = new Map(new Ledger().entries().map((entry) => [entry.name, entry.kind]));
  for (const name of Object.keys(C) as CounterName[]) {
    for (const change of [1, -1]) {
      const { counts } = balanced();
      counts[C[name]]! += change;
      const problems = imbalances(counts);
      if (kinds.get(name) === 'note') assert.deepEqual(problems, [], name);
      else assert.ok(problems.length > 0, `${name} may change unseen`);
    }
  }
});

test('an imbalance names its stage and the amount', () => {
  const { counts } = balanced();
  counts[C.streamBytes]! -= 7;
  assert.deepEqual(imbalances(counts), [
    'reassembled: 7 unaccounted',
    'streamBytes → bytesToParse: -7 lost between stages',
  ]);
});

test('ledgers add up over shards', () => {
  const total = new Ledger();
  for (let i = 0; i < 3; i++) total.add(balanced().counts);
  assert.equal(total.counts[C.packetsRead], 300);
  assert.deepEqual(imbalances(total.counts), []);
});

test('entries are every counter once, with its stage in the order of the pipeline', () => {
  const entries = balanced().entries();
  assert.equal(entries.length, Object.keys(C).length);
  assert.equal(new Set(entries.map((entry) => entry.name)).size, entries.length);
  for (const entry of entries) assert.equal(entry.value, balanced().counts[C[entry.name as CounterName]]);
  assert.deepEqual(stages.slice(0, 3), ['received', 'decoded', 'queued']);
  for (const entry of entries) assert.ok(stages.includes(entry.stage as (typeof stages)[number]));
});

test('of a running sensor what is under way is counted; a unit too many still shows', () => {
  const { counts } = balanced();
  counts[C.segmentsTaken]! -= 4;
  counts[C.segmentsToTrack]! -= 4;
  counts[C.segmentsEmpty]! -= 4;
  counts[C.callsToJudge]! -= 2;
  counts[C.callsJudged]! -= 3;
  counts[C.callsToStore]! -= 3;
  counts[C.callsStored]! -= 4;
  const running = withWaiting(counts);
  assert.deepEqual(imbalances(running), []);
  const waiting = (name: CounterName) => running[C[name]];
  assert.deepEqual([waiting('segmentsWaiting'), waiting('segmentsUnderWay')], [4, 0]);
  assert.deepEqual([waiting('callsWaiting'), waiting('callsUnstored')], [3, 1]);
  assert.deepEqual(withWaiting(balanced().counts), balanced().counts, 'at the end nothing is');
  counts[C.notTcp]! += 1;
  assert.notDeepEqual(imbalances(withWaiting(counts)), []);
});

test('judging that is ahead of the last reports adds up too, in each stage, and hides nothing of other stages', () => {
  const { counts } = balanced();
  counts[C.crashExchanges]! += 1;
  counts[C.exchangesOpened]! += 1;
  counts[C.crashUnread]! += 2;
  counts[C.exchangesToRead]! += 2;
  counts[C.exchangesEmitted]! += 2;
  counts[C.exchangesOpened]! += 2;
  assert.deepEqual(imbalances(counts), []);
  for (const name of ['callsToJudge', 'callsJudged', 'callsToStore', 'callsStored'] as const) counts[C[name]]! += 40;
  assert.notDeepEqual(imbalances(counts), []);
  const running = withWaiting(counts);
  assert.deepEqual(imbalances(running), []);
  const of = (name: CounterName) => running[C[name]];
  assert.deepEqual(
    [of('callsRead'), of('exchangesToRead'), of('exchangesEmitted'), of('exchangesOpened')],
    [45, 47, 47, 48],
  );
  assert.deepEqual(
    [of('exchangesUnderWay'), of('exchangesOpen'), of('callsWaiting'), of('callsUnstored')],
    [0, 0, 0, 0],
  );
  assert.deepEqual(withWaiting(running), running);
  counts[C.callsStored]! += 1;
  assert.notDeepEqual(imbalances(withWaiting(counts)), [], 'more stored than judged');
});

test('what a thread held when it died is lost in its stages, and only there', () => {
  const { counts } = new Ledger();
  const set: Partial<Record<CounterName, number>> = {
    ...{ segmentsTaken: 101, segmentsToTrack: 100, segmentsWithPayload: 60, segmentsEmpty: 40 },
    ...{ payloadBytes: 5000, streamBytes: 4000, retransmittedBytes: 200, bytesToParse: 4000, messageBytes: 3500 },
    ...{ messagesParsed: 20, messagesPaired: 16, requestsAlone: 1, exchangesOpened: 10, exchangesEmitted: 9 },
    ...{ exchangesToRead: 8, callsRead: 8 },
  };
  for (const [name, value] of Object.entries(set)) counts[C[name as CounterName]] = value;
  const dead = afterCrash(counts, 7);
  const lost = Object.fromEntries(
    Object.entries(C)
      .filter(([name, index]) => name.startsWith('crash') && dead[index] !== 0)
      .map(([name, index]) => [name, dead[index]]),
  );
  assert.deepEqual(lost, {
    ...{ crashTracked: 1, crashHeldBytes: 800, crashBytes: 500, crashMessages: 3, crashExchanges: 1, crashUnread: 2 },
  });
  const whole = Float64Array.from(dead);
  whole[C.segmentsToShards] = 101;
  for (const counter of [C.callsToJudge, C.callsJudged, C.callsToStore, C.callsStored]) whole[counter] = 7;
  assert.deepEqual(
    imbalances(whole).filter((problem) => !problem.startsWith('tcpSegments')),
    [],
  );
});
