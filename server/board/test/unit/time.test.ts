import { describe, expect, it } from 'vitest';
import { age, clock, dayOf, length, shiftDay, siteSpan, wall, zoneName } from '../../src/lib/time';

const LOUISVILLE = 'America/Kentucky/Louisville';
const NOON = Date.UTC(2026, 10, 23, 17, 0, 5);

describe('times', () => {
  it('are the site’s', () => {
    expect(clock(NOON, LOUISVILLE)).toBe('12:00');
    expect(clock(NOON, 'America/Los_Angeles')).toBe('09:00');
    expect(wall(NOON, LOUISVILLE)).toBe('2026-11-23T12:00:05');
    expect(zoneName(LOUISVILLE, NOON)).toBe('EST');
  });

  it('name the zone only where it isn’t the reader’s', () => {
    expect(siteSpan(NOON, NOON + 3_600_000, LOUISVILLE, 'America/New_York')).toBe('12:00–13:00');
    expect(siteSpan(NOON, NOON + 3_600_000, 'America/Los_Angeles', LOUISVILLE)).toBe('09:00–10:00 PST');
  });

  it('belong to the site’s day', () => {
    const late = Date.UTC(2026, 10, 24, 4, 59);
    expect(dayOf(late, LOUISVILLE)).toBe('2026-11-23');
    expect(dayOf(late, 'UTC')).toBe('2026-11-24');
    expect(wall(Date.UTC(2026, 10, 24, 5, 0), LOUISVILLE)).toBe('2026-11-24T00:00:00');
  });

  it('shift over month, year and clock changes', () => {
    expect(shiftDay('2026-11-30', 1)).toBe('2026-12-01');
    expect(shiftDay('2027-01-01', -1)).toBe('2026-12-31');
    expect(shiftDay('2026-11-01', 1)).toBe('2026-11-02');
    expect(shiftDay('2028-02-28', 1)).toBe('2028-02-29');
  });

  it('have ages and lengths that a person reads', () => {
    expect([0, -5_000, 14_000, 59_000, 60_000, 3_600_000, 47 * 3_600_000, 49 * 3_600_000].map(age)).toEqual(['0 s', '0 s', '14 s', '59 s', '1 min', '1 h', '47 h', '2 d']);
    expect([0, 45 * 60_000, 70 * 60_000].map(length)).toEqual(['0 min', '45 min', '1 h 10']);
  });
});
