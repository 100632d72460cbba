/**
 * Gives the value before for as long as the next says the same: whatever follows it by identity (a calendar with hundreds of
 * bars) then has nothing to do.
 */
export function keeper<T>(): (next: T) => T {
  let kept: T | undefined;
  let said = '';
  return (next) => {
    const says = JSON.stringify(next);
    if (kept === undefined || says !== said) {
      kept = next;
      said = says;
    }
    return kept;
  };
}
