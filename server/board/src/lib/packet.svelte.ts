/** The packet of whichever visit is looked at, kept as new as its card. */
import { untrack } from 'svelte';
import { get } from './api';
import { Attempt } from './attempt.svelte';
import { visitPath } from './commands';
import type { Card, Packet } from './types';

export class PacketOf {
  /** Null until it is here: never another visit's. */
  packet = $state.raw<Packet | null>(null);
  readonly loading = new Attempt();

  /** Made while a component is, and follows its card: whatever changes a visit changes the card's number. */
  constructor(private readonly card: () => Card | undefined) {
    $effect(() => {
      const card = this.card();
      void card?.visit;
      void card?.seq;
      untrack(() => void this.again());
    });
  }

  /** Asks for it again. */
  readonly again = (): Promise<boolean> => {
    const asked = this.card();
    if (this.packet?.visit !== asked?.visit) this.packet = null;
    return this.loading.run(async () => {
      if (!asked) return;
      const found = await get<Packet>(visitPath(asked));
      if (this.card()?.visit === asked.visit) this.packet = found;
    });
  };
}
