/** The server's time, as far as this browser knows it, moving once a second. */

class Clock {
  /** Milliseconds since 1970 UTC. */
  now = $state(Date.now());
  private offset = 0;

  constructor() {
    setInterval(() => this.tick(), 1_000);
  }

  /** The server said what time it is. */
  set(serverNow: number): void {
    this.offset = serverNow - Date.now();
    this.tick();
  }

  private tick(): void {
    this.now = Date.now() + this.offset;
  }
}

export const time = new Clock();
