/** Changes of a dispatch gate as its editor makes them: a requirement is a list of fields, any of which will do. */
import type { GatePolicy } from './types';

export const JOB_TYPES = ['inspection', 'repair', 'install', 'maintenance'] as const;
/** Every job without rules of its own, or one type of job. */
export type Scope = 'default' | (typeof JOB_TYPES)[number];

type Rules = string[][];

export function rulesOf(gate: GatePolicy, scope: Scope): Rules {
  return scope === 'default' ? gate.default : (ownRules(gate, scope) ?? gate.default);
}

/** A job type's own rules; undefined where those of every job hold. */
export function ownRules(gate: GatePolicy, scope: Scope): Rules | undefined {
  return scope === 'default' ? undefined : (gate.by_job_type as Record<string, Rules> | undefined)?.[scope];
}

function withRules(gate: GatePolicy, scope: Scope, rules: Rules): GatePolicy {
  return scope === 'default' ? { ...gate, default: rules } : { ...gate, by_job_type: { ...gate.by_job_type, [scope]: rules } };
}

/** Requires a field, or doesn't any more. The other fields of its requirement stay required. */
export function requireField(gate: GatePolicy, scope: Scope, field: string, isRequired: boolean): GatePolicy {
  const without = rulesOf(gate, scope)
    .map((alternatives) => alternatives.filter((other) => other !== field))
    .filter((alternatives) => alternatives.length > 0);
  return withRules(gate, scope, isRequired ? [...without, [field]] : without);
}

/** Makes a required field an alternative to another required one; to itself: required by itself again. */
export function alternative(gate: GatePolicy, scope: Scope, field: string, to: string): GatePolicy {
  const apart = requireField(gate, scope, field, true);
  if (field === to) return apart;
  const rules = rulesOf(apart, scope)
    .filter((alternatives) => !(alternatives.length === 1 && alternatives[0] === field))
    .map((alternatives) => (alternatives.includes(to) ? [...alternatives, field] : alternatives));
  return withRules(apart, scope, rules);
}

/** Takes a job type's own rules away: those of every job hold again. */
export function followDefault(gate: GatePolicy, scope: Scope): GatePolicy {
  const own = { ...(gate.by_job_type as Record<string, Rules> | undefined) };
  delete own[scope];
  return { ...gate, by_job_type: own };
}
