/** Fields of the packet as they are written: one text each, as an import's column has it (the server reads it back). */
import { length } from './time';
import type { Plan } from './types';

export interface Field {
  key: string;
  /** What a good value looks like. */
  hint?: string;
  long?: boolean;
}

export const GROUPS: readonly { title: string; fields: readonly Field[] }[] = [
  {
    title: 'Work',
    fields: [
      { key: 'reason_for_call', long: true },
      { key: 'scope', long: true },
      { key: 'estimated_minutes', hint: 'minutes: 90' },
      { key: 'equipment', hint: 'gas furnace' },
      { key: 'parts', hint: 'flame sensor:on_truck;igniter:ordered' },
      { key: 'special_instructions', long: true },
    ],
  },
  {
    title: 'Customer',
    fields: [
      { key: 'customer_name' },
      { key: 'phone', hint: '+1 555 0100' },
      { key: 'email' },
      { key: 'customer_availability', hint: 'after 12:00' },
      { key: 'customer_notes', long: true },
      { key: 'decision_makers', hint: 'how many: 2' },
    ],
  },
  {
    title: 'Site',
    fields: [
      { key: 'address' },
      { key: 'access_notes', long: true },
      { key: 'hazards', hint: 'dog;asbestos' },
      { key: 'coordinates', hint: 'latitude,longitude: 38.25,-85.76' },
    ],
  },
  {
    title: 'Promises and money',
    fields: [
      { key: 'promises', hint: 'one;another', long: true },
      { key: 'quote', hint: '1189.00 approved' },
      { key: 'dispatch_fee', hint: '89.00' },
      { key: 'agreement' },
      { key: 'warranty', hint: 'a day: 2027-03-31' },
    ],
  },
];

const money = (cents: number) => (cents / 100).toFixed(2);

/** A field's value as it would be typed. */
export function fieldText(plan: Plan, key: string): string {
  switch (key) {
    case 'scope':
    case 'reason_for_call':
    case 'special_instructions':
      return plan[key] ?? '';
    case 'address':
    case 'access_notes':
      return plan.site[key] ?? '';
    case 'phone':
    case 'email':
      return plan.customer[key] ?? '';
    case 'customer_name':
      return plan.customer.name ?? '';
    case 'customer_availability':
      return plan.customer.availability ?? '';
    case 'customer_notes':
      return plan.customer.notes ?? '';
    case 'hazards':
      return (plan.site.hazards ?? []).join(';');
    case 'equipment':
      return (plan.assets ?? []).map((asset) => asset.kind).join(', ');
    case 'promises':
      return (plan.promises ?? []).join(';');
    case 'agreement':
      return plan.agreement ?? '';
    case 'coordinates':
      return plan.site.pin ? `${plan.site.pin.lat},${plan.site.pin.lon}` : '';
    case 'quote':
      return plan.quote ? `${money(plan.quote.amount_cents)} ${plan.quote.state}` : '';
    case 'dispatch_fee':
      return plan.dispatch_fee_cents == null ? '' : money(plan.dispatch_fee_cents);
    case 'decision_makers':
    case 'estimated_minutes':
      return plan[key] == null ? '' : String(plan[key]);
    case 'warranty':
      return plan.warranty_until ?? '';
    case 'parts':
      return (plan.parts ?? []).map((part) => `${part.name}:${part.status}`).join(';');
    default:
      return '';
  }
}

/** A field's value as a person reads it. */
export function fieldShown(plan: Plan, key: string): string {
  switch (key) {
    case 'parts':
      return (plan.parts ?? []).map((part) => `${part.name}: ${part.status.replaceAll('_', ' ')}`).join('\n');
    case 'promises':
      return (plan.promises ?? []).join('\n');
    case 'hazards':
      return (plan.site.hazards ?? []).join(', ');
    case 'estimated_minutes':
      return plan.estimated_minutes == null ? '' : length(plan.estimated_minutes * 60_000);
    case 'quote':
      return plan.quote ? `$${money(plan.quote.amount_cents)}, ${plan.quote.state}` : '';
    case 'dispatch_fee':
      return plan.dispatch_fee_cents == null ? '' : `$${money(plan.dispatch_fee_cents)}`;
    default:
      return fieldText(plan, key);
  }
}
