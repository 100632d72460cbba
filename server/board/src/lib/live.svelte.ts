/** Every visit's newest card, kept live. */
import { SvelteMap } from 'svelte/reactivity';
import { backoffMs, listen } from './sse';
import type { Card } from './types';

/** Nothing heard for so long, heartbeats included, means that the line is dead, milliseconds. */
const SILENCE_MS = 45_000;

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
  private frame = 0;
  private stopped: AbortController | null = null;
  private lastHeard = 0;

  /** Connects, and connects again for as long as somebody is signed in. `onRefused` is told of a 401. */
  start(onRefused: () => void): void {
    this.stop();
    const stopped = new AbortController();
    this.stopped = stopped;
    void this.run(stopped.signal, onRefused);
  }

  stop(): void {
    this.stopped?.abort();
    this.stopped = null;
    this.cards.clear();
    this.lastEventId = null;
    this.line = 'connecting';
    this.lostAt = null;
  }

  private async run(stopped: AbortSignal, onRefused: () => void): Promise<void> {
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
        const status = await listen('/v1/board/stream', this.lastEventId, connection.signal, {
          heard: () => {
            attempt = 0;
            this.lastHeard = Date.now();
            this.line = 'live';
            this.lostAt = null;
          },
          event: (event) => {
            if (event.id) this.lastEventId = event.id;
            if (event.name === 'card') this.take(JSON.parse(event.data) as Card);
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

  /** Cards of one frame are shown together: fifty a second cost as much as one. */
  private take(card: Card): void {
    this.waiting.set(card.visit, card);
    if (this.frame) return;
    const show = () => {
      this.frame = 0;
      for (const [id, waiting] of this.waiting) {
        const known = this.cards.get(id);
        if (!known || known.seq < waiting.seq) this.cards.set(id, waiting);
      }
      this.waiting.clear();
      this.version += 1;
    };
    // A hidden page gets no frames, and must still be right when it is looked at.
    this.frame = document.hidden ? (setTimeout(show, 200) as unknown as number) : requestAnimationFrame(show);
  }
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
