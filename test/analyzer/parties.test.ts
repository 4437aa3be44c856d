/** What parties keep decides nothing: tables that ask them keep and forget what tables that look up by name do. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SubjectTable } from '../../analyzer/baseline/subject-table.ts';
import { AppTable } from '../../analyzer/observe/app-table.ts';
import { Recent } from '../../analyzer/observe/recent.ts';
import { nobodyYet, Parties, partyOf, place } from '../../analyzer/parties.ts';
import { randomOf } from './detect/rules-of.ts';

const store = (value: { n: number }) => ({ ...value });

test('one party for an application and a name, until there are too many', () => {
  const parties = new Parties(3);
  const first = parties.of('a', 'x');
  assert.notEqual(parties.of('a', 'y'), first);
  assert.notEqual(parties.of('b', 'x'), first);
  assert.equal(parties.of('a', 'x'), first);
  parties.of('b', 'y');
  assert.notEqual(parties.of('a', 'x'), first);
});

test('a subject is a party by its kind, and an application is none', () => {
  const all = nobodyYet();
  assert.equal(partyOf(all, 'a', { kind: 'account', id: 'x' }), all.accounts.of('a', 'x'));
  assert.equal(partyOf(all, 'a', { kind: 'session', id: 'x' }), all.sessions.of('a', 'x'));
  assert.equal(partyOf(all, 'a', { kind: 'client', id: 'x' }), all.clients.of('a', 'x'));
  assert.equal(partyOf(all, 'a', { kind: 'app', id: 'a' }), undefined);
});

test('recent states by party are those by name', () => {
  for (let seed = 1; seed <= 20; seed++) {
    const random = randomOf(seed);
    const most = 4 + random(20);
    const weigh = ({ n }: { n: number }) => n;
    const mostWeight = seed % 2 === 0 ? 60 : Number.POSITIVE_INFINITY;
    const byName = new Recent<{ n: number }>(most, mostWeight, weigh);
    const byParty = new Recent<{ n: number }>(most, mostWeight, weigh);
    // Another table at the same place: what it left with a party is none of the first one's.
    const other = new Recent<{ n: number }>(most);
    const parties = new Parties(1 + random(2 * most));
    for (let step = 0; step < 2000; step++) {
      const name = `n${random(2 * most)}`;
      const party = parties.of('a', name);
      const make = () => ({ n: 0 });
      const known = byName.touch(name, make);
      const kept = byParty.held(party, place.pace) ?? byParty.hold(party, place.pace, name, make);
      known.n++;
      kept.n++;
      byName.grow(1);
      byParty.grow(1);
      if (step % 5 === 0) other.hold(party, place.pace, name, make).n--;
      if (step % 61 === 0) for (const table of [byName, byParty]) table.forget((key) => key.endsWith('3'));
      if (step % 97 === 0) byParty.restore(byParty.snapshot(store), store);
      if (step % 97 === 0) byName.restore(byName.snapshot(store), store);
      if (step % 20 === 0) assert.deepEqual(byParty.snapshot(store), byName.snapshot(store), `${seed} ${step}`);
    }
  }
});

test('states of applications by party are those by name', () => {
  for (let seed = 1; seed <= 20; seed++) {
    const random = randomOf(seed);
    const most = 4 + random(20);
    const byName = new AppTable<{ n: number }>(most);
    const byParty = new AppTable<{ n: number }>(most);
    const parties = new Parties();
    for (let step = 0; step < 2000; step++) {
      const party = parties.of(`a${random(3)}`, `n${random(most)}`);
      const make = () => ({ n: 0 });
      byName.touch(party.app, party.id, make).n++;
      byParty.touchOf(party, place.rates, make).n++;
      if (step % 61 === 0) for (const table of [byName, byParty]) table.renew((_, name) => name === 'n1', make);
      if (step % 97 === 0) byParty.restore(byParty.snapshot(store), store);
      if (step % 97 === 0) byName.restore(byName.snapshot(store), store);
      if (step % 20 === 0) assert.deepEqual(byParty.snapshot(store), byName.snapshot(store), `${seed} ${step}`);
    }
  }
});

test('subjects by party are those by name, in the same order of use', () => {
  const random = randomOf(7);
  const byName = new SubjectTable(20);
  const byParty = new SubjectTable(20);
  const parties = new Parties();
  const told = (table: SubjectTable) => Array.from(table, ({ group, id, slot }) => [group, id, slot]);
  for (let step = 0; step < 5000; step++) {
    const party = parties.of(`a${random(3)}`, `n${random(14)}`);
    byName.touch(party.app, party.id);
    const subject = byParty.touchOf(party);
    assert.deepEqual([subject.group, subject.id], [party.app, party.id]);
    if (step % 500 === 0) for (const table of [byName, byParty]) table.clear();
    assert.deepEqual(told(byParty), told(byName));
  }
});
