import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Browser, card, Office, Phone } from './support';

interface TechnicianOfDay {
  name: string;
  code: string;
  skills: string[];
  certifications: { name: string; expires_on: string | null }[];
  planned: unknown[];
}

/** A dispatcher’s day, step after step on one server. */
describe('a dispatcher’s day', () => {
  let office: Office;
  let browser: Browser;
  let phone: Phone;

  beforeAll(async () => {
    office = await Office.start();
    browser = await Browser.open();
    await browser.signIn(office);
  });

  afterAll(async () => {
    await browser?.close();
    await office?.stop();
  });

  it('fixes a job that needs info in place', async () => {
    const { page } = browser;
    await browser.go('exceptions');
    await page.getByRole('button', { name: 'Fix WO-1902' }).click();
    const panel = page.getByRole('complementary', { name: 'Visit WO-1902' });
    const scope = panel.getByRole('region', { name: 'What is missing' }).getByLabel(/^Scope/);
    await scope.fill('Replace the wax ring, check the flange');
    await browser.picture('packet-missing-light');
    await panel.getByRole('region', { name: 'What is missing' }).getByRole('button', { name: 'Save' }).click();
    await panel.getByText('Can’t be dispatched as it is.').waitFor({ state: 'detached' });
    expect((await card(office, 'WO-1902')).missing).toEqual([]);
  });

  it('keeps what is typed when the panel closes', async () => {
    const { page } = browser;
    const { visit } = await card(office, 'WO-1903');
    await browser.go('exceptions', visit);
    const field = page.getByRole('region', { name: 'What is missing' }).getByLabel(/^Access notes/);
    await field.fill('Ring twice');
    await page.getByRole('button', { name: 'Close the visit' }).click();
    await page.reload();
    await browser.go('exceptions', visit);
    await expect.poll(() => field.inputValue()).toBe('Ring twice');
  });

  it('undoes the change of a field', async () => {
    const { page } = browser;
    const { visit } = await card(office, 'WO-1004');
    await browser.go('timeline', visit);
    const panel = page.getByRole('complementary', { name: 'Visit WO-1004' });
    const before = ((await office.api('GET', `/v1/office/visits/${visit}`)).body as { plan: { scope: string } }).plan.scope;
    await panel.getByRole('button', { name: 'Edit Scope' }).click();
    await panel.getByLabel('Scope').fill('Something else');
    await panel.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Scope of WO-1004 changed').waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('Undone: Scope of WO-1004 changed').waitFor();
    const after = ((await office.api('GET', `/v1/office/visits/${visit}`)).body as { plan: { scope: string } }).plan.scope;
    expect(after).toBe(before);
  });

  it('resolves an exception', async () => {
    const { page } = browser;
    await browser.go('exceptions');
    const row = page.getByRole('listitem').filter({ hasText: 'WO-1002' }).filter({ hasText: 'Financing question' });
    await row.getByRole('button', { name: 'Decide' }).click();
    await page.getByLabel('What was decided').fill('Card on file, agreed by phone');
    await page.getByRole('button', { name: 'Decided' }).click();
    await row.waitFor({ state: 'detached' });
    const open = (await office.api('GET', '/v1/office/exceptions')).body as { number: string; kind: string }[];
    expect(open.some((one) => one.number === 'WO-1002' && one.kind === 'financing_question')).toBe(false);
  });

  it('assigns by dragging onto a technician', async () => {
    const { page } = browser;
    await browser.go('timeline');
    const lane = page.getByRole('complementary', { name: 'Unassigned visits' });
    await drag(lane.getByRole('button', { name: /WO-1004/ }), await rowOf('Hugo Rossi'), 'WO-1004 → Hugo Rossi');
    await confirmPlacing('Planned by hand');
    await expect.poll(async () => (await card(office, 'WO-1004')).technicians.map((one) => one.name)).toContain('Hugo Rossi');
    await page.locator('.ec-event', { hasText: '1004' }).waitFor();
  });

  it('shows the conflict before a bar is let go and takes it with a reason', async () => {
    const { page } = browser;
    const bar = page.locator('.ec-event', { hasText: '1004' });
    const target = await rowOf('Carla Weiss');
    await drag(bar, target, 'WO-1004 → Carla Weiss', async () => {
      // The plumber has no electrical skill: that is said while the button is still down.
      await page.getByRole('status').getByText('Lacks the skill electrical').waitFor();
      await browser.picture('timeline-conflict-light');
    });
    const dialog = page.getByRole('dialog', { name: 'WO-1004 to Carla Weiss' });
    expect(await dialog.getByRole('button', { name: 'Give it all the same' }).isDisabled()).toBe(true);
    await dialog.getByRole('textbox').fill('She did this very panel last year');
    await browser.picture('conflict-dialog-light');
    await dialog.getByRole('button', { name: 'Give it all the same' }).click();
    await dialog.waitFor({ state: 'detached' });
    await expect.poll(async () => active(await card(office, 'WO-1004'))).toEqual(['Carla Weiss']);
  });

  it('undoes the reassignment', async () => {
    const { page } = browser;
    await page.getByText('WO-1004 given to Carla Weiss').waitFor();
    await page.locator('body').press('Control+z');
    await expect.poll(async () => active(await card(office, 'WO-1004'))).toEqual(['Hugo Rossi']);
  });

  it('overrides the gate with a reason and dispatches', async () => {
    const { page } = browser;
    const { visit } = await card(office, 'WO-1001');
    await office.api('POST', `/v1/office/visits/${visit}/assign`, { technician: 'T01' });
    await browser.go('timeline', visit);
    const panel = page.getByRole('complementary', { name: 'Visit WO-1001' });
    await panel.getByRole('button', { name: 'Dispatch', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'Roll WO-1001 all the same?' });
    await dialog.getByRole('textbox').fill('No heat, a baby in the house');
    await dialog.getByRole('button', { name: 'Override the gate' }).click();
    await panel.getByText('Gate overridden by Owner').waitFor();
    await panel.getByRole('button', { name: 'Dispatch', exact: true }).click();
    await page.getByText('WO-1001 dispatched to Ada Zhou').waitFor();
    await expect.poll(async () => (await card(office, 'WO-1001')).status).toBe('dispatched');
  });

  it('watches a technician move live', async () => {
    const { page } = browser;
    const { visit } = await card(office, 'WO-1001');
    phone = await office.phone('T01');
    await phone.does('sync');
    const panel = page.getByRole('complementary', { name: 'Visit WO-1001' });
    await phone.does('travel', visit);
    await panel.getByText('Traveling').first().waitFor();
    await phone.does('arrive', visit, '--lat', '38.2860', '--lon', '-85.5025', '--accuracy', '20');
    await panel.getByText('On site').first().waitFor();
    await phone.does('start', visit);
    await panel.getByText('In progress').first().waitFor();
    await panel.getByText(/heard \d+ s ago/).first().waitFor();
    await page.locator('.ec-event', { hasText: '1001' }).locator('.bar.green').waitFor();
    await panel.getByRole('tab', { name: 'History' }).click();
    await panel.getByText('Checked in: Verified').waitFor();
    await browser.picture('timeline-live-light');
  });

  it('shows who is loaded and who works when and filters by skill and licence and distance', async () => {
    const { page } = browser;
    await browser.go('timeline');
    const day = (await office.api('GET', '/v1/board/days/2026-11-23')).body as { technicians: TechnicianOfDay[] };
    const heads = page.locator('.ec-row-head');
    const shown = async () => (await heads.locator('strong').allInnerTexts()).sort();
    const names = (wanted: (technician: TechnicianOfDay) => boolean) => day.technicians.filter(wanted).map((technician) => technician.name).sort();
    expect(await shown()).toEqual(names(() => true));
    for (const technician of day.technicians.slice(0, 4)) {
      // The balance at a glance: how many visits, how much work.
      await heads.filter({ hasText: technician.name }).getByText(new RegExp(`· ${technician.planned.length} · \\d`)).waitFor();
    }
    // What lies outside of a shift is shaded: planning and dispatching look at one schedule.
    expect(await page.locator('.ec-bg-event').count()).toBeGreaterThan(day.technicians.length);
    await page.getByLabel('Skill', { exact: true }).selectOption('plumbing');
    await expect.poll(shown).toEqual(names((one) => one.skills.includes('plumbing')));
    await browser.picture('timeline-filtered-light');
    await page.getByRole('button', { name: 'Everybody' }).click();
    // A licence that ended counts as none.
    await page.getByLabel('Licence', { exact: true }).selectOption('gas-fitter');
    const holds = (one: TechnicianOfDay) => one.certifications.some((held) => held.name === 'gas-fitter' && (held.expires_on ?? '9') >= '2026-11-23');
    await expect.poll(shown).toEqual(names(holds));
    expect(day.technicians.filter((one) => one.certifications.some((held) => held.name === 'gas-fitter')).length).toBeGreaterThan(names(holds).length);
    await page.getByRole('button', { name: 'Everybody' }).click();
    await expect.poll(shown).toEqual(names(() => true));

    const { visit } = await card(office, 'WO-1005');
    await browser.go('timeline', visit);
    await page.getByRole('button', { name: 'Assign …' }).click();
    const dialog = page.getByRole('dialog', { name: 'Who takes WO-1005?' });
    const offered = dialog.getByRole('list', { name: /^Candidates/ }).getByRole('button');
    await expect.poll(() => offered.count()).toBe(day.technicians.length);
    const found = (await office.api('GET', `/v1/board/visits/${visit}/candidates`)).body as { distance_m: number | null }[];
    await dialog.getByLabel('Within').selectOption('10 km');
    const near = found.filter((candidate) => (candidate.distance_m ?? Infinity) <= 10_000).length;
    await expect.poll(() => offered.count()).toBe(near);
    expect(near).toBeLessThan(found.length);
    await page.keyboard.press('Escape');
  });

  it('shows what is stale as stale and never as live', async () => {
    const { page } = browser;
    const { visit } = await card(office, 'WO-1001');
    // The server tells its own time with each day: it must not set the clock back meanwhile.
    await page.route('**/v1/board/days/**', (route) => route.abort());
    // Nothing was heard for twenty-five minutes, by the page's clock.
    await page.evaluate(() => {
      const now = Date.now;
      Date.now = () => now() + 25 * 60_000;
    });
    await page.locator('.ec-event', { hasText: '1001' }).locator('.bar.stale').waitFor();
    await browser.go('list', visit);
    await page.getByRole('button', { name: 'Stale' }).click();
    await page.getByRole('row', { name: /WO-1001/ }).getByText(/heard 25 min ago\s*· stale/).waitFor();
    await browser.picture('list-stale-light');
    await page.unroute('**/v1/board/days/**');
    await page.reload();
    await page.locator('header .answer.good').waitFor();
  });

  it('reviews a closeout with its gaps and its evidence and its photo and returns it', async () => {
    const { page } = browser;
    const { visit } = await card(office, 'WO-1001');
    await phone.does('note', visit, 'Cleaned the flame sensor, furnace lights');
    await phone.does('photo', visit, await browser.drawn('Flame sensor, replaced'), '--kind', 'after', '--caption', 'The new flame sensor');
    await phone.does('complete', visit, '--outcome', 'fixed', ...(await gapsOf(visit)));
    await browser.go('review');
    const list = page.getByRole('complementary', { name: 'Finished visits' });
    await list.getByRole('link', { name: /WO-1001/ }).waitFor();
    // Finished today: it is to be closed today, and nothing was left from before.
    await list.getByRole('list', { name: 'To close today' }).getByRole('link', { name: /WO-1001/ }).click();
    expect(await list.getByRole('list', { name: 'Left from earlier days' }).count()).toBe(0);
    await page.getByRole('heading', { name: /WO-1001 · Dan Lopez/ }).waitFor();
    const evidence = page.getByRole('region', { name: 'Check-in evidence' });
    await evidence.getByText('Verified').waitFor();
    await evidence.getByRole('img', { name: /metres from the pin, accurate to 20 metres, fence 125 metres/ }).waitFor();
    await evidence.getByText('P inside').waitFor();
    await page.getByRole('region', { name: 'Gaps' }).getByText('Signature').waitFor();
    await browser.picture('review-evidence-light');
    // The thumbnail first, the whole photo on a click.
    const thumbnail = page.getByRole('region', { name: 'Photos' }).getByRole('img', { name: 'The new flame sensor' });
    await expect.poll(() => widthOf(thumbnail)).toBeGreaterThan(0);
    const small = await widthOf(thumbnail);
    await page.getByRole('button', { name: 'Open photo: The new flame sensor' }).click();
    const whole = page.getByRole('dialog', { name: 'The new flame sensor' }).getByRole('img');
    await expect.poll(() => widthOf(whole)).toBe(1200);
    expect(small).toBeLessThan(1200);
    await browser.picture('photo-light');
    await page.getByRole('button', { name: 'Close', exact: true }).click();
    await page.getByRole('button', { name: 'Return …' }).click();
    await page.getByLabel('What is missing or wrong').fill('Photo of the nameplate, please');
    await page.getByRole('button', { name: 'Return it' }).click();
    await page.getByText('Returned: “Photo of the nameplate, please”').waitFor();
    expect(await phone.does('sync').then(() => phone.does('show', visit))).toContain('nameplate');
  });

  it('asks before it closes, sends or wipes, and does nothing when the answer is no', async () => {
    const { page } = browser;
    const { visit } = await card(office, 'WO-1001');
    const asked = async (button: string, title: RegExp) => {
      await page.getByRole('button', { name: button }).first().click();
      const dialog = page.getByRole('dialog', { name: title });
      await dialog.waitFor();
      await dialog.getByRole('button', { name: 'Cancel' }).click();
      await dialog.waitFor({ state: 'detached' });
    };
    // The technician goes on with what was returned, and finishes it again.
    await phone.does('start', visit);
    await phone.does('complete', visit, '--outcome', 'fixed', ...(await gapsOf(visit)));
    await browser.go('review', visit);
    await page.getByRole('heading', { name: /WO-1001/ }).waitFor();
    await asked('Approve and close …', /^Close WO-1001/);
    expect((await card(office, 'WO-1001')).review).toBe('none');
    await browser.go('messages', visit);
    await page.getByLabel('To the technician').fill('Well done');
    await asked('Send …', /^Send to Ada Zhou/);
    expect(JSON.stringify((await office.api('GET', `/v1/office/visits/${visit}`)).body)).not.toContain('Well done');
    await browser.go('people');
    await asked('Wipe …', /^Wipe/);
    const devices = (await office.api('GET', '/v1/office/devices')).body as { state: string }[];
    expect(devices.map((device) => device.state)).toEqual(['active']);
  });

  it('makes a follow-up with a next step whose packet has the history and the equipment and what the customer prefers', async () => {
    const { page } = browser;
    const { visit } = await card(office, 'WO-1001');
    await browser.go('review', visit);
    await page.getByRole('button', { name: 'Follow-up …' }).click();
    const dialog = page.getByRole('dialog', { name: 'Follow-up of WO-1001' });
    await dialog.getByLabel('What is to be done').fill('Replace the hot surface igniter');
    await dialog.getByLabel('Next step').fill('Call with the quote');
    await dialog.getByRole('button', { name: 'Create the order' }).click();
    await page.getByText('WO-1001-F1 follows WO-1001').waitFor();
    const next = await card(office, 'WO-1001-F1');
    await office.api('PUT', `/v1/office/visits/${next.visit}/fields/customer_notes`, { value: 'Prefers to be called, not written to' });
    expect(next.next_action?.what).toBe('Call with the quote');
    await page.evaluate((hash) => (location.hash = hash), `#/list?day=${next.day}&visit=${next.visit}`);
    const panel = page.getByRole('complementary', { name: 'Visit WO-1001-F1' });
    await panel.getByRole('region', { name: 'Earlier work' }).getByText(/WO-1001 · Diagnose no-heat/).waitFor();
    await panel.getByText('gas furnace').waitFor();
    await panel.getByText('until 15:00').waitFor();
    await panel.getByText('Prefers to be called, not written to').waitFor();
    await panel.getByText('Call with the quote').first().waitFor();
  });

  it('says that the line is lost and goes on where it was', async () => {
    const { page } = browser;
    const { visit: open } = await card(office, 'WO-1012');
    await browser.go('list', open);
    await page.getByRole('button', { name: 'Edit Scope' }).click();
    await page.getByLabel('Scope').fill('Typed while the line was lost');
    await page.context().setOffline(true);
    // An open stream outlives the switch: the next visit of the page finds the line dead.
    await page.evaluate(() => dispatchEvent(new Event('offline')));
    await page.getByText('Connection lost').waitFor();
    await browser.picture('list-lost-light');
    // What is typed meanwhile stays, and the refusal says so.
    const panel = page.getByRole('complementary', { name: 'Visit WO-1012' });
    await panel.getByRole('button', { name: 'Save' }).click();
    await panel.getByText('Nothing you typed is lost').waitFor();
    expect(await panel.getByLabel('Scope').inputValue()).toBe('Typed while the line was lost');
    await page.context().setOffline(false);
    await page.locator('header .answer.good').waitFor({ timeout: 40_000 });
    const { visit } = await card(office, 'WO-1010');
    await office.api('POST', `/v1/office/visits/${visit}/assign`, { technician: 'T05' });
    await page.getByRole('row', { name: /WO-1010/ }).getByText('Elif Ueda').waitFor();
    await panel.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Scope of WO-1012 changed').waitFor();
  });

  it('was complained about by nobody: no error, nothing that the policy had to stop', () => {
    expect(browser.complaints).toEqual([]);
  });

  it('reads in the log what was done and by whom', async () => {
    const { page } = browser;
    await browser.go('log');
    const row = (what: string) => page.getByRole('row').filter({ hasText: what }).first();
    await row('Gate overridden: No heat, a baby in the house').getByText('WO-1001').waitFor();
    await row('Reassigned: She did this very panel last year').getByText('Owner').waitFor();
    await row('Checked in: Verified').getByText('Ada Zhou').waitFor();
    await page.getByRole('button', { name: 'Check the whole log' }).click();
    await page.getByText(/^All \d+ lines are as they were written/).waitFor();
    await page.getByLabel('Search these lines').fill('financing');
    await page.getByText('Decided, Financing question: Card on file, agreed by phone').waitFor();
  });

  it('says what another gate would do before it is saved and then does that', async () => {
    const { page } = browser;
    await browser.go('settings');
    const editor = page.getByRole('region', { name: 'Dispatch gate' });
    await editor.getByRole('button', { name: 'Install', exact: true }).click();
    await editor.getByRole('checkbox', { name: 'Special instructions' }).check();
    const effect = editor.getByRole('region', { name: 'Effect' });
    await effect.getByText(/visits? would need info/).waitFor();
    await effect.scrollIntoViewIfNeeded();
    await browser.picture('gate-effect-light');
    const told = (await effect.getByRole('listitem').allInnerTexts()).map((line) => line.slice(0, 7)).sort();
    expect((await needing('special_instructions')).length).toBe(0);
    await editor.getByRole('button', { name: 'Save the gate' }).click();
    await page.getByText('The dispatch gate is saved').waitFor();
    expect(await needing('special_instructions')).toEqual(told);
    await page.locator('body').press('Control+z');
    await expect.poll(() => needing('special_instructions')).toEqual([]);
  });

  it('asks for a licence on a type of job as soon as the company says so', async () => {
    const { page } = browser;
    const conflicts = async () => {
      const { visit } = await card(office, 'WO-1011');
      const found = (await office.api('GET', `/v1/board/visits/${visit}/candidates`)).body as { code: string; conflicts: { kind: string; values: { what?: string } }[] }[];
      return found.filter((one) => one.conflicts.some((conflict) => conflict.kind === 'licence' && conflict.values.what === 'asbestos')).length;
    };
    expect(await conflicts()).toBe(0);
    await browser.go('settings');
    const editor = page.getByRole('form', { name: 'Licences' });
    for (const job of ['Inspection', 'Repair', 'Install', 'Maintenance']) await editor.getByLabel(job).fill('asbestos');
    await editor.getByRole('button', { name: 'Save the licences' }).click();
    await page.getByText('The licences are saved').waitFor();
    await browser.picture('licences-light');
    expect(await conflicts()).toBe(10);
    await page.locator('body').press('Control+z');
    await expect.poll(conflicts).toBe(0);
  });

  it('asks for positions on the way as soon as the company says so', async () => {
    const { page } = browser;
    const asked = async () => ((await office.api('GET', '/v1/office/settings')).body as { travel_position_s?: number }).travel_position_s;
    expect(await asked()).toBeUndefined();
    await browser.go('settings');
    const editor = page.getByRole('form', { name: 'Positions' });
    await editor.getByLabel('Ask the phone').selectOption({ label: 'Every 60 seconds' });
    await editor.getByRole('button', { name: 'Save the positions' }).click();
    await page.getByText('Positions are asked for on the way').waitFor();
    await browser.picture('positions-light');
    expect(await asked()).toBe(60);
    await page.locator('body').press('Control+z');
    await expect.poll(asked).toBeUndefined();
  });

  async function needing(field: string): Promise<string[]> {
    const cards = (await office.api('GET', '/v1/board')).body as { number: string; missing: string[] }[];
    return cards.filter((one) => one.missing.includes(field)).map((one) => one.number).sort();
  }

  async function gapsOf(visit: string): Promise<string[]> {
    const gaps = JSON.parse(await phone.does('--json', 'closeout', visit)) as unknown;
    return [...JSON.stringify(gaps).matchAll(/"key":"([^"]+)"/g)].flatMap((found) => ['--gap', found[1] ?? '']);
  }

  function widthOf(image: ReturnType<Browser['page']['locator']>): Promise<number> {
    return image.evaluate((element) => (element as HTMLImageElement).naturalWidth);
  }

  function active(found: Awaited<ReturnType<typeof card>>): string[] {
    return found.technicians.filter((one) => ['scheduled', 'dispatched'].includes(one.intent)).map((one) => one.name);
  }

  async function rowOf(name: string): Promise<{ x: number; y: number }> {
    const label = browser.page.locator('.ec-row-head', { hasText: name });
    await label.scrollIntoViewIfNeeded();
    const box = await label.boundingBox();
    if (!box) throw new Error(`no row of ${name}`);
    return { x: box.x + box.width + 260, y: box.y + box.height / 2 };
  }

  async function drag(what: ReturnType<Browser['page']['locator']>, to: { x: number; y: number }, shown: string, before = async () => {}): Promise<void> {
    const { mouse } = browser.page;
    await what.scrollIntoViewIfNeeded();
    const box = await what.boundingBox();
    if (!box) throw new Error('nothing to drag');
    await mouse.move(box.x + Math.min(20, box.width / 2), box.y + 14);
    await mouse.down();
    await mouse.move(box.x + 40, box.y + 24, { steps: 4 });
    await mouse.move(to.x, to.y, { steps: 10 });
    await browser.page.getByRole('status').getByText(shown).waitFor();
    await before();
    await mouse.up();
  }

  async function confirmPlacing(reason: string): Promise<void> {
    const dialog = browser.page.getByRole('dialog', { name: /WO-\d+ to / });
    await dialog.waitFor();
    const box = dialog.getByRole('textbox');
    if ((await box.count()) > 0) await box.fill(reason);
    await dialog.getByRole('button', { name: /^Give it/ }).click();
    await dialog.waitFor({ state: 'detached' });
  }
});
