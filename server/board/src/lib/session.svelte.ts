/** Who is signed in. */
import { Refusal, get, post, remove, setCsrf, whenSignedOut } from './api';
import { time } from './clock.svelte';
import { live } from './live.svelte';
import type { SessionView } from './types';
import { load } from './words.svelte';

const RANKS = ['viewer', 'dispatcher', 'manager', 'owner'];

class Session {
  view = $state<SessionView | null>(null);
  /** Known whether somebody is signed in. */
  ready = $state(false);

  constructor() {
    whenSignedOut(() => this.lost());
  }

  async resume(): Promise<void> {
    await load(languageOf(navigator.language));
    try {
      this.begin(await get<SessionView>('/v1/session'));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    } finally {
      this.ready = true;
    }
  }

  async signIn(how: { email: string; password: string } | { token: string }): Promise<void> {
    this.begin(await post<SessionView>('/v1/session', how));
  }

  async signOut(): Promise<void> {
    await remove('/v1/session');
    this.lost();
  }

  /** Whether the role is at least this one. The server decides; this only greys out. */
  may(role: string): boolean {
    return RANKS.indexOf(this.view?.user.role ?? '') >= RANKS.indexOf(role);
  }

  private begin(view: SessionView): void {
    setCsrf(view.csrf);
    time.set(view.now_ms);
    this.view = view;
    live.start(() => this.lost());
  }

  private lost(): void {
    setCsrf('');
    this.view = null;
    live.stop();
  }
}

function languageOf(tag: string): string {
  return tag.toLowerCase().startsWith('es') ? 'es' : 'en';
}

export const session = new Session();
