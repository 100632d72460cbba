/** One short line about what just happened, with at most one thing to do about it. */

export interface Offer {
  label: string;
  run: () => void;
}

class Toast {
  text = $state('');
  offer = $state<Offer | undefined>();
  kind = $state<'plain' | 'bad'>('plain');
  private timer: ReturnType<typeof setTimeout> | undefined;

  show(text: string, offer?: Offer, kind: 'plain' | 'bad' = 'plain'): void {
    clearTimeout(this.timer);
    this.text = text;
    this.offer = offer;
    this.kind = kind;
    this.timer = setTimeout(() => this.hide(), offer || kind === 'bad' ? 12_000 : 5_000);
  }

  hide(): void {
    this.text = '';
    this.offer = undefined;
  }
}

export const toast = new Toast();
