/** Every visit's newest card, kept live. */
import { SvelteMap } from 'svelte/reactivity';
import { inCompany } from './api';
import { backoffMs, listen } from './sse';
import type { Card } from './types';

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
        const status = await listen(company ? inCompany('/v1/board/stream', company) : '/v1/boards/stream', this.lastEventId, connection.signal, {
          heard: () => {
            attempt = 0;
            this.lastHeard = Date.now();
            this.line = 'live';
            this.lostAt = null;
          },
          event: (event) => {
            if (event.id) this.lastEventId = event.id;
            if (event.name === 'card') this.take(read(event.data, company));
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

  /** The first is shown at once, what follows within a moment together: fifty a second cost as much as four. */
  private take(card: Card): void {
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

/** One company's stream has cards; that of all says whose each is. */
function read(data: string, company: string | null): Card {
  const parsed = JSON.parse(data) as Card | { company: string; card: Card };
  return 'card' in parsed ? { ...parsed.card, company: parsed.company } : { ...parsed, company: company ?? '' };
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
