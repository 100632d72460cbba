/** The bars of the timeline: real times where there are some, the probable ones where not. */
import { isInField } from './look';
import { dayOf, wall } from './time';
import type { Card, DayView, Planned, TechnicianDay } from './types';

export interface Bar {
  id: string;
  resourceIds: string[];
  start: string;
  end: string;
  title: string;
  extendedProps: { start: number; end: number; real: number | null; late: number };
  startEditable: boolean;
}

const ACTIVE = new Set(['scheduled', 'dispatched']);
const FIXED = new Set(['on_site', 'in_progress', 'paused', 'completed', 'cannot_complete']);
/** Narrower than this a bar can't be hit, milliseconds. */
const SHORTEST_MS = 20 * 60_000;

/** The bars of whoever is shown: by default of everybody. */
export function bars(
  cards: readonly Card[],
  planned: ReadonlyMap<string, Planned>,
  zone: string,
  day: string,
  now: number,
  isShown: (technician: string) => boolean = () => true,
): Bar[] {
  const bars: Bar[] = [];
  for (const card of cards) {
    for (const technician of card.technicians) {
      if (!isShown(technician.technician)) continue;
      const isDone = technician.status === 'completed' || technician.status === 'cannot_complete';
      if (!isDone && (!ACTIVE.has(technician.intent) || technician.status === 'declined')) continue;
      const stop = planned.get(card.visit);
      // What really began on another day is shown where this day promised it.
      const isOther = stop !== undefined && dayOf(stop.start_ms, zone) !== day;
      const start = isOther ? card.window?.start_ms : (stop?.start_ms ?? card.window?.start_ms);
      if (start === undefined) continue;
      const minutes = card.estimated_minutes ?? 60;
      let end = Math.max((isOther ? undefined : stop?.end_ms) ?? start + minutes * 60_000, start + SHORTEST_MS);
      // Work that runs over its time grows with the clock.
      if (!isOther && isInField(technician.status) && FIXED.has(technician.status)) end = Math.max(end, Math.min(now, start + 12 * 3_600_000));
      const real = !FIXED.has(technician.status) ? null : isDone ? 1 : isOther ? 0.5 : (now - start) / (end - start);
      bars.push({
        id: `${card.visit}/${technician.technician}`,
        resourceIds: [technician.technician],
        start: wall(start, zone),
        end: clampToDay(wall(end, zone), day),
        title: card.number,
        extendedProps: { start, end, real, late: stop?.late_ms ?? 0 },
        startEditable: !FIXED.has(technician.status),
      });
    }
  }
  return bars;
}

/** What lies outside of somebody's shift: shaded, so that work there is seen to be there. */
export interface Shade {
  id: string;
  resourceIds: string[];
  start: string;
  end: string;
  display: 'background';
}

/** The shades of whoever is shown; of nobody whose shift isn't known. */
export function offShift(technicians: readonly TechnicianDay[], zone: string, day: string, isShown: (technician: string) => boolean = () => true): Shade[] {
  return technicians.filter(({ technician }) => isShown(technician)).flatMap(({ technician, shift_start_ms, shift_end_ms }) => {
    if (shift_start_ms == null || shift_end_ms == null) return [];
    const [start, end] = [wall(shift_start_ms, zone), wall(shift_end_ms, zone)];
    const shade = (name: string, from: string, to: string): Shade => ({ id: `${name}-shift/${technician}`, resourceIds: [technician], start: from, end: to, display: 'background' });
    const before = start.slice(0, 10) === day ? [shade('before', `${day}T00:00:00`, start)] : [];
    // A night shift ends on another day: nothing of this one comes after it.
    const after = end.slice(0, 10) === day ? [shade('after', end, `${day}T23:59:59`)] : [];
    return [...before, ...after];
  });
}

function clampToDay(wallTime: string, day: string): string {
  return wallTime.slice(0, 10) > day ? `${day}T23:59:59` : wallTime;
}

/** Whole hours that show everything of the day: at least seven to six. */
export function dayLimits(plan: Pick<DayView, 'technicians'> | null, cards: readonly Card[], zone: string, day: string): { start: number; end: number } {
  let start = 7;
  let end = 18;
  const take = (ms: number | null | undefined, isEnd: boolean) => {
    if (ms === null || ms === undefined || dayOf(ms, zone) !== day) return;
    const text = wall(ms, zone);
    const hour = Number(text.slice(11, 13));
    const minutes = Number(text.slice(14, 16));
    if (isEnd) end = Math.max(end, minutes > 0 ? hour + 1 : hour);
    else start = Math.min(start, hour);
  };
  for (const technician of plan?.technicians ?? []) {
    take(technician.shift_start_ms, false);
    take(technician.shift_end_ms, true);
    for (const stop of technician.planned) {
      take(stop.start_ms, false);
      take(stop.end_ms, true);
    }
  }
  for (const card of cards) {
    take(card.window?.start_ms, false);
    take(card.window?.end_ms, true);
  }
  return { start, end: Math.min(24, end) };
}

/** How many hours after the beginning of what is shown an instant is; null when it isn't within. */
export function hoursIn(at: number, zone: string, day: string, limits: { start: number; end: number }): number | null {
  const text = wall(at, zone);
  const hours = Number(text.slice(11, 13)) + Number(text.slice(14, 16)) / 60 - limits.start;
  return text.slice(0, 10) !== day || hours < 0 || hours > limits.end - limits.start ? null : hours;
}
