import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Browser, card, Office } from './support';

/** A dispatcher's morning without a mouse. */
describe('by keyboard alone', () => {
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

  it('finds a visit, fixes it, assigns it and dispatches it', async () => {
    const { page } = browser;
    const { keyboard } = page;
    await keyboard.press('Control+k');
    await keyboard.type('WO-1902');
    await keyboard.press('Enter');
    const panel = page.getByRole('complementary', { name: 'Visit WO-1902' });
    await panel.waitFor();
    await tabTo('Scope');
    await keyboard.type('Replace the wax ring');
    await tabTo('Save');
    await keyboard.press('Enter');
    await panel.getByText('Can’t be dispatched as it is.').waitFor({ state: 'detached' });
    await tabTo('Assign …', true);
    await keyboard.press('Enter');
    await page.getByRole('button', { name: /^Choose / }).first().waitFor();
    await tabTo('Choose ');
    await keyboard.press('Enter');
    const place = page.getByRole('dialog', { name: /WO-1902 to / });
    await place.waitFor();
    await tabTo('Give it');
    await keyboard.press('Enter');
    await place.waitFor({ state: 'detached' });
    await panel.getByRole('button', { name: 'Dispatch', exact: true }).waitFor();
    await tabTo('Dispatch', true);
    await keyboard.press('Enter');
    await expect.poll(async () => (await card(office, 'WO-1902')).status).toBe('dispatched');
    await keyboard.press('Escape');
    await panel.waitFor({ state: 'detached' });
  });

  it('goes from bar to bar with the arrow keys', async () => {
    const { page } = browser;
    for (const [number, technician] of [['WO-1004', 'T08'], ['WO-1008', 'T08'], ['WO-1009', 'T01']] as const) {
      const { visit } = await card(office, number);
      await office.api('POST', `/v1/office/visits/${visit}/assign`, { technician });
    }
    await browser.go('timeline');
    const bar = (number: string) => page.locator('.ec-event', { hasText: number });
    await bar('1008').waitFor();
    await bar('1009').focus();
    // Of a bar alone: a lost focus would say the whole page.
    const focused = () => page.evaluate(() => document.activeElement?.closest('.ec-event')?.textContent ?? 'nothing has the focus');
    await page.keyboard.press('ArrowDown');
    const next = await focused();
    expect(next).toMatch(/100[48]/);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    const row = await focused();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowLeft');
    expect(await focused()).toBe(row);
    await page.keyboard.press('Enter');
    await page.getByRole('complementary', { name: /^Visit WO-/ }).waitFor();
  });

  it('changes views, decides an exception and undoes', async () => {
    const { page } = browser;
    await page.keyboard.press('Escape');
    await page.keyboard.press('Alt+4');
    await page.getByRole('heading', { name: /Somebody must decide/ }).waitFor();
    const before = await page.getByRole('list', { name: 'Open exceptions' }).getByRole('listitem').count();
    await page.getByRole('button', { name: 'Decide …' }).first().focus();
    await page.keyboard.press('Enter');
    await tabTo('What was decided');
    await page.keyboard.type('Agreed by phone');
    await tabTo('Decided', true);
    await page.keyboard.press('Enter');
    await expect.poll(() => page.getByRole('list', { name: 'Open exceptions' }).getByRole('listitem').count()).toBe(before - 1);
    await page.keyboard.press('Alt+1');
    await page.getByRole('region', { name: 'Timeline by technician' }).waitFor();
  });

  it('writes to a technician, reviews a closeout and undoes the verdict', async () => {
    const { page } = browser;
    const { keyboard } = page;
    const { visit } = await card(office, 'WO-1009');
    await finish(visit);
    await keyboard.press('Control+k');
    await keyboard.type('Go to messages');
    await keyboard.press('Enter');
    await page.getByRole('complementary', { name: 'Conversations' }).waitFor();
    await tabTo('To the technician');
    await keyboard.type('Thank you for the quick one');
    await tabTo('Send …', true);
    await keyboard.press('Enter');
    await page.getByRole('dialog', { name: /^Send to / }).waitFor();
    await tabTo('Send', true);
    await keyboard.press('Enter');
    await page.getByRole('listitem').filter({ hasText: 'Thank you for the quick one' }).waitFor();
    await keyboard.press('Alt+5');
    await page.getByRole('heading', { name: /^WO-1009/ }).waitFor();
    await tabTo('Approve and close …', true);
    await keyboard.press('Enter');
    await page.getByRole('dialog', { name: 'Close WO-1009?' }).waitFor();
    await tabTo('Approve and close', true);
    await keyboard.press('Enter');
    await expect.poll(async () => (await card(office, 'WO-1009')).review).toBe('approved');
    await page.getByRole('status').getByText('WO-1009 closed').waitFor();
    await keyboard.press('Control+z');
    await expect.poll(async () => (await card(office, 'WO-1009')).review).toBe('none');
  });

  /** What the technician would have done, said by the office for them. */
  async function finish(visit: string): Promise<void> {
    await office.api('POST', `/v1/office/visits/${visit}/dispatch`, {});
    for (const to of ['traveling', 'on_site', 'in_progress']) await office.api('POST', `/v1/office/visits/${visit}/status`, { to });
    const completed = { to: 'completed', outcome: 'fixed' };
    const refused = (await office.api('POST', `/v1/office/visits/${visit}/status`, completed)).body as { items?: string[] };
    await office.api('POST', `/v1/office/visits/${visit}/status`, { ...completed, gaps: refused.items ?? [] });
    expect((await card(office, 'WO-1009')).status).toBe('completed');
  }

  /** Presses Tab until something of that name has the focus. */
  async function tabTo(name: string, exact = false): Promise<void> {
    const { page } = browser;
    for (let presses = 0; presses < 250; presses += 1) {
      const here = await page.evaluate(() => {
        const element = document.activeElement as (HTMLElement & { labels?: NodeListOf<HTMLLabelElement> }) | null;
        return element?.getAttribute('aria-label') ?? element?.labels?.[0]?.textContent?.trim() ?? element?.textContent?.trim() ?? '';
      });
      if (exact ? here === name : here.startsWith(name)) return;
      await page.keyboard.press('Tab');
    }
    throw new Error(`Tab never came to ${name}`);
  }
});
