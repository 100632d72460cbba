import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Browser, card, DAY, Office } from './support';

const PASSWORD = 'correct horse battery staple';

/** Two companies in different time zones; Olga works for both. */
describe('companies and colleagues', () => {
  let office: Office;
  let browser: Browser;
  let olga: Browser;
  let other: string;

  beforeAll(async () => {
    office = await Office.start();
    const made = await office.api('POST', '/v1/companies', { name: 'Mesa Cooling', time_zone: 'America/Phoenix' });
    other = (made.body as { token: string }).token;
    await office.command('import', office.write('technicians.csv', MESA_TECHNICIANS), office.write('jobs.csv', MESA_JOBS), { token: other });
    browser = await Browser.open();
    await browser.signIn(office);
  });

  afterAll(async () => {
    await olga?.close();
    await browser?.close();
    await office?.stop();
  });

  it('invites a colleague who joins by the link', async () => {
    const { page } = browser;
    await browser.go('people');
    const invitations = page.getByRole('region', { name: 'Invitations' });
    await invitations.getByLabel('Name').fill('Olga Reyes');
    await invitations.getByLabel('Role').selectOption('dispatcher');
    await invitations.getByRole('button', { name: 'Invite' }).click();
    const link = await page.getByRole('dialog', { name: 'Invitation for Olga Reyes' }).locator('code').innerText();
    await browser.picture('invitation-light');
    await page.getByRole('button', { name: 'Done' }).click();
    await invitations.getByText('Olga Reyes').waitFor();

    olga = await Browser.open();
    await olga.page.goto(link.replace(/^https?:\/\/[^/]+/, office.page));
    await olga.page.getByLabel('E-mail address').fill('olga@example.com');
    await olga.page.getByLabel('Password').fill(PASSWORD);
    await olga.picture('join-light');
    await olga.page.getByRole('button', { name: 'Join' }).click();
    await olga.page.locator('header .answer.good').waitFor();
    await olga.page.getByText('Olga Reyes').first().waitFor();
    // The link was good once.
    const again = await fetch(`${office.server}/v1/session/join`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ code: new URL(link.replace('#/join', '')).searchParams.get('code'), email: 'eve@example.com', password: PASSWORD }),
    });
    expect(again.status).toBe(404);
  });

  it('hands a desk over in one action with what is open on it and takes it back', async () => {
    const { page } = browser;
    const { visit } = await card(office, 'WO-1002');
    await office.api('POST', `/v1/office/visits/${visit}/assign`, { technician: 'T04' });
    await browser.go('people');
    const own = page.getByRole('article', { name: 'Desk of Owner' });
    await own.getByRole('button', { name: 'Hand over …' }).click();
    const dialog = page.getByRole('dialog', { name: 'Hand over your desk' });
    await dialog.getByRole('region', { name: 'What is open' }).getByText('WO-1002').waitFor();
    await dialog.getByText('Financing question').waitFor();
    await dialog.getByLabel('Who covers').selectOption({ label: 'Olga Reyes (0 visits now)' });
    await dialog.getByLabel('What they should know').fill('Call Ms Park before ten.');
    await browser.picture('hand-over-light');
    await dialog.getByRole('button', { name: /^Hand over \d+ visits?$/ }).click();
    await dialog.waitFor({ state: 'detached' });
    const cover = page.getByRole('article', { name: 'Desk of Olga Reyes' });
    await cover.getByText(/[1-9]\d* visits?/).waitFor();
    await own.getByText(/^0 visits/).waitFor();
    await page.locator('body').press('Control+z');
    await cover.getByText(/^0 visits/).waitFor();
    await own.getByText(/[1-9]\d* visits?/).waitFor();
  });

  it('has a second company by another invitation and switches between the two', async () => {
    const made = await office.api('POST', '/v1/office/invitations', { name: 'Olga', role: 'dispatcher' }, other);
    const { code } = made.body as { code: string };
    const { page } = olga;
    await page.goto(`${office.page}/#/join?code=${code}`);
    await page.reload();
    await page.getByText('You join as').waitFor();
    await page.getByRole('button', { name: 'Join' }).click();
    const choice = page.getByLabel('Company');
    await choice.selectOption({ label: 'Mesa Cooling' });
    await olga.go('list');
    await page.getByRole('row', { name: /MC-1/ }).waitFor();
    expect(await page.getByRole('row', { name: /WO-1004/ }).count()).toBe(0);
    await page.getByText(/MST/).first().waitFor();
    await choice.selectOption({ label: 'My company' });
    await page.getByRole('row', { name: /WO-1004/ }).waitFor();
    expect(await page.getByRole('row', { name: /MC-1/ }).count()).toBe(0);
  });

  it('shows both in one live board where each command works in its own company', async () => {
    const { page } = olga;
    await page.getByLabel('Company').selectOption('all');
    await olga.go('list');
    await page.getByRole('row', { name: /MC-1/ }).getByText('Mesa Cooling').waitFor();
    await page.getByRole('row', { name: /WO-1004/ }).getByText('My company').waitFor();
    await olga.picture('combined-list-light');
    await olga.go('timeline');
    await page.locator('.ec-row-head', { hasText: 'Rosa Vega' }).waitFor();
    await page.locator('.ec-row-head', { hasText: 'Ada Zhou' }).waitFor();
    await olga.picture('combined-timeline-light');
    // A colleague of the other company does something: it arrives here.
    const mesa = (await office.api('GET', '/v1/board', undefined, other)).body as { visit: string; number: string }[];
    const visit = mesa.find((one) => one.number === 'MC-1')?.visit ?? '';
    await office.api('POST', `/v1/office/visits/${visit}/assign`, { technician: 'M1' }, other);
    await olga.go('list', visit);
    await page.getByRole('row', { name: /MC-1/ }).getByText('Rosa Vega').waitFor();
    const panel = page.getByRole('complementary', { name: 'Visit MC-1' });
    await panel.getByRole('button', { name: 'Dispatch', exact: true }).click();
    await page.getByText('MC-1 dispatched to Rosa Vega').waitFor();
    const seen = (await office.api('GET', '/v1/board', undefined, other)).body as { number: string; status: string }[];
    expect(seen.find((one) => one.number === 'MC-1')?.status).toBe('dispatched');
    await panel.getByRole('tab', { name: 'History' }).click();
    await panel.getByText('Olga').first().waitFor();
  });

  it('shows nothing of one company to a colleague who works for the other alone', async () => {
    const made = await office.api('POST', '/v1/office/users', { name: 'Pat Quinn', role: 'dispatcher' });
    const pat = await Browser.open();
    try {
      await pat.signIn(office, (made.body as { token: string }).token);
      await pat.go('list');
      await pat.page.getByRole('row', { name: /WO-1004/ }).waitFor();
      expect(await pat.page.getByText('MC-1').count()).toBe(0);
      expect(await pat.page.getByLabel('Company').count()).toBe(0);
    } finally {
      await pat.close();
    }
  });

  it('was complained about by nobody', () => {
    expect([...browser.complaints, ...olga.complaints]).toEqual([]);
  });
});

const MESA_TECHNICIANS = `technician_id,name,skills,shift_start,shift_end
M1,Rosa Vega,hvac,07:00,16:00
`;
const MESA_JOBS = `job_number,date,call_type,job_type,trade,customer_name,phone,address,lat,lon,time_zone,access_notes,scope,window_start,window_end
MC-1,${DAY},same_day,repair,hvac,Sun Realty,+1 555 0100,1 Main St,33.41,-111.83,America/Phoenix,front desk,Compressor won’t start,09:00,11:00
`;
