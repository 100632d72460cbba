/** A visit's whole history in sentences: what the office did and what happened in the field. */
import { words } from './words.svelte';
import type { EventRow, FactRecord } from './types';

type Payload = Record<string, unknown>;

const text = (value: unknown): string => (value === null || value === undefined ? '' : String(value));

/** What an event of the office says. */
const OFFICE: Record<string, (payload: Payload) => string> = {
  'visit.imported': () => 'Imported',
  'visit.created': () => 'Created',
  'visit.assigned': (payload) => `Assigned${payload['reason'] ? `: ${text(payload['reason'])}` : ''}${accepted(payload)}`,
  'visit.reassigned': (payload) => `Reassigned: ${text(payload['reason'])}${accepted(payload)}`,
  'visit.recalled': (payload) => `Taken back: ${text(payload['reason'])}`,
  'visit.dispatched': () => 'Dispatched',
  'visit.rescheduled': (payload) => `Window changed${payload['reason'] ? `: ${text(payload['reason'])}` : ''}`,
  'visit.canceled': (payload) => `Canceled: ${text(payload['reason'])}`,
  'visit.field_set': (payload) => `${words(`field.${text(payload['field'])}`)} set${payload['value'] ? ` to “${text(payload['value'])}”` : ''}`,
  'visit.approved': () => 'Closeout approved',
  'visit.returned': (payload) => `Closeout returned: ${text(payload['reason'])}`,
  'gate.overridden': (payload) => `Gate overridden: ${text(payload['reason'])}`,
  'exception.opened': (payload) => `Exception: ${words(`exception.${text(payload['kind'])}`)}`,
  'exception.resolved': (payload) => `Decided, ${words(`exception.${text(payload['kind'])}`)}: ${text(payload['resolution'])}`,
  'exception.closed': (payload) => `Decided: ${text(payload['resolution'])}`,
  'message.sent': () => 'Message to the technician',
  'secret.viewed': () => 'Gate code looked at',
};

function accepted(payload: Payload): string {
  const kinds = payload['accepted'];
  return Array.isArray(kinds) ? ` (accepted: ${kinds.map((kind) => text(kind).replaceAll('_', ' ')).join(', ')})` : '';
}

export interface HistoryLine {
  key: string;
  at: number;
  who: string;
  what: string;
  marks: string[];
}

export function eventLine(event: EventRow, who: (actor: string) => string): HistoryLine | null {
  // Facts are told from the progress, where their whole payload stands.
  if (event.kind.startsWith('fact.')) return null;
  const payload = (event.payload ?? {}) as Payload;
  const say = OFFICE[event.kind];
  const what = event.payload === null ? `${event.kind} (erased)` : say ? say(payload) : event.kind.replaceAll(/[._]/g, ' ');
  return { key: `event-${event.seq}`, at: event.at_ms, who: text(payload['by_name']) || who(event.actor), what, marks: [] };
}

const FIELD: Record<string, (payload: Payload) => string> = {
  'status.set': (payload) => `${words(`status.${text(payload['to'])}`)}${payload['reason'] ? `: ${text(payload['reason'])}` : ''}`,
  'status.undo': () => 'Took the latest status back',
  'check_in.add': (payload) => {
    const verdict = (payload['verdict'] ?? {}) as Payload;
    return `Checked in: ${words(`grade.${text(verdict['grade'])}`)}${payload['reason'] ? `, “${text(payload['reason'])}”` : ''}`;
  },
  'note.add': (payload) => `Note: ${text(payload['text'])}`,
  'photo.add': (payload) => `Photo: ${words(`photo.${text(payload['photo_kind'])}`)}${payload['caption'] ? `, ${text(payload['caption'])}` : ''}`,
  'part.use': (payload) => `Used ${text(payload['quantity'])} × ${text(payload['name'])}`,
  'part.return': (payload) => `Returned ${text(payload['quantity'])} × ${text(payload['name'])}`,
  'checklist.answer': (payload) => `${text(payload['item'])}: ${text(payload['value'])}`,
  'time.start': (payload) => `${words(`time.${text(payload['time_kind'])}`)} began`,
  'time.stop': () => 'It ended',
  'time.adjust': () => 'A time was corrected',
  'signature.add': () => 'The customer signed',
  'site_pin.propose': () => 'Proposed another pin for the site',
  'estimate.propose': () => 'Drafted an estimate',
  'follow_up.propose': () => 'Proposed a follow-up',
  'flag.raise': (payload) => `Flag: ${words(`flag.${text(payload['flag'] ?? payload['flag_kind'])}`)}${payload['text'] ? `, “${text(payload['text'])}”` : ''}`,
  'handoff.mark': (payload) => `The packet lacked: ${words(`field.${text(payload['field'])}`)}${payload['text'] ? `, “${text(payload['text'])}”` : ''}`,
  'message.send': (payload) => `To the office: ${text(payload['text'])}`,
  'secret.viewed': () => 'Looked at the gate code',
};

export function recordLine(id: string, record: FactRecord): HistoryLine {
  const kind = record.kind.replace(/@\d+$/, '');
  const say = FIELD[kind];
  const by = record.by as { name: string; role: string };
  return {
    key: `fact-${id}`,
    at: record.at_ms,
    who: by.role === 'office' ? `${by.name}, for the technician` : by.name,
    what: say ? say((record.payload ?? {}) as Payload) : kind.replaceAll(/[._]/g, ' '),
    marks: record.marks ?? [],
  };
}
