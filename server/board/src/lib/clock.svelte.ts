/** The server's time, as far as this browser knows it, moving once a second. */

/** Two words of the server must lie this far apart to tell its pace, milliseconds. */
const PACE_OVER_MS = 3_000;
/** A clock that seems to run less than this many times too fast is right, and the line was slow. */
const FAST = 3;

class Clock {
  /** Milliseconds since 1970 UTC. */
  now = $state(Date.now());
  /** What the server said last, and when by this browser's clock. */
  private heard = { server: Date.now(), local: Date.now() };
  /** How many times faster than this browser's clock the server's runs: 1, except in a demo. */
  private pace = 1;
  /** The server has said something. */
  private known = false;

  constructor() {
    setInterval(() => this.tick(), 1_000);
  }

  /** The server said what time it is. */
  set(serverNow: number): void {
    const local = Date.now();
    const elapsed = local - this.heard.local;
    if (elapsed >= PACE_OVER_MS) {
      const pace = (serverNow - this.heard.server) / elapsed;
      this.pace = this.known && pace >= FAST ? pace : 1;
    }
    if (elapsed >= PACE_OVER_MS || !this.known) this.heard = { server: serverNow, local };
    this.known = true;
    this.tick();
  }

  private tick(): void {
    this.now = this.heard.server + (Date.now() - this.heard.local) * this.pace;
  }
}

export const time = new Clock();
