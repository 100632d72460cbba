/** Light or dark: the system's, unless somebody chose. */

type Choice = 'system' | 'light' | 'dark';
const KEY = 'theme';

class Theme {
  choice = $state<Choice>((localStorage.getItem(KEY) as Choice | null) ?? 'system');
  private readonly system = matchMedia('(prefers-color-scheme: dark)');
  isDark = $state(false);

  constructor() {
    this.system.addEventListener('change', () => this.apply());
  }

  choose(choice: Choice): void {
    this.choice = choice;
    localStorage.setItem(KEY, choice);
    this.apply();
  }

  apply(): void {
    this.isDark = this.choice === 'dark' || (this.choice === 'system' && this.system.matches);
    document.documentElement.dataset['theme'] = this.isDark ? 'dark' : 'light';
  }
}

export const theme = new Theme();
