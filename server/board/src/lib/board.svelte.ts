/** What the views share: the day, its cards, and everybody's probable order. */
import { get, inCompany } from './api';
import { time } from './clock.svelte';
import { live } from './live.svelte';
import { isInField, STALE_MS } from './look';
import { route } from './route.svelte';
import { session } from './session.svelte';
import { dayOf, siteSpan } from './time';
import type { Card, CardTechnician, DayView, Planned, TechnicianDay } from './types';

const orders = new WeakMap<Card, string>();

/** A number as text that sorts as people count: `WO-9` before `WO-10`. Worked out once a card: a day is sorted often. */
function orderOf(card: Card): string {
  let order = orders.get(card);
  if (order === undefined) {
    order = card.number.replace(/\d+/g, (digits) => digits.padStart(12, '0'));
    orders.set(card, order);
  }
  return order;
}

/** Everybody's order is asked for at most so often, milliseconds: it is worked out from the whole day. */
const REFRESH_MS = 1_500;

const ACTIVE = new Set(['scheduled', 'dispatched']);

/** Who is on the visit now. */
export function crew(card: Card): CardTechnician[] {
  return card.technicians.filter((technician) => ACTIVE.has(technician.intent) && technician.status !== 'declined');
}

/** When the field was last heard of, of whoever is out there; null when nobody is. */
export function heardAt(card: Card): number | null {
  if (!isInField(card.status)) return null;
  const heard = crew(card).flatMap((technician) => [technician.heard_ms ?? technician.since_ms ?? 0]);
  return heard.length > 0 ? Math.max(...heard) : null;
}

/** Nobody was heard of for too long. Only cards of somebody out there look at the clock: the others needn't be drawn every second. */
export function isStale(card: Card): boolean {
  const heard = heardAt(card);
  return heard !== null && time.now - heard > STALE_MS;
}

/** A day of everybody whom this board shows. */
export interface DayPlan {
  day: string;
  technicians: (TechnicianDay & { company: string })[];
}

class Board {
  plan = $state.raw<DayPlan | null>(null);
  private timer: ReturnType<typeof setTimeout> | undefined;
  private askedAt = 0;
  private tookMs = 0;
  private asked = '';

  get zone(): string {
    return session.view?.settings.time_zone ?? 'UTC';
  }

  get today(): string {
    return dayOf(time.now, this.zone);
  }

  /** The day that is looked at: the one in the address, else today, else the first that has work. */
  get day(): string {
    return route.place.day ?? this.today;
  }

  /** What everybody's order is asked for: a day of the companies shown. */
  private get wanted(): string {
    return `${this.day} ${session.company} ${session.all}`;
  }

  /** Cards of the day, by their numbers. */
  readonly cards = $derived.by(() => {
    void live.version;
    const day = this.day;
    const cards = [...live.cards.values()].filter((card) => card.day === day);
    return cards.sort((left, right) => (orderOf(left) < orderOf(right) ? -1 : 1));
  });

  /** Days that have work, ascending. */
  readonly days = $derived.by(() => {
    void live.version;
    return [...new Set([...live.cards.values()].map((card) => card.day))].sort();
  });

  readonly planned = $derived.by(() => {
    const byVisit = new Map<string, Planned>();
    for (const technician of this.plan?.technicians ?? []) for (const stop of technician.planned) byVisit.set(stop.visit, stop);
    return byVisit;
  });

  /** Visits that are late or will be, the latest first. */
  readonly late = $derived.by(() =>
    this.cards
      .filter((card) => !isOver(card) && crew(card).length > 0 && (this.planned.get(card.visit)?.late_ms ?? 0) > 0 && !hasArrived(card))
      .sort((left, right) => this.lateMs(right) - this.lateMs(left)),
  );

  /** Visits that can't roll as they are. */
  readonly blocked = $derived.by(() => this.cards.filter((card) => !isOver(card) && card.readiness.readiness !== 'field_ready'));

  readonly unassigned = $derived.by(() => this.cards.filter((card) => !isOver(card) && crew(card).length === 0));

  lateMs(card: Card): number {
    return this.planned.get(card.visit)?.late_ms ?? 0;
  }

  /** Asks for everybody's order again: at once for another day or company, soon for a change. */
  refreshSoon(): void {
    const isOther = this.asked !== this.wanted;
    if (this.timer && !isOther) return;
    clearTimeout(this.timer);
    // What takes long to work out is asked for less often: the server has other things to do.
    const pause = Math.max(REFRESH_MS, 5 * this.tookMs);
    const wait = isOther ? 0 : Math.max(200, this.askedAt + pause - performance.now());
    this.timer = setTimeout(() => void this.refresh(), wait);
  }

  private async refresh(): Promise<void> {
    // A change that comes while the answer is on its way asks once more.
    this.timer = undefined;
    this.askedAt = performance.now();
    const [asked, day] = [this.wanted, this.day];
    this.asked = asked;
    try {
      const plans = session.shown.map(async (company) => {
        const plan = await get<DayView>(inCompany(`/v1/board/days/${day}`, company));
        time.set(plan.now_ms);
        return plan.technicians.map((technician) => ({ ...technician, company }));
      });
      const technicians = (await Promise.all(plans)).flat();
      if (asked === this.wanted) this.plan = { day, technicians };
      this.tookMs = performance.now() - this.askedAt;
    } catch {
      // The line's state is shown on top, and a later change asks again.
    }
  }
}

/** The promised window by the site's clock; nothing when none was promised. */
export function promised(card: Card): string {
  return card.window ? siteSpan(card.window.start_ms, card.window.end_ms, card.time_zone, board.zone) : '';
}

const OVER = new Set(['completed', 'cannot_complete', 'canceled', 'canceled_with_work']);

export function isOver(card: Card): boolean {
  return OVER.has(card.status);
}

const ARRIVED = new Set(['on_site', 'in_progress', 'paused']);

function hasArrived(card: Card): boolean {
  return ARRIVED.has(card.status);
}

export const board = new Board();
