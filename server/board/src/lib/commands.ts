/** What the office does, each with the command that takes it back: one that is logged like any other. */
import { get, inCompany, post, put } from './api';
import { crew } from './board.svelte';
import { session } from './session.svelte';
import { wall } from './time';
import { toast } from './toast.svelte';
import type { Candidate, Card, CardException, CardTechnician, ConflictKind, Desk, Device, DeviceState, HandOverView, Role, Settings, User, VisitRow } from './types';
import { didUndoable } from './undo.svelte';
import { words } from './words.svelte';

const UNDONE = 'Undone by the office';

/** A visit, and whose it is. */
export interface Which {
  visit: string;
  number: string;
  company: string;
}

/** Where something of a visit is, in its own company. */
export function visitPath(which: { visit: string; company: string }, what = ''): string {
  return inCompany(`/v1/office/visits/${which.visit}${what}`, which.company);
}

/** Does something to a visit's plan. It can be taken back for as long as nothing else has happened to the visit. */
async function change(done: string, which: Which, command: Promise<VisitRow>): Promise<void> {
  const row = await command;
  didUndoable({ done, back: () => post(visitPath(which, '/undo-change'), { change: row.plan_rev }) });
}

export function candidates(card: Card): Promise<Candidate[]> {
  return get<Candidate[]>(inCompany(`/v1/board/visits/${card.visit}/candidates`, card.company));
}

/** Gives a visit to somebody; `from` is who has it. */
export function place(card: Card, from: CardTechnician | null, to: { id: string; name: string }, reason: string, accept: ConflictKind[]): Promise<void> {
  const request = { to: to.id, from: from?.technician ?? null, reason, accept };
  return change(`${card.number} given to ${to.name}`, card, post(inCompany(`/v1/board/visits/${card.visit}/place`, card.company), request));
}

export function setField(card: Which, field: string, label: string, value: string): Promise<void> {
  return change(`${label} of ${card.number} changed`, card, put(visitPath(card, `/fields/${field}`), { value }));
}

export function recall(card: Card, technician: CardTechnician, reason: string): Promise<void> {
  return change(`${card.number} taken back from ${technician.name}`, card, post(visitPath(card, '/recall'), { technician: technician.technician, reason }));
}

export function dispatch(card: Card): Promise<void> {
  const names = crew(card).map((technician) => technician.name).join(', ');
  return change(`${card.number} dispatched to ${names}`, card, post(visitPath(card, '/dispatch')));
}

export function override(card: Card, reason: string): Promise<void> {
  return change(`${card.number}: the gate is overridden`, card, post(visitPath(card, '/override'), { reason }));
}

export function cancel(card: Card, reason: string): Promise<void> {
  return change(`${card.number} canceled`, card, post(visitPath(card, '/cancel'), { reason }));
}

/** A window as it stands in a form: a day and two times of day at the site. */
export interface LocalWindow {
  date: string;
  start: string;
  end: string;
}

/** A visit's window as a form shows it. */
export function localWindow(card: Card): LocalWindow | null {
  if (!card.window) return null;
  const [start, end] = [wall(card.window.start_ms, card.time_zone), wall(card.window.end_ms, card.time_zone)];
  return { date: start.slice(0, 10), start: start.slice(11, 16), end: end.slice(11, 16) };
}

export function promise(card: Card, window: LocalWindow, reason: string): Promise<void> {
  return change(`${card.number} promised ${window.start}–${window.end}`, card, post(visitPath(card, '/reschedule'), { ...window, reason }));
}

export function approve(card: Card): Promise<void> {
  return change(`${card.number} closed`, card, post(visitPath(card, '/review'), { decision: 'approve' }));
}

export function returnCloseout(card: Card, reason: string): Promise<void> {
  return change(`${card.number} returned`, card, post(visitPath(card, '/review'), { decision: 'return', reason }));
}

/** Decides about an exception; `accept` takes a proposed pin over. */
export async function resolve(card: Card, exception: CardException, resolution: string, accept: boolean): Promise<void> {
  const path = (what: string) => inCompany(`/v1/office/exceptions/${exception.id}/${what}`, card.company);
  await post(path('resolve'), { resolution, accept });
  didUndoable({
    done: `${card.number}: ${words(`exception.${exception.kind}`)} decided`,
    back: async () => {
      await post(path('reopen'));
      if (accept) await put(visitPath(card, '/fields/coordinates'), { value: card.pin ? `${card.pin.lat},${card.pin.lon}` : '' });
    },
  });
}

export async function followUp(card: Card, order: { scope: string; next_step: string; owner: string; due: string }): Promise<void> {
  const made = await post<VisitRow>(visitPath(card, '/follow-up'), order);
  didUndoable({ done: `${made.number} follows ${card.number}`, back: () => post(visitPath({ ...card, visit: made.visit }, '/cancel'), { reason: UNDONE }) });
}

/** Changes what a phone may do. A wiped phone stays wiped. */
export async function setDeviceState(device: Device, state: DeviceState, label: string): Promise<void> {
  const path = inCompany(`/v1/office/devices/${device.id}/state`, session.company);
  const done = `${device.name || device.platform}: ${label.toLowerCase()}`;
  await put(path, { state });
  if (state === 'wiped') toast.show(done);
  else didUndoable({ done, back: () => put(path, { state: device.state }) });
}

/** Saves the company's settings; `onsaved` hears of it, and of the undo. */
export async function saveSettings(settings: Settings, before: Settings, done: string, onsaved: (settings: Settings) => void): Promise<void> {
  const path = inCompany('/v1/office/settings', session.company);
  const save = async (wanted: Settings) => onsaved(await put<Settings>(path, wanted));
  await save(settings);
  didUndoable({ done, back: () => save(before) });
}

/** Gives a desk to a cover, with all that is open on it. */
export async function handOver(from: Desk, to: Desk, note: string): Promise<HandOverView> {
  const path = (what: string) => inCompany(`/v1/office/hand-overs${what}`, session.company);
  const given = await post<HandOverView>(path(''), { from: from.user, to: to.user, note });
  const done = `${given.items.length} ${given.items.length === 1 ? 'visit' : 'visits'} handed over from ${given.from} to ${given.to}`;
  didUndoable({ done, back: () => post(path(`/${given.id}/undo`)) });
  return given;
}

/** Changes what somebody may do here, or whether they may work here at all. */
export async function changeUser(user: User, change: { role: Role; active: boolean }): Promise<void> {
  const path = inCompany(`/v1/office/users/${user.id}`, session.company);
  await put(path, change);
  const done = change.active === user.active ? `${user.name} is ${change.role} now` : `${user.name} ${change.active ? 'may work here again' : 'is closed'}`;
  didUndoable({ done, back: () => put(path, { role: user.role, active: user.active }) });
}
