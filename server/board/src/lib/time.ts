/** Times as people read them, in the site's or the office's zone, and ages. */

const formats = new Map<string, Intl.DateTimeFormat>();

function format(zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = zone + JSON.stringify(options);
  let found = formats.get(key);
  if (!found) {
    found = new Intl.DateTimeFormat('en-US', { timeZone: zone, hourCycle: 'h23', ...options });
    formats.set(key, found);
  }
  return found;
}

/** `14:02` */
export function clock(ms: number, zone: string): string {
  return wall(ms, zone).slice(11, 16);
}

/** `Mon 23 Nov, 14:02` */
export function moment(ms: number, zone: string): string {
  return format(zone, { weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' }).format(ms);
}

/** `Monday, November 23` of a day `2026-11-23`. */
export function dayName(day: string): string {
  return format('UTC', { weekday: 'long', day: 'numeric', month: 'long' }).format(Date.parse(`${day}T00:00:00Z`));
}

/** `13:00–17:00` */
export function span(start: number, end: number, zone: string): string {
  return `${clock(start, zone)}–${clock(end, zone)}`;
}

/** The same by a site's clock: with the zone's name where that isn't the clock of whoever reads it. */
export function siteSpan(start: number, end: number, zone: string, reader: string): string {
  const text = span(start, end, zone);
  return offsetMs(start, zone) === offsetMs(start, reader) ? text : `${text} ${zoneName(zone, start)}`;
}

/** The day of an instant in a zone: `2026-11-23`. */
export function dayOf(ms: number, zone: string): string {
  return wall(ms, zone).slice(0, 10);
}

/** Zones change their offset at whole quarters of an hour only. */
const QUARTER_MS = 15 * 60_000;
const offsets = new Map<string, Map<number, number>>();

/** How far the zone's clocks are ahead of UTC, milliseconds. Asked of the browser once a quarter: it is slow to say. */
function offsetMs(ms: number, zone: string): number {
  let known = offsets.get(zone);
  if (!known) {
    known = new Map();
    offsets.set(zone, known);
  }
  const quarter = Math.floor(ms / QUARTER_MS);
  let offset = known.get(quarter);
  if (offset === undefined) {
    const options = { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit' } as const;
    const parts = format(zone, options).formatToParts(quarter * QUARTER_MS);
    const part = (type: string) => Number(parts.find((found) => found.type === type)?.value ?? 0);
    const local = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
    offset = local - quarter * QUARTER_MS;
    known.set(quarter, offset);
  }
  return offset;
}

/** The wall clock of an instant in a zone, as the timeline takes it: `2026-11-23T14:02:05`. */
export function wall(ms: number, zone: string): string {
  return new Date(ms + offsetMs(ms, zone)).toISOString().slice(0, 19);
}

/** The day `days` later. */
export function shiftDay(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

/** `14 s`, `3 min`, `2 h`, `4 d`: how old something is. */
export function age(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.floor(hours / 24)} d`;
}

/** `1 h 10` or `45 min`: how long something takes. */
export function length(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')}`;
}

/** The zone's short name at an instant: `EST`. */
export function zoneName(zone: string, ms: number): string {
  const parts = format(zone, { timeZoneName: 'short' }).formatToParts(ms);
  return parts.find((part) => part.type === 'timeZoneName')?.value ?? zone;
}
