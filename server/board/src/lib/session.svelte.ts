/** Who is signed in, and in which company they work: one, or all of theirs in one board. */
import { get, inCompany, post, Refusal, remove, setCompany, setCsrf, whenSignedOut } from './api';
import { time } from './clock.svelte';
import { live } from './live.svelte';
import type { Role, SessionView } from './types';
import { forgetUndo } from './undo.svelte';
import { load } from './words.svelte';

/** What somebody may do; each includes the ones before. */
export const ROLES: readonly Role[] = ['technician', 'viewer', 'assistant', 'dispatcher', 'lead', 'manager', 'owner'];
/** Which company this tab showed last: its id, with a plus when all were shown. */
const KEY = 'company';

class Session {
  view = $state<SessionView | null>(null);
  /** Known whether somebody is signed in. */
  ready = $state(false);
  /** The board is of all companies; what belongs to one company is of the chosen one. */
  all = $state(false);

  constructor() {
    whenSignedOut(() => this.lost());
  }

  /** The chosen company. */
  get company(): string {
    return this.view?.company ?? '';
  }

  get companies(): SessionView['companies'] {
    return this.view?.companies ?? [];
  }

  /** The companies whose day is shown: the chosen one, or all of those where they may look. */
  get shown(): string[] {
    const companies = this.all ? this.companies.map((place) => place.company) : [this.company];
    return companies.filter((company) => this.may('viewer', company));
  }

  companyName(id: string): string {
    return this.companies.find((place) => place.company === id)?.name ?? '';
  }

  async resume(): Promise<void> {
    await load(languageOf(navigator.language));
    const shown = sessionStorage.getItem(KEY) ?? '';
    try {
      this.begin(await this.fetchView(shown.replace('+', '')), shown.endsWith('+'));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    } finally {
      this.ready = true;
    }
  }

  private async fetchView(company: string): Promise<SessionView> {
    try {
      return await get<SessionView>(company ? inCompany('/v1/session', company) : '/v1/session');
    } catch (error) {
      // They may have left the company since.
      if (company && error instanceof Refusal && error.status === 404) return get<SessionView>('/v1/session');
      throw error;
    }
  }

  async signIn(how: { email: string; password: string } | { token: string }): Promise<void> {
    this.begin(await post<SessionView>('/v1/session', how), false);
  }

  /** Joins a company by an invitation; whoever is signed in joins as themselves. */
  async join(request: { code: string; email?: string; password?: string }): Promise<void> {
    this.begin(await post<SessionView>('/v1/session/join', request), false);
  }

  async signOut(): Promise<void> {
    await remove('/v1/session');
    this.lost();
  }

  /** Works in another company from now on; `all` shows the boards of all of them in one. */
  async choose(company: string, all: boolean): Promise<void> {
    this.begin(await this.fetchView(company), all);
  }

  /** Whether the role is at least this one, in that company. The server decides; this only greys out. */
  may(role: Role, company = this.company): boolean {
    const own = this.companies.find((place) => place.company === company)?.role ?? this.view?.user.role ?? 'technician';
    return ROLES.indexOf(own) >= ROLES.indexOf(role);
  }

  private begin(view: SessionView, all: boolean): void {
    setCsrf(view.csrf);
    setCompany(view.company);
    time.set(view.now_ms);
    this.view = view;
    this.all = all && view.companies.length > 1;
    sessionStorage.setItem(KEY, `${view.company}${this.all ? '+' : ''}`);
    live.start(this.all ? null : view.company, () => this.lost());
  }

  private lost(): void {
    setCsrf('');
    setCompany('');
    sessionStorage.removeItem(KEY);
    this.view = null;
    forgetUndo();
    live.stop();
  }
}

function languageOf(tag: string): string {
  return tag.toLowerCase().startsWith('es') ? 'es' : 'en';
}

export const session = new Session();
