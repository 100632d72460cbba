/** Every visit's newest card, kept live. */
import { SvelteMap } from 'svelte/reactivity';
import { inCompany } from './api';
import { changed } from './change';
import { backoffMs, listen, type SseEvent } from './sse';
import type { Card, Change } from './types';

/** Nothing heard for so long, heartbeats included, means that the line is dead, milliseconds. */
const SILENCE_MS = 45_000;

/** Changes that come within so long are shown together, milliseconds: nobody reads faster. */
const TOGETHER_MS = 250;

export type LineState = 'connecting' | 'live' | 'lost';

class Live {
  readonly cards = new SvelteMap<string, Card>();
  line = $state<LineState>('connecting');
  /** When the line was lost, by this browser's clock. */
  lostAt = $state<number | null>(null);
  /** Counts batches of changes: what is derived from many cards follows this. */
  version = $state(0);
  private lastEventId: string | null = null;
  private waiting = new Map<string, Card>();
  /** Every newest card, shown or waiting, by company and number: what changes name. */
  private byNumber = new Map<string, Card>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private shownAt = 0;
  private stopped: AbortController | null = null;
  private lastHeard = 0;

  /**
   * Connects, and connects again for as long as somebody is signed in: to one company's stream, or to that of all.
   * `onRefused` is told of a 401.
   */
  start(company: string | null, onRefused: () => void): void {
    this.stop();
    const stopped = new AbortController();
    this.stopped = stopped;
    void this.run(company, stopped.signal, onRefused);
  }

  stop(): void {
    this.stopped?.abort();
    this.stopped = null;
    this.cards.clear();
    clearTimeout(this.timer);
    this.timer = undefined;
    this.waiting.clear();
    this.byNumber.clear();
    this.lastEventId = null;
    this.line = 'connecting';
    this.lostAt = null;
  }

  private async run(company: string | null, stopped: AbortSignal, onRefused: () => void): Promise<void> {
    for (let attempt = 0; !stopped.aborted; attempt += 1) {
      const connection = new AbortController();
      const abort = () => connection.abort();
      stopped.addEventListener('abort', abort);
      // The browser knows before the silence does.
      addEventListener('offline', abort);
      this.lastHeard = Date.now();
      const watchdog = setInterval(() => {
        if (Date.now() - this.lastHeard > SILENCE_MS) connection.abort();
      }, 5_000);
      try {
        const status = await listen(company ? inCompany('/v1/board/stream?changes=true', company) : '/v1/boards/stream?changes=true', this.lastEventId, connection.signal, {
          heard: () => {
            attempt = 0;
            this.lastHeard = Date.now();
            this.line = 'live';
            this.lostAt = null;
          },
          event: (event) => {
            const place = event.id ?? this.lastEventId;
            // Kept only if the event is understood: what can't be read is asked for from the beginning.
            this.lastEventId = null;
            this.hear(event, company);
            this.lastEventId = place;
          },
        });
        if (status === 401) {
          onRefused();
          return;
        }
      } catch {
        // Broken or never made: both are shown below, and tried again.
      } finally {
        clearInterval(watchdog);
        stopped.removeEventListener('abort', abort);
        removeEventListener('offline', abort);
      }
      if (stopped.aborted) return;
      this.line = 'lost';
      this.lostAt ??= Date.now();
      await untilRetry(backoffMs(attempt));
    }
  }

  private hear(event: SseEvent, company: string | null): void {
    if (event.name === 'card') {
      const { shown, whose } = read<Card>(event, company);
      this.take({ ...shown, company: whose });
    } else if (event.name === 'change') {
      const { shown, whose } = read<Change>(event, company);
      const held = this.byNumber.get(`${whose} ${shown.from}`);
      if (!held) throw new Error(`a change of card ${shown.from}, which isn't here`);
      this.take(changed(held, shown));
    }
  }

  /** The first is shown at once, what follows within a moment together: fifty a second cost as much as four. */
  private take(card: Card): void {
    const before = this.waiting.get(card.visit) ?? this.cards.get(card.visit);
    if (before) this.byNumber.delete(`${before.company} ${before.seq}`);
    this.byNumber.set(`${card.company} ${card.seq}`, card);
    this.waiting.set(card.visit, card);
    if (this.timer) return;
    const show = () => {
      this.timer = undefined;
      this.shownAt = performance.now();
      for (const [id, waiting] of this.waiting) {
        const known = this.cards.get(id);
        if (!known || known.seq < waiting.seq) this.cards.set(id, waiting);
      }
      this.waiting.clear();
      this.version += 1;
    };
    this.timer = setTimeout(show, Math.max(0, this.shownAt + TOGETHER_MS - performance.now()));
  }
}

/** One company's stream has cards and changes; that of all wraps them by their event's name and says whose each is. */
function read<T>(event: SseEvent, company: string | null): { shown: T; whose: string } {
  const data = JSON.parse(event.data);
  return company ? { shown: data, whose: company } : { shown: data[event.name], whose: data.company };
}

/** Waits, but no longer than until the browser has a line again. */
function untilRetry(ms: number): Promise<void> {
  return new Promise((resolve) => {
    const go = () => {
      clearTimeout(timer);
      removeEventListener('online', go);
      resolve();
    };
    const timer = setTimeout(go, ms);
    addEventListener('online', go);
  });
}

export const live = new Live();
