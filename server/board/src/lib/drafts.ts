/** What is typed and not yet sent. It outlives a lost line, a closed panel and a reload. */

const PREFIX = 'draft:';

export function draft(key: string): string {
  return sessionStorage.getItem(PREFIX + key) ?? '';
}

export function keepDraft(key: string, text: string): void {
  if (text) sessionStorage.setItem(PREFIX + key, text);
  else sessionStorage.removeItem(PREFIX + key);
}
