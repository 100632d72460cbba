/** How a status looks: always colour, icon and word. The words themselves come from the server. */

export type Tone = 'slate' | 'blue-outline' | 'blue' | 'violet' | 'green' | 'amber' | 'ink' | 'red' | 'gray';

export interface Look {
  tone: Tone;
  icon: IconName;
}

/** Paths on a 24-grid, drawn for this board. */
export const ICONS = {
  calendar: 'M5 5h14v15H5zM5 10h14M9 3v4M15 3v4',
  send: 'M4 12l16-8-5 17-4-7z',
  van: 'M2 7h12v10H2zM14 10h4l4 4v3h-8zM6 19.5a2 2 0 1 0 0-4 2 2 0 0 0 0 4M18 19.5a2 2 0 1 0 0-4 2 2 0 0 0 0 4',
  pin: 'M12 21s7-6 7-11a7 7 0 0 0-14 0c0 5 7 11 7 11zM12 12.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5',
  wrench: 'M20 6a5 5 0 0 1-7 6l-7 8-3-3 8-7a5 5 0 0 1 6-7l-3 3 3 3z',
  pause: 'M8 5v14M16 5v14',
  check: 'M4 12l5 6L20 6',
  stop: 'M8 3h8l5 5v8l-5 5H8l-5-5V8zM8 12h8',
  cross: 'M6 6l12 12M18 6L6 18',
  person: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8M4 21c0-5 4-7 8-7s8 2 8 7',
  question: 'M9 9a3 3 0 1 1 4 3c-1 .5-1 1-1 2M12 17.5v.5',
  warning: 'M12 4l9 16H3zM12 10v4M12 16.5v.5',
  list: 'M8 6h12M8 12h12M8 18h12M4 6h.5M4 12h.5M4 18h.5',
  map: 'M3 6l6-2 6 2 6-2v14l-6 2-6-2-6 2zM9 4v14M15 6v14',
  timeline: 'M4 6h9M8 12h11M6 18h8',
  review: 'M5 3h14v18H5zM9 12l2 2 4-5',
  message: 'M4 5h16v11H10l-5 4v-4H4z',
  people: 'M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7M3 20c0-4 3-6 6-6s6 2 6 6M16 11a3 3 0 0 0 0-6M17 14c3 0 4 2 4 5',
  settings: 'M12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6M12 3v3M12 18v3M3 12h3M18 12h3M5.6 5.6l2.2 2.2M16.2 16.2l2.2 2.2M5.6 18.4l2.2-2.2M16.2 7.8l2.2-2.2',
  search: 'M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14M16 16l5 5',
  undo: 'M9 7L4 12l5 5M4 12h10a5 5 0 0 1 0 10',
  lock: 'M6 11h12v9H6zM8 11V8a4 4 0 0 1 8 0v3',
  clock: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18M12 7v5l3 3',
  log: 'M6 3h12v18H6zM9 8h6M9 12h6M9 16h4',
  building: 'M5 21V4h9v17M14 9h5v12M8 8h3M8 12h3M8 16h3M3 21h18',
  handover: 'M4 8h13l-4-4M20 16H7l4 4',
  key: 'M8 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8M12 12h9M18 12v4',
} as const;

export type IconName = keyof typeof ICONS;

const LOOKS: Record<string, Look> = {
  unassigned: { tone: 'gray', icon: 'person' },
  scheduled: { tone: 'slate', icon: 'calendar' },
  dispatched: { tone: 'blue-outline', icon: 'send' },
  declined: { tone: 'red', icon: 'cross' },
  traveling: { tone: 'blue', icon: 'van' },
  on_site: { tone: 'violet', icon: 'pin' },
  in_progress: { tone: 'green', icon: 'wrench' },
  paused: { tone: 'amber', icon: 'pause' },
  completed: { tone: 'ink', icon: 'check' },
  cannot_complete: { tone: 'red', icon: 'stop' },
  canceled: { tone: 'gray', icon: 'cross' },
  canceled_with_work: { tone: 'gray', icon: 'cross' },
};

/** A status that a newer server adds looks unknown, never like another. */
export function look(status: string): Look {
  return LOOKS[status] ?? { tone: 'gray', icon: 'question' };
}

/** Statuses in which somebody is out there, so that silence means something. */
const IN_FIELD = new Set(['traveling', 'on_site', 'in_progress', 'paused']);

export function isInField(status: string): boolean {
  return IN_FIELD.has(status);
}

/** How long a field status may be silent before its cell fades, milliseconds. */
export const STALE_MS = 20 * 60_000;
