import { describe, expect, it } from 'vitest';
import { choices, type CrewFilter, EVERYBODY, isIn } from '../../src/lib/crew-filter';
import type { TechnicianDay } from '../../src/lib/types';

const DAY = '2026-11-23';
const NOW = 1_000;

const technician = (free: number | null, skills: string[] = [], ...certifications: [string, string | null][]) =>
  ({ skills, free_from_ms: free, certifications: certifications.map(([name, expires_on]) => ({ name, expires_on })) }) as unknown as TechnicianDay;

describe('whom the timeline shows', () => {
  const cases: [string, Partial<CrewFilter>, TechnicianDay, boolean][] = [
    ['everybody', {}, technician(null), true],
    ['who has the skill', { skill: 'hvac' }, technician(null, ['gas', 'hvac']), true],
    ['not who lacks it', { skill: 'hvac' }, technician(null, ['gas']), false],
    ['whose licence holds on its last day', { licence: 'gas-fitter' }, technician(null, [], ['gas-fitter', DAY]), true],
    ['whose licence never ends', { licence: 'gas-fitter' }, technician(null, [], ['gas-fitter', null]), true],
    ['who renewed it', { licence: 'gas-fitter' }, technician(null, [], ['gas-fitter', '2026-01-01'], ['gas-fitter', '2028-01-01']), true],
    ['not whose licence ended the day before', { licence: 'gas-fitter' }, technician(null, [], ['gas-fitter', '2026-11-22']), false],
    ['who is free now', { free: 'now' }, technician(NOW), true],
    ['not who is free later', { free: 'now' }, technician(NOW + 1), false],
    ['who is free later, when any time will do', { free: 'some' }, technician(NOW + 1), true],
    ['not who is full', { free: 'some' }, technician(null), false],
    ['only who is all of it', { skill: 'hvac', free: 'now' }, technician(null, ['hvac']), false],
  ];
  it.each(cases)('%s', (_, filter, who, expected) => {
    expect(isIn({ ...EVERYBODY, ...filter }, who, DAY, NOW)).toBe(expected);
  });

  it('offers each skill and licence once', () => {
    expect(choices([technician(null, ['hvac', 'gas'], ['b', null]), technician(null, ['gas'], ['a', null], ['b', null])])).toEqual({
      skills: ['gas', 'hvac'],
      licences: ['a', 'b'],
    });
  });
});
