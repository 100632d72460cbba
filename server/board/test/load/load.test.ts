import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Browser, DAY, Office, ROOT } from '../browser/support';

const TECHNICIANS = 200;
const VISITS = 2_000;
/** Changes a second, and for how long: `BOARD_LOAD_SECONDS` shortens it where only the result counts, not the figures. */
const RATE = 50;
const SECONDS = Number(process.env['BOARD_LOAD_SECONDS'] ?? 60);
/** Whoever looks at a board sees a change before the next question, milliseconds: ten seconds lose people, one keeps them. */
const SHOWN_MS = 1_000;
/** Nobody feels a shorter task as a stop, milliseconds (the issue's own limit). */
const LONG_TASK_MS = 200;
/** A bar that follows later than this feels loose, milliseconds: the "instantaneous" tenth of a second. */
const DRAG_MS = 100;
/** Who opens the board waits no longer for the first sight of it, milliseconds: "good" by Web Vitals' own count is 1.8 s. */
const FIRST_PAINT_MS = 1_800;
/** A board stays open all day beside mail and telephone, bytes. */
const HEAP_BYTES = 300 * 1024 * 1024;

interface Measured {
  firstPaint: number;
  complete: number;
}

const percentile = (values: number[], share: number) => [...values].sort((left, right) => left - right)[Math.floor((values.length - 1) * share)] ?? Number.NaN;

/** The board of a large company's busy day, measured in the browser. */
describe('200 technicians and 2,000 visits', () => {
  let office: Office;
  let browser: Browser;
  let visits: string[] = [];
  const results: [string, string, string][] = [];

  beforeAll(async () => {
    office = await Office.start();
    await office.command('import', office.write('technicians.csv', technicians()), office.write('jobs.csv', jobs()));
    const cards = (await office.api('GET', '/v1/board')).body as { visit: string; number: string }[];
    const large = cards.filter((card) => card.number.startsWith('L-')).sort((left, right) => left.number.localeCompare(right.number));
    visits = large.map((card) => card.visit);
    await Promise.all(Array.from({ length: 4 }, (_, worker) => assign(worker)));
    browser = await Browser.open();
    await browser.signIn(office);
  }, 1_200_000);

  afterAll(async () => {
    await browser?.close();
    await office?.stop();
    report();
  });

  async function assign(worker: number): Promise<void> {
    for (let at = worker; at < visits.length; at += 4) {
      const reply = await office.api('POST', `/v1/office/visits/${visits[at]}/assign`, { technician: `L${String(at % TECHNICIANS).padStart(3, '0')}` });
      if (reply.status !== 200) throw new Error(`assign: ${reply.status}`);
    }
  }

  it('is seen at once', async () => {
    const { page } = browser;
    await page.addInitScript(() => {
      const measured = { complete: 0 };
      Object.assign(globalThis, { measured });
      const look = () => {
        if (document.querySelectorAll('.ec-row-head').length >= 200 && document.querySelector('.ec-event')) measured.complete ||= performance.now();
        if (!measured.complete) requestAnimationFrame(look);
      };
      requestAnimationFrame(look);
    });
    await page.reload();
    await page.waitForFunction(() => (globalThis as unknown as { measured: { complete: number } }).measured.complete > 0, undefined, { timeout: 120_000 });
    const measured = await page.evaluate<Measured>(() => ({
      firstPaint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Number.NaN,
      complete: (globalThis as unknown as { measured: { complete: number } }).measured.complete,
    }));
    results.push(['First contentful paint', `${measured.firstPaint.toFixed(0)} ms`, `${FIRST_PAINT_MS} ms`]);
    results.push(['Every technician’s row with its bars', `${measured.complete.toFixed(0)} ms`, '–']);
    await page.waitForTimeout(5_000);
    await browser.picture('load-timeline-light');
    expect(measured.firstPaint).toBeLessThan(FIRST_PAINT_MS);
  });

  it('keeps to its memory', async () => {
    const { heap, nodes } = await browser.memory();
    results.push(['JavaScript heap after collection', `${(heap / 1024 / 1024).toFixed(0)} MiB`, `${HEAP_BYTES / 1024 / 1024} MiB`]);
    results.push(['DOM nodes', String(nodes), '–']);
    expect(heap).toBeLessThan(HEAP_BYTES);
  });

  it('follows a dragged bar', async () => {
    const { page } = browser;
    const bar = page.locator('.ec-event').first();
    await bar.scrollIntoViewIfNeeded();
    const box = await bar.boundingBox();
    if (!box) throw new Error('no bar to drag');
    await page.evaluate(() => {
      const delays: number[] = [];
      Object.assign(globalThis, { delays });
      addEventListener('pointermove', (event) => requestAnimationFrame(() => setTimeout(() => delays.push(performance.now() - event.timeStamp))), true);
    });
    await page.mouse.move(box.x + 10, box.y + 14);
    await page.mouse.down();
    for (let step = 0; step < 60; step += 1) {
      await page.mouse.move(box.x + 10 + step * 4, box.y + 14 + step * 3);
      await page.waitForTimeout(30);
    }
    await page.keyboard.press('Escape');
    await page.mouse.move(box.x + 10, box.y + 14);
    await page.mouse.up();
    const delays = await page.evaluate(() => (globalThis as unknown as { delays: number[] }).delays);
    expect(delays.length).toBeGreaterThan(30);
    const [median, late] = [percentile(delays, 0.5), percentile(delays, 0.95)];
    results.push(['Drag: pointer to picture, median', `${median.toFixed(0)} ms`, '–']);
    results.push(['Drag: pointer to picture, 95 %', `${late.toFixed(0)} ms`, `${DRAG_MS} ms`]);
    expect(late).toBeLessThan(DRAG_MS);
  });

  it('stays quick under 50 live updates a second for a minute', { timeout: 400_000 }, async () => {
    const { page } = browser;
    // What the drag opened is over.
    await page.keyboard.press('Escape');
    await page.waitForTimeout(2_000);
    await page.evaluate(() => {
      const tasks: number[] = [];
      Object.assign(globalThis, { tasks });
      new PerformanceObserver((list) => tasks.push(...list.getEntries().map((entry) => entry.duration))).observe({ type: 'longtask' });
    });
    let sent = 0;
    /** The newest name of each visit's customer, as the server has taken it. */
    const names = new Map<string, string>();
    const change = async (visit: string, name: string) => {
      const reply = await office.api('PUT', `/v1/office/visits/${visit}/fields/customer_name`, { value: name });
      if (reply.status !== 200) throw new Error(`change: ${reply.status}`);
      names.set(visit, name);
    };
    const began = performance.now();
    const until = began + SECONDS * 1000;
    const writer = async () => {
      while (performance.now() < until) {
        const at = sent;
        sent += 1;
        const wait = began + (at * 1000) / RATE - performance.now();
        if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
        // What the bars show: the page has to draw it.
        await change(visits[(at * 37) % visits.length] ?? '', `Change ${at}`);
      }
    };
    await Promise.all(Array.from({ length: 6 }, writer));
    const seconds = (performance.now() - began) / 1000;
    // One more, of a visit that is in sight: how long until it is there?
    const bar = page.locator('.ec-event[data-bar]').first();
    const [inSight = ''] = ((await bar.getAttribute('data-bar')) ?? '').split('/');
    await change(inSight, 'The last change');
    const answered = performance.now();
    await page.locator(`.ec-event[data-bar^="${inSight}"]`).getByText('The last change').first().waitFor({ state: 'attached' });
    const shown = performance.now() - answered;
    const tasks = await page.evaluate(() => (globalThis as unknown as { tasks: number[] }).tasks);
    const longest = Math.max(0, ...tasks);
    results.push(['Live updates sent', `${(sent / seconds).toFixed(1)} a second for ${seconds.toFixed(0)} s`, `${RATE} a second for ${SECONDS} s`]);
    results.push(['Longest task meanwhile', `${longest.toFixed(0)} ms`, `${LONG_TASK_MS} ms`]);
    results.push(['Tasks over 50 ms meanwhile', String(tasks.length), '–']);
    results.push(['The last change is shown after', `${shown.toFixed(0)} ms`, `${SHOWN_MS} ms`]);
    await page.locator('header .answer.good').waitFor();
    const { heap } = await browser.memory();
    results.push(['JavaScript heap afterwards', `${(heap / 1024 / 1024).toFixed(0)} MiB`, `${HEAP_BYTES / 1024 / 1024} MiB`]);
    expect(heap).toBeLessThan(HEAP_BYTES);
    expect(longest).toBeLessThanOrEqual(LONG_TASK_MS);
    expect(sent / seconds).toBeGreaterThan(RATE * 0.95);
    expect(shown).toBeLessThanOrEqual(SHOWN_MS);
    await showsEveryChange(names);
  });

  /** Nothing was left out on the way: the page itself, never opened again, has the newest of every visit. */
  async function showsEveryChange(names: ReadonlyMap<string, string>): Promise<void> {
    const { page } = browser;
    const cards = (await office.api('GET', '/v1/board')).body as { visit: string; customer: string; number: string }[];
    expect(cards.filter((card) => names.has(card.visit)).map((card) => card.customer)).toEqual(cards.flatMap((card) => names.get(card.visit) ?? []));
    await browser.go('list');
    await page.getByLabel('Search this day').fill('change');
    await page.getByText(`200 of ${names.size} are shown.`).waitFor();
    const numbers = new Map(cards.map((card) => [card.visit, card.number]));
    for (const [visit, name] of [...names].slice(-40)) {
      await page.getByLabel('Search this day').fill(name);
      const number = numbers.get(visit) ?? '';
      // The name stands right before the address, whose number would otherwise read on.
      const row = page.getByRole('row').filter({ hasText: number });
      await row.filter({ hasText: `${name}${Number(number.slice(2))} Main St` }).waitFor();
    }
  }

  /** What was measured, as docs/performance-board.md has it. */
  function report(): void {
    const folder = join(ROOT, 'target/reports');
    mkdirSync(folder, { recursive: true });
    const rows = results.map(([what, measured, limit]) => `| ${what} | ${measured} | ${limit} |`);
    const machine = `${cpus().length} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), the server and the browser on the same machine`;
    const table = [`${new Date().toISOString().slice(0, 10)}, ${machine}`, '', '| Measure | Result | Limit |', '|---|---|---|', ...rows, ''].join('\n');
    writeFileSync(join(folder, 'board-load.md'), table);
    console.log(table);
  }
});

function technicians(): string {
  const rows = Array.from({ length: TECHNICIANS }, (_, at) => {
    const code = `L${String(at).padStart(3, '0')}`;
    return `${code},Technician ${code},hvac;plumbing;electrical,${(38.1 + (at % 20) * 0.01).toFixed(4)},${(-85.9 + Math.floor(at / 20) * 0.03).toFixed(4)},07:00,17:00`;
  });
  return `technician_id,name,skills,home_lat,home_lon,shift_start,shift_end\n${rows.join('\n')}\n`;
}

function jobs(): string {
  const rows = Array.from({ length: VISITS }, (_, at) => {
    const hour = 7 + Math.floor(at / TECHNICIANS);
    const window = `${String(hour).padStart(2, '0')}:00,${String(hour + 1).padStart(2, '0')}:00`;
    const trade = ['hvac', 'plumbing', 'electrical'][at % 3];
    return `L-${String(at).padStart(4, '0')},${DAY},same_day,repair,${trade},Customer ${at},+1 555 0100,${at} Main St,${(38.1 + (at % 40) * 0.005).toFixed(4)},${(-85.9 + (at % 50) * 0.01).toFixed(4)},America/Kentucky/Louisville,front door,Fix it,${window},40`;
  });
  return `job_number,date,call_type,job_type,trade,customer_name,phone,address,lat,lon,time_zone,access_notes,scope,window_start,window_end,estimated_minutes\n${rows.join('\n')}\n`;
}
