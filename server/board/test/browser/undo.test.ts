import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Browser, card, Office } from './support';

/** Whatever the office does to a plan, one key takes it back. Each is done in the page, and undone with the keyboard. */
describe('undo', () => {
  let office: Office;
  let browser: Browser;

  beforeAll(async () => {
    office = await Office.start();
    browser = await Browser.open();
    await browser.signIn(office);
  });

  afterAll(async () => {
    await browser?.close();
    await office?.stop();
  });

  it('takes an override of the gate back', async () => {
    const panel = await open('WO-1008');
    await panel.getByRole('button', { name: 'Override …' }).click();
    await confirm('Roll WO-1008 all the same?', 'The customer agreed by phone', 'Override the gate');
    await panel.getByText('Gate overridden by Owner').waitFor();
    await undo('WO-1008: the gate is overridden');
    await panel.getByText('Can’t be dispatched as it is.').waitFor();
    expect((await card(office, 'WO-1008')).overridden).toBe(false);
  });

  it('takes a decision about an exception back: it blocks again', async () => {
    const { page } = browser;
    await browser.go('exceptions');
    const row = page.getByRole('listitem').filter({ hasText: 'WO-1014' }).filter({ hasText: 'sign-off' });
    await row.getByRole('button', { name: 'Decide …' }).click();
    await confirm('Needs a manager', 'Signed off', 'Decided');
    await row.waitFor({ state: 'detached' });
    await undo('WO-1014: Needs a manager');
    await row.waitFor();
    expect((await card(office, 'WO-1014')).blocking).toEqual(['manager_sign_off']);
  });

  it('takes a dispatch back', async () => {
    const { visit } = await card(office, 'WO-1009');
    await office.api('POST', `/v1/office/visits/${visit}/assign`, { technician: 'T01' });
    const panel = await open('WO-1009');
    await panel.getByRole('button', { name: 'Dispatch', exact: true }).click();
    await expect.poll(async () => (await card(office, 'WO-1009')).status).toBe('dispatched');
    await undo('WO-1009 dispatched to Ada Zhou');
    await expect.poll(async () => (await card(office, 'WO-1009')).status).toBe('scheduled');
  });

  it('takes a cancellation back with its technician', async () => {
    const panel = await open('WO-1009');
    await panel.getByRole('button', { name: 'Dispatch', exact: true }).click();
    await expect.poll(async () => (await card(office, 'WO-1009')).status).toBe('dispatched');
    await panel.getByRole('button', { name: 'Cancel visit …' }).click();
    await confirm('Cancel WO-1009?', 'The wrong row', 'Cancel the visit');
    await expect.poll(async () => (await card(office, 'WO-1009')).status).toBe('canceled');
    await undo('WO-1009 canceled');
    await expect.poll(async () => (await card(office, 'WO-1009')).status).toBe('dispatched');
    await panel.getByText('Ada Zhou').first().waitFor();
  });

  it('takes a recall back', async () => {
    const panel = await open('WO-1009');
    await panel.getByRole('button', { name: 'Take back …' }).click();
    await confirm('Take WO-1009 back from Ada Zhou?', 'An emergency elsewhere', 'Take it back');
    await expect.poll(async () => (await card(office, 'WO-1009')).status).toBe('unassigned');
    await undo('WO-1009 taken back from Ada Zhou');
    await expect.poll(async () => (await card(office, 'WO-1009')).status).toBe('dispatched');
  });

  it('takes another window back', async () => {
    const panel = await open('WO-1010');
    const before = (await card(office, 'WO-1010')).window;
    await panel.getByRole('button', { name: 'Window …' }).click();
    const dialog = browser.page.getByRole('dialog', { name: 'Window of WO-1010' });
    await dialog.getByLabel('From').fill('15:00');
    await dialog.getByLabel('Until').fill('17:30');
    await dialog.getByRole('button', { name: 'Promise it' }).click();
    await dialog.waitFor({ state: 'detached' });
    expect((await card(office, 'WO-1010')).window).not.toEqual(before);
    await undo('WO-1010 promised 15:00–17:30');
    await expect.poll(async () => (await card(office, 'WO-1010')).window).toEqual(before);
  });

  it('says so when there is nothing left to take back, or the visit has gone on', async () => {
    const { page } = browser;
    const panel = await open('WO-1013');
    await panel.getByRole('button', { name: 'Edit Scope' }).click();
    await panel.getByLabel('Scope').fill('Something else');
    await panel.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Scope of WO-1013 changed').waitFor();
    const { visit } = await card(office, 'WO-1013');
    await office.api('PUT', `/v1/office/visits/${visit}/fields/scope`, { value: 'What a colleague wrote' });
    await page.locator('body').press('Control+z');
    await page.getByText(/^Not undone\./).waitFor();
    expect(((await office.api('GET', `/v1/office/visits/${visit}`)).body as { plan: { scope: string } }).plan.scope).toBe('What a colleague wrote');
  });

  async function open(number: string) {
    const { visit } = await card(office, number);
    await browser.go('list', visit);
    const panel = browser.page.getByRole('complementary', { name: `Visit ${number}` });
    await panel.waitFor();
    return panel;
  }

  async function confirm(title: string, reason: string, action: string): Promise<void> {
    const dialog = browser.page.getByRole('dialog', { name: title });
    await dialog.getByRole('textbox').fill(reason);
    await dialog.getByRole('button', { name: action }).click();
    await dialog.waitFor({ state: 'detached' });
  }

  async function undo(done: string): Promise<void> {
    const { page } = browser;
    await page.getByRole('status').getByText(done).waitFor();
    await page.locator('body').press('Control+z');
    await page.getByText(`Undone: ${done}`).waitFor();
  }
});
