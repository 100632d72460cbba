/** What changed on a card: the server sends it to who has the card already. See core/src/change.rs. */
import type { Change } from './types';

/** The later card. Throws when the change isn't of this card. */
export function changed<T extends object>(card: T, change: Change): T {
  const next = structuredClone(card);
  for (const entry of change.set) {
    const path = entry.slice(0, -1) as (string | number)[];
    const last = path.pop();
    let place: unknown = next;
    for (const key of path) place = at(place, key)[key];
    if (last === undefined) throw new Error('a change without a place');
    at(place, last)[last] = entry[entry.length - 1];
  }
  return next;
}

/** An object or list that has the key. */
function at(place: unknown, key: string | number): Record<string | number, unknown> {
  if (typeof place !== 'object' || place === null || !Object.hasOwn(place, key)) throw new Error(`a change of another card: ${key}`);
  return place as Record<string | number, unknown>;
}
