import { describe, expect, it } from 'vitest';
import { changed } from '../../src/lib/change';

describe('a change of a card', () => {
  const card = { seq: 4, status: 'on_site', since_ms: null as number | null, technicians: [{ name: 'Ana', since_ms: 1 }], missing: [] as string[] };

  it('sets its places and leaves the card before it as it was', () => {
    const before = structuredClone(card);
    const next = changed(card, { from: 4, set: [['seq', 7], ['since_ms', 9], ['technicians', 0, 'since_ms', 2], ['missing', ['gate_code']]] });
    expect(next).toEqual({ ...before, seq: 7, since_ms: 9, technicians: [{ name: 'Ana', since_ms: 2 }], missing: ['gate_code'] });
    expect(card).toEqual(before);
  });

  it('is refused for another card', () => {
    for (const entry of [['crew', 1], ['technicians', 1, 'name', 'Bo'], ['status', 'x', 1], [1]]) {
      expect(() => changed(card, { from: 4, set: [entry] })).toThrow();
    }
  });
});
