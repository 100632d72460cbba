import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Browser, Office } from './support';

/** What protects the page and the session. Asked of the server itself, past the page. */
describe('the session', () => {
  let office: Office;
  let cookie: string;
  let csrf: string;

  beforeAll(async () => {
    office = await Office.start();
    const reply = await signIn();
    cookie = (reply.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    csrf = ((await reply.json()) as { csrf: string }).csrf;
  });

  afterAll(() => office?.stop());

  const signIn = (headers: Record<string, string> = {}) =>
    fetch(`${office.server}/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ token: office.token }),
    });
  const asked = (path: string, init: RequestInit = {}) => fetch(office.server + path, { ...init, headers: { cookie, ...init.headers } });

  it('is a cookie that scripts, other sites and plain lines don’t get', async () => {
    const plain = (await signIn()).headers.get('set-cookie') ?? '';
    expect(plain).toMatch(/^truckroll=browser_[0-9a-f]{64}; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Strict$/);
    const behindTls = (await signIn({ 'x-forwarded-proto': 'https' })).headers.get('set-cookie') ?? '';
    expect(behindTls).toMatch(/^__Host-truckroll=browser_[0-9a-f]{64}; .*; HttpOnly; SameSite=Strict; Secure$/);
  });

  it('lets no request change anything without the page’s own token', async () => {
    const code = (headers: Record<string, string>) => asked('/v1/office/technicians/T01/code', { method: 'POST', headers });
    expect((await code({})).status).toBe(403);
    expect((await code({ 'x-csrf-token': 'wrong' })).status).toBe(403);
    expect((await code({ 'x-csrf-token': csrf })).status).toBe(200);
    expect((await asked('/v1/board')).status).toBe(200);
  });

  it('sets a password, signs in with it, and slows down whoever guesses', async () => {
    const own = { email: 'ana@example.com', password: 'correct horse battery staple' };
    const put = (body: unknown) => fetch(`${office.server}/v1/session/password`, { method: 'PUT', headers: { authorization: `Bearer ${office.token}`, 'content-type': 'application/json' }, body: JSON.stringify(body) });
    expect((await put({ ...own, password: 'short' })).status).toBe(400);
    expect((await put(own)).status).toBe(204);
    // Every browser was signed out by it.
    expect((await asked('/v1/board')).status).toBe(401);
    const tried = (body: unknown) => fetch(`${office.server}/v1/session`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
    const good = await tried(own);
    expect(good.status).toBe(200);
    cookie = (good.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    csrf = ((await good.json()) as { csrf: string }).csrf;
    const statuses: number[] = [];
    for (let guess = 0; guess < 6; guess += 1) statuses.push((await tried({ ...own, password: `wrong horse battery ${guess}` })).status);
    expect(statuses).toEqual([401, 401, 401, 401, 429, 429]);
  });

  it('can be revoked from elsewhere', async () => {
    const browsers = (await (await asked('/v1/session/browsers')).json()) as { id: string }[];
    expect(browsers).toHaveLength(1);
    const gone = await asked(`/v1/session/browsers/${browsers[0]?.id}`, { method: 'DELETE', headers: { 'x-csrf-token': csrf } });
    expect(gone.status).toBe(204);
    expect((await asked('/v1/session')).status).toBe(401);
  });

  it('is nobody’s without a good cookie', async () => {
    for (const wrong of ['truckroll=browser_00', 'truckroll=', `truckroll=${office.token}`]) {
      expect((await fetch(`${office.server}/v1/board`, { headers: { cookie: wrong } })).status, wrong).toBe(401);
    }
  });
});

describe('the page', () => {
  let office: Office;

  beforeAll(async () => {
    office = await Office.start();
  });

  afterAll(() => office?.stop());

  it('has a strict policy, and nothing may frame it', async () => {
    const { headers } = await fetch(`${office.server}/`);
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe-inline|unsafe-eval|\*/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect((await fetch(`${office.server}/v1/words`)).headers.get('cache-control')).toBe('private, no-cache');
  });

  it('holds no inline script and fetches nothing from elsewhere', async () => {
    const html = await (await fetch(`${office.server}/`)).text();
    expect(html).toContain('<div id="app">');
    expect(html.match(/<script(?![^>]*\ssrc=)/g)).toBeNull();
    expect(html.match(/(src|href)="https?:/g)).toBeNull();
  });

  it('can’t be made to run a script that somebody slipped in', async () => {
    const browser = await Browser.open();
    try {
      await browser.page.goto(office.server);
      const ran = await browser.page.evaluate(async () => {
        const script = document.createElement('script');
        script.textContent = 'globalThis.slippedIn = true';
        document.body.append(script);
        await new Promise((resolve) => setTimeout(resolve, 50));
        return 'slippedIn' in globalThis;
      });
      expect(ran).toBe(false);
    } finally {
      await browser.close();
    }
  });
});
