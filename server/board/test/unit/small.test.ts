import { browserName } from '../../src/lib/agent';
import { describe, expect, it } from 'vitest';
import { fieldText } from '../../src/lib/fields';
import { keeper } from '../../src/lib/keep';
import { isInField, look } from '../../src/lib/look';
import { rankMatches } from '../../src/lib/search';
import type { Plan } from '../../src/lib/types';

describe('finding', () => {
  const entries = ['WO-1001 Dan Lopez', 'WO-1010 Pia Park', 'Go to list'];

  it('wants every word, and puts beginnings first', () => {
    expect(rankMatches('lopez wo', entries, (entry) => entry)).toEqual(['WO-1001 Dan Lopez']);
    expect(rankMatches('o', ['two', 'one'], (entry) => entry)).toEqual(['one', 'two']);
    expect(rankMatches('', entries, (entry) => entry)).toEqual(entries);
    expect(rankMatches('zzz', entries, (entry) => entry)).toEqual([]);
  });
});

describe('a status', () => {
  it('of a newer server looks unknown, never like another', () => {
    expect(look('teleporting')).toEqual({ tone: 'gray', icon: 'question' });
    expect(isInField('traveling')).toBe(true);
    expect(isInField('scheduled')).toBe(false);
  });
});

describe('a field', () => {
  it('is written as the server reads it back', () => {
    const plan = {
      quote: { amount_cents: 118_900, state: 'tentative' },
      dispatch_fee_cents: 0,
      parts: [{ name: 'flame sensor', status: 'on_truck' }, { name: 'igniter', status: 'ordered' }],
      promises: ['a', 'b'],
      site: { pin: { lat: 38.25, lon: -85.76 } },
      customer: {},
    } as unknown as Plan;
    expect(fieldText(plan, 'quote')).toBe('1189.00 tentative');
    expect(fieldText(plan, 'dispatch_fee')).toBe('0.00');
    expect(fieldText(plan, 'parts')).toBe('flame sensor:on_truck;igniter:ordered');
    expect(fieldText(plan, 'promises')).toBe('a;b');
    expect(fieldText(plan, 'coordinates')).toBe('38.25,-85.76');
    expect(fieldText(plan, 'phone')).toBe('');
  });
});

describe('browsers', () => {
  it('have the names that people know them by', () => {
    const chrome = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36';
    const names = [chrome, `${chrome} Edg/140.0`, 'Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0', 'curl/8', ''];
    expect(names.map(browserName)).toEqual(['Chrome on Linux', 'Edge on Linux', 'Firefox on Windows', 'curl/8', 'A browser']);
    expect(browserName('Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 Version/18.0 Mobile/15E148 Safari/604.1')).toBe('Safari on iOS');
  });
});

describe('keeping', () => {
  it('gives the same value for as long as nothing is said that is new', () => {
    const keep = keeper<{ at: number }[]>();
    const first = keep([{ at: 1 }]);
    expect(keep([{ at: 1 }])).toBe(first);
    expect(keep([{ at: 2 }])).toEqual([{ at: 2 }]);
    expect(keep([{ at: 1 }])).not.toBe(first);
  });
});
