/** What a closeout review looks at, read out of the two documents. */
import type { FactRecord, Packet } from './types';

type Payload = Record<string, unknown>;

export interface Gap {
  key: string;
}

export interface PhotoView {
  sha256: string;
  thumbnail: string;
  kind: string;
  caption: string;
}

export interface CheckInView {
  id: string;
  at: number;
  who: string;
  grade: string;
  probability: number | null;
  distance_m: number | null;
  radius_m: number;
  accuracy_m: number | null;
  lat: number | null;
  lon: number | null;
  mock: boolean;
  reason: string;
  whyKey: string;
}

export interface Closeout {
  outcome: string | null;
  gaps: string[];
  completedAt: number | null;
  completedBy: string;
  why: string;
  notes: { id: string; text: string; at: number; who: string }[];
  photos: PhotoView[];
  parts: { name: string; quantity: number }[];
  answers: { item: string; value: string }[];
  signed: string | null;
  checkIns: CheckInView[];
  marks: string[];
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const number = (value: unknown): number | null => (typeof value === 'number' && Number.isFinite(value) ? value : null);

export function closeout(packet: Packet): Closeout {
  const records = Object.entries(packet.progress.records ?? {}).sort(([, left], [, right]) => left.at_ms - right.at_ms);
  const undone = new Set(records.filter(([, record]) => record.kind === 'status.undo@1').map(([, record]) => text((record.payload as Payload)['target'])));
  const result: Closeout = {
    outcome: null,
    gaps: [],
    completedAt: null,
    completedBy: '',
    why: '',
    notes: [],
    photos: [],
    parts: [],
    answers: [],
    signed: null,
    checkIns: [],
    marks: [],
  };
  const parts = new Map<string, number>();
  const answers = new Map<string, string>();
  for (const [id, record] of records) {
    const payload = (record.payload ?? {}) as Payload;
    const who = (record.by as { name: string }).name;
    switch (record.kind) {
      case 'status.set@1':
        if (!undone.has(id) && (payload['to'] === 'completed' || payload['to'] === 'cannot_complete')) {
          result.outcome = text(payload['outcome']) || null;
          result.gaps = Array.isArray(payload['gaps']) ? (payload['gaps'] as string[]) : [];
          result.completedAt = record.at_ms;
          result.completedBy = who;
          result.why = text(payload['reason']);
        }
        break;
      case 'note.add@1':
        result.notes = result.notes.filter((note) => note.id !== payload['revises']);
        result.notes.push({ id, text: text(payload['text']), at: record.at_ms, who });
        break;
      case 'photo.add@1':
        result.photos.push({
          sha256: text(payload['sha256']),
          thumbnail: text(payload['thumbnail_sha256']),
          kind: text(payload['photo_kind']),
          caption: text(payload['caption']),
        });
        break;
      case 'part.use@1':
      case 'part.return@1': {
        const sign = record.kind === 'part.use@1' ? 1 : -1;
        const name = text(payload['name']);
        parts.set(name, (parts.get(name) ?? 0) + sign * (number(payload['quantity']) ?? 0));
        break;
      }
      case 'checklist.answer@1':
        answers.set(text(payload['item']), text(payload['value']));
        break;
      case 'signature.add@1':
        result.signed = text(payload['signer'] ?? payload['name']) || 'the customer';
        break;
      case 'check_in.add@1':
        result.checkIns.push(checkIn(id, record, who));
        break;
    }
    result.marks.push(...(record.marks ?? []));
  }
  result.parts = [...parts].filter(([, quantity]) => quantity !== 0).map(([name, quantity]) => ({ name, quantity }));
  result.answers = [...answers].map(([item, value]) => ({ item, value }));
  result.marks = [...new Set(result.marks)];
  return result;
}

function checkIn(id: string, record: FactRecord, who: string): CheckInView {
  const payload = (record.payload ?? {}) as Payload;
  const verdict = (payload['verdict'] ?? {}) as Payload;
  const fix = (payload['fix'] ?? {}) as Payload;
  return {
    id,
    at: record.at_ms,
    who,
    grade: text(verdict['grade']),
    probability: number(verdict['probability'] ?? verdict['p_inside'] ?? verdict['p']),
    distance_m: number(verdict['distance_m']),
    radius_m: number(verdict['fence_radius_m'] ?? verdict['radius_m']) ?? 125,
    accuracy_m: number(fix['accuracy_m']),
    lat: number(fix['lat']),
    lon: number(fix['lon']),
    mock: fix['mock'] === true,
    reason: text(payload['reason']),
    whyKey: text(verdict['reason']),
  };
}
