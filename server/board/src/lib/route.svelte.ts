/** Where one is: the view, the day and the selected visit, all in the address, so that every screen can be sent to somebody. */

export const VIEWS = ['timeline', 'map', 'list', 'exceptions', 'review', 'messages', 'people', 'settings', 'log'] as const;
export type ViewName = (typeof VIEWS)[number];

interface Place {
  view: ViewName;
  day: string | null;
  visit: string | null;
}

export function parsePlace(hash: string): Place {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?');
  const view = VIEWS.find((name) => name === path) ?? 'timeline';
  const values = new URLSearchParams(query);
  const day = values.get('day');
  return { view, day: day && /^\d{4}-\d{2}-\d{2}$/.test(day) ? day : null, visit: values.get('visit') };
}

export function placeHash(place: Place): string {
  const values = new URLSearchParams();
  if (place.day) values.set('day', place.day);
  if (place.visit) values.set('visit', place.visit);
  const query = values.toString();
  return `#/${place.view}${query ? `?${query}` : ''}`;
}

class Route {
  place = $state<Place>(parsePlace(location.hash));

  constructor() {
    addEventListener('hashchange', () => {
      this.place = parsePlace(location.hash);
    });
  }

  go(change: Partial<Place>): void {
    location.hash = placeHash({ ...this.place, ...change });
  }
}

export const route = new Route();
