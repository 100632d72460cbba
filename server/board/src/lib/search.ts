/** Finding by what somebody types: every word of it must occur; beginnings come first. */

export function rankMatches<T>(typed: string, entries: readonly T[], text: (entry: T) => string): T[] {
  const wanted = typed.toLowerCase().split(/\s+/).filter(Boolean);
  const scored: { entry: T; score: number }[] = [];
  for (const entry of entries) {
    const hay = text(entry).toLowerCase();
    let score = 0;
    let isMatch = true;
    for (const word of wanted) {
      const at = hay.indexOf(word);
      if (at < 0) {
        isMatch = false;
        break;
      }
      score += at === 0 ? 0 : hay[at - 1] === ' ' || hay[at - 1] === '-' ? 1 : 2;
    }
    if (isMatch) scored.push({ entry, score });
  }
  return scored.sort((left, right) => left.score - right.score).map((found) => found.entry);
}
