/** Whom of the technicians the timeline shows. */
import type { TechnicianDay } from './types';

export interface CrewFilter {
  skill: string;
  licence: string;
  /** Has time at all that day, or now. */
  free: '' | 'some' | 'now';
}

export const EVERYBODY: CrewFilter = { skill: '', licence: '', free: '' };

/** A licence counts on its last day too, as the candidates' rule has it. */
export function isIn(filter: CrewFilter, technician: TechnicianDay, day: string, now: number): boolean {
  const free = technician.free_from_ms ?? null;
  if (filter.skill && !technician.skills.includes(filter.skill)) return false;
  if (filter.licence && !technician.certifications.some((held) => held.name === filter.licence && (held.expires_on ?? day) >= day)) return false;
  if (filter.free === 'some') return free !== null;
  if (filter.free === 'now') return free !== null && free <= now;
  return true;
}

/** What there is to choose from, each once. */
export function choices(technicians: readonly TechnicianDay[]): { skills: string[]; licences: string[] } {
  const sorted = (names: string[]) => [...new Set(names)].sort();
  return {
    skills: sorted(technicians.flatMap((technician) => technician.skills)),
    licences: sorted(technicians.flatMap((technician) => technician.certifications.map((held) => held.name))),
  };
}
