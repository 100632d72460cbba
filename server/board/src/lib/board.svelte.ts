/** What the views share: the day, its cards, everybody's probable order, and commands with their undo. */
import { get, post, put } from './api';
import { time } from './clock.svelte';
import { live } from './live.svelte';
import { isInField, STALE_MS } from './look';
import { route } from './route.svelte';
import { session } from './session.svelte';
import { dayOf } from './time';
import type { Candidate, Card, CardTechnician, ConflictKind, DayView, Planned } from './types';
import { didUndoable } from './undo.svelte';

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

export function isStale(card: Card, now: number): boolean {
  const heard = heardAt(card);
  return heard !== null && now - heard > STALE_MS;
}

class Board {
  plan = $state.raw<DayView | null>(null);
  private fetching = false;
  private again = false;

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

  /** Cards of the day, by their numbers. */
  readonly cards = $derived.by(() => {
    void live.version;
    const day = this.day;
    const cards = [...live.cards.values()].filter((card) => card.day === day);
    return cards.sort((left, right) => left.number.localeCompare(right.number, 'en', { numeric: true }));
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

  /** Asks for everybody's order again; asked meanwhile, once more afterwards. */
  async refresh(): Promise<void> {
    if (this.fetching) {
      this.again = true;
      return;
    }
    this.fetching = true;
    try {
      const day = this.day;
      const plan = await get<DayView>(`/v1/board/days/${day}`);
      if (day === this.day) this.plan = plan;
    } catch {
      // The line's state is shown on top, and a later change asks again.
    } finally {
      this.fetching = false;
      if (this.again) {
        this.again = false;
        void this.refresh();
      }
    }
  }

  candidates(visit: string): Promise<Candidate[]> {
    return get<Candidate[]>(`/v1/board/visits/${visit}/candidates`);
  }

  /** Gives a visit to somebody; `from` is who has it. */
  async place(card: Card, from: CardTechnician | null, to: { id: string; name: string }, reason: string, accept: ConflictKind[]): Promise<void> {
    await post(`/v1/board/visits/${card.visit}/place`, { to: to.id, from: from?.technician ?? null, reason, accept });
    didUndoable({
      done: `${card.number} given to ${to.name}`,
      back: async () => {
        if (from) {
          // Back to where it was: whatever spoke against that stood before this move.
          const accept = ['inactive', 'skill', 'licence', 'licence_expired', 'overlap'];
          await post(`/v1/board/visits/${card.visit}/place`, { to: from.technician, from: to.id, reason: 'Undone by the office', accept });
        } else {
          await post(`/v1/office/visits/${card.visit}/recall`, { technician: to.id, reason: 'Undone by the office' });
        }
      },
    });
  }

  async setField(card: { visit: string; number: string }, field: string, label: string, value: string, before: string): Promise<void> {
    const path = `/v1/office/visits/${card.visit}/fields/${field}`;
    await put(path, { value });
    didUndoable({ done: `${label} of ${card.number} changed`, back: async () => void (await put(path, { value: before })) });
  }

  async recall(card: Card, technician: CardTechnician, reason: string): Promise<void> {
    await post(`/v1/office/visits/${card.visit}/recall`, { technician: technician.technician, reason });
    didUndoable({
      done: `${card.number} taken back from ${technician.name}`,
      back: async () => {
        await post(`/v1/office/visits/${card.visit}/assign`, { technician: technician.technician, role: technician.role });
        if (technician.intent === 'dispatched') await post(`/v1/office/visits/${card.visit}/dispatch`, {});
      },
    });
  }

  async dispatch(card: Card, overrideReason: string | null): Promise<void> {
    await post(`/v1/office/visits/${card.visit}/dispatch`, { override_reason: overrideReason });
    const names = crew(card).map((technician) => technician.name).join(', ');
    didUndoable({
      done: `${card.number} dispatched to ${names}`,
      back: async () => {
        await post(`/v1/office/visits/${card.visit}/recall`, { reason: 'Dispatch undone by the office' });
        for (const technician of crew(card)) {
          await post(`/v1/office/visits/${card.visit}/assign`, { technician: technician.technician, role: technician.role });
        }
      },
    });
  }
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
