/** A visit's whole history in sentences: what the office did and what happened in the field. */
import { words } from './words.svelte';
import type { FactRecord, LogLine } from './types';

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
  'visit.change_undone': (payload) => `Undone: ${text(payload['kind']).replaceAll(/[._]/g, ' ')}`,
  'visit.field_set': (payload) => `${words(`field.${text(payload['field'])}`)} set${payload['value'] ? ` to “${text(payload['value'])}”` : ''}`,
  'visit.erased': () => 'Personal data erased',
  'visit.approved': () => 'Closeout approved',
  'visit.returned': (payload) => `Closeout returned: ${text(payload['reason'])}`,
  'gate.overridden': (payload) => `Gate overridden: ${text(payload['reason'])}`,
  'gate.asked_again': () => 'The company’s gate changed: asked again',
  'exception.opened': (payload) => `Exception: ${words(`exception.${text(payload['kind'])}`)}`,
  'exception.closed': (payload) => `Decided, ${words(`exception.${text(payload['kind'])}`)}: ${text(payload['resolution'])}`,
  'exception.resolved': () => 'The gate was asked again',
  'exception.reopened': (payload) => `Open again: ${words(`exception.${text(payload['kind'])}`)}`,
  'message.sent': () => 'Message to the technician',
  'desk.changed': () => 'Put on somebody’s desk',
  'secret.viewed': () => 'Gate code looked at',
  'desk.handed_over': () => 'A desk was handed over',
  'desk.taken_back': () => 'A hand-over was taken back',
  'invitation.made': () => 'Somebody was invited',
  'invitation.withdrawn': () => 'An invitation was withdrawn',
  'company.changed': () => 'The company’s settings changed',
  'user.saved': (payload) => `Office account: ${text(payload['name'])}, ${text(payload['role'])}`,
  'user.password_set': () => 'A password was set',
  'token.added': () => 'An API token was made',
  'session.began': () => 'Signed in',
  'session.ended': () => 'Signed out',
  'technician.saved': (payload) => `Technician: ${text(payload['name'])}`,
  'enrolment.offered': () => 'Code for a phone given out',
  'device.enrolled': (payload) => `Phone enrolled: ${text(payload['name'])}`,
  'device.state_set': (payload) => `Phone is now ${text(payload['state'])}`,
  'order.followed_up': () => 'Follow-up order made',
  'visit.closed_out_again': () => 'Closed out again',
  'attention.discarded': () => 'Entry that needed attention thrown away',
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

/** What a line of the log says in one sentence. */
export function logSentence(line: LogLine): string {
  if (line.change === null) return `${line.kind.replaceAll(/[._]/g, ' ')} (erased)`;
  const payload = line.change as Payload;
  const say = OFFICE[line.kind];
  if (say) return say(payload);
  const fact = payload['fact'] as { kind?: string; payload?: Payload } | undefined;
  const field = FIELD[text(fact?.kind).replace(/@\d+$/, '')];
  if (field) return field(fact?.payload ?? {});
  return line.kind.replaceAll(/[._]/g, ' ');
}

/** A line of the log in a visit's history; facts are told from the progress, where their whole payload stands. */
export function logLine(line: LogLine): HistoryLine | null {
  if (line.kind.startsWith('fact.') || line.kind === 'exception.resolved') return null;
  return { key: `event-${line.seq}`, at: line.at_ms, who: line.who ?? 'The server', what: logSentence(line), marks: [] };
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
