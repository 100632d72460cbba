import { describe, expect, it } from 'vitest';
import { bars, dayLimits, hoursIn, offShift } from '../../src/lib/timeline';
import type { Card, DayView, Planned, TechnicianDay } from '../../src/lib/types';

const ZONE = 'America/Kentucky/Louisville';
const DAY = '2026-11-23';
const at = (hour: number, minute = 0) => Date.UTC(2026, 10, 23, hour + 5, minute);

function card(status: string, intent = 'dispatched'): Card {
  return {
    visit: 'v1',
    number: 'WO-1',
    window: { start_ms: at(13), end_ms: at(17), promise: 'window' },
    estimated_minutes: 90,
    technicians: [{ assignment: 'a1', technician: 't1', name: 'Ana', role: 'lead', intent, status, since_ms: null, heard_ms: null }],
  } as unknown as Card;
}

const planned = (start: number, end: number, late = 0): Map<string, Planned> =>
  new Map([['v1', { visit: 'v1', number: 'WO-1', start_ms: start, end_ms: end, travel_ms: 0, late_ms: late }]]);

describe('bars', () => {
  it('stand where the order of the day puts them, else at the window', () => {
    expect(bars([card('scheduled')], planned(at(14), at(15, 30)), ZONE, DAY, at(8))[0]).toMatchObject({
      resourceIds: ['t1'],
      start: '2026-11-23T14:00:00',
      end: '2026-11-23T15:30:00',
      startEditable: true,
    });
    expect(bars([card('scheduled')], new Map(), ZONE, DAY, at(8))[0]).toMatchObject({ start: '2026-11-23T13:00:00', end: '2026-11-23T14:30:00' });
  });

  it('grow with work that runs over, and can’t be moved any more', () => {
    const [bar] = bars([card('in_progress')], planned(at(13), at(14)), ZONE, DAY, at(15));
    expect(bar).toMatchObject({ end: '2026-11-23T15:00:00', startEditable: false });
    expect(bar?.extendedProps.real).toBe(1);
  });

  it('are there for finished work of somebody recalled, and not for what was only planned', () => {
    expect(bars([card('completed', 'recalled')], planned(at(13), at(14)), ZONE, DAY, at(15))).toHaveLength(1);
    expect(bars([card('scheduled', 'recalled')], planned(at(13), at(14)), ZONE, DAY, at(15))).toHaveLength(0);
    expect(bars([card('declined')], planned(at(13), at(14)), ZONE, DAY, at(15))).toHaveLength(0);
  });

  it('end with the day', () => {
    expect(bars([card('scheduled')], planned(at(23), at(26)), ZONE, DAY, at(8))[0]?.end).toBe('2026-11-23T23:59:59');
  });
});

describe('the hours shown', () => {
  it('are seven to six, and more when the day has more', () => {
    expect(dayLimits(null, [], ZONE, DAY)).toEqual({ start: 7, end: 18 });
    const plan = { technicians: [{ shift_start_ms: at(5, 30), shift_end_ms: at(20, 15), planned: [] }] } as unknown as DayView;
    expect(dayLimits(plan, [], ZONE, DAY)).toEqual({ start: 5, end: 21 });
  });
});

describe('bars out of sight', () => {
  it('are left out', () => {
    expect(bars([card('scheduled')], new Map(), ZONE, DAY, at(8), (technician) => technician !== 't1')).toEqual([]);
    expect(bars([card('scheduled')], new Map(), ZONE, DAY, at(8), (technician) => technician === 't1')).toHaveLength(1);
  });
});

describe('what lies outside of a shift', () => {
  const technician = (start: number | null, end: number | null) => ({ technician: 't1', shift_start_ms: start, shift_end_ms: end }) as unknown as TechnicianDay;

  it('is shaded before it and after it', () => {
    expect(offShift([technician(at(7, 30), at(16, 30))], ZONE, DAY)).toMatchObject([
      { resourceIds: ['t1'], start: '2026-11-23T00:00:00', end: '2026-11-23T07:30:00' },
      { resourceIds: ['t1'], start: '2026-11-23T16:30:00', end: '2026-11-23T23:59:59' },
    ]);
  });

  it('is only the beginning of a night shift’s day, and nothing where no shift is known', () => {
    expect(offShift([technician(at(20), at(28))], ZONE, DAY).map((shade) => shade.end)).toEqual(['2026-11-23T20:00:00']);
    expect(offShift([technician(null, null)], ZONE, DAY)).toEqual([]);
    expect(offShift([technician(at(8), at(17))], ZONE, DAY, () => false)).toEqual([]);
  });
});

describe('now', () => {
  it('stands where its hour is, and nowhere on another day or outside of what is shown', () => {
    const limits = { start: 7, end: 18 };
    expect(hoursIn(at(9, 30), ZONE, DAY, limits)).toBe(2.5);
    expect([at(6), at(19), at(9) + 86_400_000].map((now) => hoursIn(now, ZONE, DAY, limits))).toEqual([null, null, null]);
  });
});
