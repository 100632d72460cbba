import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Browser, card, Office } from './support';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const VIEWS = ['timeline', 'map', 'list', 'exceptions', 'review', 'messages', 'people', 'settings', 'log'] as const;
const THEMES = ['light', 'dark'] as const;

interface Violation {
  id: string;
  impact: string | null;
  help: string;
  nodes: { html: string; failureSummary?: string }[];
}

/** Every view, light and dark: a picture to look at, and nothing serious by axe-core. */
describe('views', () => {
  let office: Office;
  let browser: Browser;
  let visit: string;

  beforeAll(async () => {
    office = await Office.start();
    browser = await Browser.open();
    await aDay(office, await browser.drawn('Igniter, worn'));
    ({ visit } = await card(office, 'WO-1001'));
    await browser.signIn(office);
  });

  afterAll(async () => {
    await browser?.close();
    await office?.stop();
  });

  for (const theme of THEMES) {
    for (const view of VIEWS) {
      it(`${view}, ${theme}`, async () => {
        await show(theme, view);
        await browser.picture(`${view}-${theme}`);
        expect(await violations()).toEqual([]);
      });
    }

    it(`a visit’s packet and history, ${theme}`, async () => {
      await show(theme, 'timeline', visit);
      await browser.page.getByRole('region', { name: 'Work', exact: true }).waitFor();
      await browser.picture(`packet-${theme}`);
      expect(await violations()).toEqual([]);
      await browser.page.getByRole('tab', { name: 'History' }).click();
      await browser.page.getByText('Checked in', { exact: false }).first().waitFor();
      await browser.picture(`history-${theme}`);
      expect(await violations()).toEqual([]);
    });

    it(`candidates and the palette, ${theme}`, async () => {
      const free = await card(office, 'WO-1005');
      await show(theme, 'list', free.visit);
      await browser.page.getByRole('button', { name: 'Assign …' }).click();
      await browser.page.getByRole('button', { name: /^Choose / }).first().waitFor();
      await browser.picture(`candidates-${theme}`);
      expect(await violations()).toEqual([]);
      await browser.page.keyboard.press('Escape');
      await browser.page.keyboard.press('Control+k');
      await browser.page.getByRole('combobox').fill('lopez');
      await browser.picture(`palette-${theme}`);
      expect(await violations()).toEqual([]);
      await browser.page.keyboard.press('Escape');
    });
  }

  it('signing in, light and dark', async () => {
    const stranger = await Browser.open();
    try {
      for (const theme of THEMES) {
        await stranger.page.goto(office.page);
        await stranger.page.evaluate((theme) => localStorage.setItem('theme', theme), theme);
        await stranger.page.reload();
        await stranger.page.getByRole('heading', { name: 'Sign in to the board' }).waitFor();
        await stranger.picture(`sign-in-${theme}`);
        expect(await violations(stranger)).toEqual([]);
      }
    } finally {
      await stranger.close();
    }
  });

  it('on a phone held upright nothing sticks out', async () => {
    await browser.page.setViewportSize({ width: 390, height: 844 });
    for (const view of VIEWS) {
      await show('light', view);
      await browser.picture(`phone-${view}-light`);
      const width = await browser.page.evaluate(() => document.documentElement.scrollWidth);
      expect(width, view).toBeLessThanOrEqual(390);
      // Nor is anything cut off inside: the timeline alone scrolls sideways, and only within itself.
      const cut = await browser.page.evaluate(() => [...document.querySelectorAll('main, main .page')].filter((part) => part.scrollWidth > part.clientWidth).map((part) => part.className));
      expect(cut, view).toEqual([]);
    }
    await browser.page.setViewportSize({ width: 1366, height: 768 });
  });

  it('were complained about by nobody', () => {
    expect(browser.complaints).toEqual([]);
  });

  async function show(theme: string, view: string, visit?: string): Promise<void> {
    await browser.page.evaluate((theme) => localStorage.setItem('theme', theme), theme);
    await browser.go(view, visit);
    await browser.page.reload();
    await browser.page.locator('header .answer.good').waitFor();
    await browser.page.locator(`nav a[aria-current="page"]`).waitFor();
    // Cards come in steps of a stream: the picture waits for the last.
    await browser.page.waitForTimeout(600);
  }

  async function violations({ page } = browser): Promise<string[]> {
    // The policy allows no inline script: the check comes from outside the page, past it.
    await page.evaluate(AXE);
    const found = (await page.evaluate(async () => {
      const axe = (globalThis as unknown as { axe: { run(): Promise<{ violations: Violation[] }> } }).axe;
      return (await axe.run()).violations;
    })) as Violation[];
    return found
      .filter((violation) => violation.impact === 'serious' || violation.impact === 'critical')
      .map((violation) => `${violation.id}: ${violation.help}: ${violation.nodes.slice(0, 3).map((node) => `${node.html.slice(0, 160)} ${node.failureSummary ?? ''}`).join(' | ')}`);
  }
});

/** Something of everything: assigned, dispatched, on the way, at work, finished. */
async function aDay(office: Office, photo: string): Promise<void> {
  const plan: [string, string][] = [
    ['WO-1001', 'T01'], ['WO-1004', 'T08'], ['WO-1008', 'T01'], ['WO-1009', 'T02'], ['WO-1010', 'T05'], ['WO-1011', 'T04'],
    ['WO-1012', 'T03'], ['WO-1013', 'T03'], ['WO-1014', 'T06'], ['WO-1015', 'T07'], ['WO-1016', 'T09'], ['WO-1017', 'T10'],
    ['WO-1018', 'T02'], ['WO-1019', 'T05'],
  ];
  for (const [number, technician] of plan) {
    const { visit } = await card(office, number);
    await office.api('POST', `/v1/office/visits/${visit}/assign`, { technician });
    const dispatched = await office.api('POST', `/v1/office/visits/${visit}/dispatch`, {});
    if (dispatched.status === 409 && number === 'WO-1001') {
      await office.api('POST', `/v1/office/visits/${visit}/dispatch`, { override_reason: 'No heat, a baby in the house' });
    }
  }
  const ada = await office.phone('T01');
  const first = (await card(office, 'WO-1001')).visit;
  await office.api('POST', `/v1/office/visits/${first}/message`, { lane: 'urgent', text: 'The customer moved the dog to the garage.' });
  await ada.does('sync');
  await ada.does('travel', first);
  await ada.does('arrive', first, '--lat', '38.2864', '--lon', '-85.5031', '--accuracy', '35');
  await ada.does('start', first);
  await ada.does('note', first, 'Flame sensor cleaned, furnace lights. Igniter is worn: quote a new one.');
  await ada.does('photo', first, photo, '--kind', 'after', '--caption', 'The worn igniter');
  await ada.does('message', first, 'Is the igniter in stock?');
  await ada.does('part', first, 'flame sensor');
  await ada.does('complete', first, '--outcome', 'fixed', ...(await gaps(ada, first)));
  const others: [string, string, string[][]][] = [
    ['T08', 'WO-1004', [['travel']]],
    ['T03', 'WO-1012', [['travel'], ['arrive', '--lat', '38.2', '--lon', '-85.7'], ['start']]],
  ];
  for (const [technician, number, steps] of others) {
    const { visit, status } = await card(office, number);
    if (status !== 'dispatched') continue;
    const phone = await office.phone(technician);
    await phone.does('sync');
    for (const [verb = '', ...rest] of steps) await phone.does(verb, visit, ...rest);
  }
}

async function gaps(phone: Awaited<ReturnType<Office['phone']>>, visit: string): Promise<string[]> {
  const said = await phone.does('--json', 'closeout', visit);
  return [...said.matchAll(/"key":\s*"([^"]+)"/g)].flatMap((found) => ['--gap', found[1] ?? '']);
}
