/** The real server on a new data folder, a real technician at the command line, and Chromium with a new profile. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type BrowserContext, chromium, type Page } from 'playwright-core';

const run = promisify(execFile);
const here = dirname(fileURLToPath(import.meta.url));
/** The repository. */
export const ROOT = resolve(here, '../../../..');
const TRUCKROLL = process.env['TRUCKROLL_BIN'] ?? join(ROOT, 'target/debug/truckroll');
const DATA = process.env['TRUCKROLL_DATA_SETS'] ?? resolve(ROOT, '../shared/data');
export const PICTURES = join(ROOT, 'target/board-pictures');
/** The day of the data set. */
export const DAY = '2026-11-23';

const CHROMIUM_ARGUMENTS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const SOFTWARE_WEBGL = ['--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--ignore-gpu-blocklist'];

export interface Reply {
  status: number;
  headers: Headers;
  body: unknown;
}

/** A server with the data set imported. */
export class Office {
  private constructor(
    private readonly folder: string,
    private readonly processes: ChildProcess[],
    readonly server: string,
    /** Where the page is: the server itself, unless `BOARD_DEV` puts Vite's preview in front of it. */
    readonly page: string,
    readonly token: string,
  ) {}

  /** `env` is added to what the server sees. */
  static async start(env: Record<string, string> = {}): Promise<Office> {
    const folder = mkdtempSync(join(tmpdir(), 'truckroll-board-'));
    const served = spawn(TRUCKROLL, ['serve', '--data', join(folder, 'data'), '--listen', '127.0.0.1:0'], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const said = await saidBy(served, /listening on (\S+)[\s\S]*?(truckroll_[0-9a-f]+)/);
    const [, server = '', token = ''] = said;
    const processes = [served];
    let page = server;
    if (process.env['BOARD_DEV']) {
      // Vite itself, not npx: a signal to that would leave its child.
      const vite = resolve(here, '../../node_modules/vite/bin/vite.js');
      const preview = spawn(globalThis.process.execPath, [vite, 'preview', '--host', '127.0.0.1', '--port', '0'], {
        cwd: resolve(here, '../..'),
        env: { ...process.env, TRUCKROLL_SERVER: server, NO_COLOR: '1' },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      processes.push(preview);
      page = (await saidBy(preview, /(http:\/\/127\.0\.0\.1:\d+)/))[1] ?? '';
    }
    const office = new Office(folder, processes, server, page, token);
    await office.command('import', join(DATA, 'louisville/technicians.csv'), join(DATA, 'louisville/jobs.csv')).catch((error: { stdout?: string; code?: number }) => {
      // Flawed rows are part of the data set: they are refused, all others are stored.
      if (!error.stdout?.includes('WO-1901')) throw error;
    });
    return office;
  }

  /** Runs the command against this server, as its owner, or with the token in the last place. */
  async command(...given: (string | { token: string })[]): Promise<string> {
    const words = given.filter((word) => typeof word === 'string');
    const token = given.find((word) => typeof word !== 'string')?.token ?? this.token;
    const env = { ...process.env, TRUCKROLL_SERVER: this.server, TRUCKROLL_TOKEN: token };
    return (await run(TRUCKROLL, words, { env, maxBuffer: 64 * 1024 * 1024 })).stdout;
  }

  /** Puts a file where this server's own are; gives its path. */
  write(name: string, content: string | Buffer): string {
    const path = join(this.folder, name);
    writeFileSync(path, content);
    return path;
  }

  /** A request with the owner's token, or with another. */
  async api(method: string, path: string, body?: unknown, token = this.token): Promise<Reply> {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const reply = await fetch(this.server + path, { method, headers, body: body === undefined ? null : JSON.stringify(body) });
    const text = await reply.text();
    return { status: reply.status, headers: reply.headers, body: text ? JSON.parse(text) : undefined };
  }

  /** A technician's phone, enrolled. */
  async phone(technician: string): Promise<Phone> {
    const offered = (await this.api('POST', `/v1/office/technicians/${technician}/code`)).body as { code: string };
    const phone = new Phone(this, join(this.folder, `phone-${technician}`));
    await phone.does('enrol', this.server, offered.code);
    return phone;
  }

  async stop(): Promise<void> {
    for (const process of this.processes) {
      const ended = new Promise((resolve) => process.once('exit', resolve));
      process.kill('SIGTERM');
      // An open stream must not keep a test from ending.
      const force = setTimeout(() => process.kill('SIGKILL'), 3_000);
      await ended;
      clearTimeout(force);
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The technician's app at the command line, on the real engine. */
export class Phone {
  constructor(
    private readonly office: Office,
    private readonly home: string,
  ) {}

  does(...words: string[]): Promise<string> {
    return this.office.command('tech', '--home', this.home, ...words);
  }
}

/** Waits until a program has said something. */
async function saidBy(process: ChildProcess, wanted: RegExp): Promise<RegExpExecArray> {
  let said = '';
  return new Promise((resolve, reject) => {
    process.stdout?.on('data', (piece: Buffer) => {
      said += piece.toString();
      const found = wanted.exec(said);
      if (found) resolve(found);
    });
    process.once('error', reject);
    process.once('exit', (code) => reject(new Error(`ended with ${code}: ${said}`)));
  });
}

/** Chromium with an empty profile, and what its page complained about. */
export class Browser {
  readonly complaints: string[] = [];

  private constructor(
    private readonly profile: string,
    private readonly context: BrowserContext,
    readonly page: Page,
  ) {}

  /** `webgl` draws by software what a graphics card would. */
  static async open({ width = 1366, height = 768, webgl = false } = {}): Promise<Browser> {
    const profile = mkdtempSync(join(tmpdir(), 'truckroll-chromium-'));
    const context = await chromium.launchPersistentContext(profile, {
      executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
      headless: true,
      viewport: { width, height },
      args: webgl ? [...CHROMIUM_ARGUMENTS.filter((argument) => argument !== '--disable-gpu'), ...SOFTWARE_WEBGL] : CHROMIUM_ARGUMENTS,
      reducedMotion: 'reduce',
    });
    const browser = new Browser(profile, context, await context.newPage());
    // A loaded machine is no reason to fail: what is waited for either comes or doesn't.
    browser.page.setDefaultTimeout(45_000);
    browser.page.on('pageerror', (error) => browser.complaints.push(error.message));
    browser.page.on('console', (message) => {
      // A refused request is told by the page itself; the browser's own line about it is no complaint of ours.
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) browser.complaints.push(message.text());
    });
    return browser;
  }

  /** Signs in as the owner, or with another token. */
  async signIn(office: Office, token = office.token): Promise<Page> {
    await this.page.goto(`${office.page}/#/timeline?day=${DAY}`);
    await this.page.getByRole('button', { name: 'Use an API token' }).click();
    await this.page.getByLabel('API token').fill(token);
    await this.page.getByRole('button', { name: 'Sign in' }).click();
    await this.page.locator('header .answer.good').waitFor();
    await this.page.getByRole('heading', { name: 'Monday, November 23' }).waitFor();
    return this.page;
  }

  /** Goes to a view by its address, as a colleague's link does. */
  async go(view: string, visit?: string): Promise<void> {
    await this.page.evaluate((hash) => (location.hash = hash), `#/${view}?day=${DAY}${visit ? `&visit=${visit}` : ''}`);
  }

  async picture(name: string): Promise<void> {
    mkdirSync(PICTURES, { recursive: true });
    await this.page.screenshot({ path: join(PICTURES, `${name}.png`) });
  }

  /** A file with a photo of a label, 1200 × 800; nobody's, drawn by the browser. */
  async drawn(label: string): Promise<string> {
    const page = await this.context.newPage();
    await page.setViewportSize({ width: 1200, height: 800 });
    await page.setContent(`<body style="margin:0;display:grid;place-items:center;height:100vh;background:linear-gradient(135deg,#56616b,#c9b79a);font:64px sans-serif;color:#fff">${label}</body>`);
    const path = join(this.profile, 'photo.jpg');
    await page.screenshot({ path, type: 'jpeg', quality: 85 });
    await page.close();
    return path;
  }

  /** What the page keeps after a collection: bytes of JavaScript, and nodes. */
  async memory(): Promise<{ heap: number; nodes: number }> {
    const devtools = await this.context.newCDPSession(this.page);
    await devtools.send('HeapProfiler.collectGarbage');
    await devtools.send('Performance.enable');
    const { metrics } = await devtools.send('Performance.getMetrics');
    await devtools.detach();
    const value = (name: string) => metrics.find((metric) => metric.name === name)?.value ?? Number.NaN;
    return { heap: value('JSHeapUsedSize'), nodes: value('Nodes') };
  }

  cookies() {
    return this.context.cookies();
  }

  async close(): Promise<void> {
    await this.context.close();
    rmSync(this.profile, { recursive: true, force: true });
  }
}

export interface CardOfTest {
  visit: string;
  number: string;
  status: string;
  review: string;
  missing: string[];
  blocking: string[];
  overridden: boolean;
  day: string;
  next_action: { what: string } | null;
  window: { start_ms: number; end_ms: number } | null;
  technicians: { technician: string; name: string; intent: string; status: string }[];
}

/** A visit's id by its job's number. */
export async function card(office: Office, number: string): Promise<CardOfTest> {
  const cards = (await office.api('GET', '/v1/board')).body as CardOfTest[];
  const found = cards.find((one) => one.number === number);
  if (!found) throw new Error(`no ${number}`);
  return found;
}
