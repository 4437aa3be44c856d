/** The zone of the configuration as judging counts days and hours in it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { offsetOf } from '../../deploy/equipment.ts';

test("a zone's standard time, whatever its clocks do in summer or in Ramadan", () => {
  const hours = {
    'Asia/Shanghai': 8,
    'Europe/Berlin': 1,
    'Australia/Sydney': 10,
    'Africa/Casablanca': 1,
    'Europe/Dublin': 0,
    'America/New_York': -5,
    'America/St_Johns': -3.5,
    'Asia/Kathmandu': 5.75,
    'Australia/Lord_Howe': 10.5,
    UTC: 0,
  };
  for (const [zone, wanted] of Object.entries(hours)) assert.equal(offsetOf(zone) / 3600e6, wanted, zone);
});
