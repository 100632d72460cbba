import { describe, expect, it } from 'vitest';
import { alternative, followDefault, ownRules, requireField, rulesOf } from '../../src/lib/gate';
import type { GatePolicy } from '../../src/lib/types';

const gate = (): GatePolicy => ({ default: [['scope'], ['phone', 'email']], by_job_type: {} });

describe('the gate’s editor', () => {
  it('requires a field, and doesn’t any more, without touching the others', () => {
    expect(requireField(gate(), 'default', 'window', true).default).toEqual([['scope'], ['phone', 'email'], ['window']]);
    expect(requireField(gate(), 'default', 'scope', false).default).toEqual([['phone', 'email']]);
    expect(requireField(gate(), 'default', 'phone', false).default).toEqual([['scope'], ['email']]);
  });

  it('makes a field an alternative to another, and one of its own again', () => {
    const or = alternative(gate(), 'default', 'scope', 'phone');
    expect(or.default).toEqual([['phone', 'email', 'scope']]);
    expect(alternative(or, 'default', 'scope', 'scope').default).toEqual([['phone', 'email'], ['scope']]);
  });

  it('gives a job type rules of its own from the first change, and takes them away', () => {
    const own = requireField(gate(), 'install', 'quote', true);
    expect(rulesOf(own, 'install')).toEqual([['scope'], ['phone', 'email'], ['quote']]);
    expect(rulesOf(own, 'repair')).toEqual(own.default);
    expect(own.default).toEqual(gate().default);
    expect(ownRules(followDefault(own, 'install'), 'install')).toBeUndefined();
  });
});
