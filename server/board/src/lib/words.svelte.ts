/** The server's words for the rules' keys, in one language. */
import { get } from './api';

let table = $state.raw<Record<string, string>>({});
let language = $state('en');

/** Fetches the words of a language. */
export async function load(lang: string): Promise<void> {
  table = await get<Record<string, string>>(`/v1/words?lang=${encodeURIComponent(lang)}`);
  language = lang;
}

export function currentLanguage(): string {
  return language;
}

/** The words of a key with `{name}` filled in; a key without words shows itself: better seen than swallowed. */
export function words(key: string, values: Record<string, string> = {}): string {
  return fill(table[key] ?? key, values);
}

/** Everything that the rules have words for under a prefix, by its words: `named('exception.')`. */
export function named(prefix: string): string[] {
  const keys = Object.keys(table).filter((key) => key.startsWith(prefix));
  return keys.map((key) => key.slice(prefix.length)).sort((left, right) => words(prefix + left).localeCompare(words(prefix + right)));
}

export function fill(template: string, values: Record<string, string>): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}
