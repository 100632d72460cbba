import { generateKeyPairSync, sign } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Browser, card, DAY, Office } from './support';

/** Who is on the way, on the map: told by a phone that enrolled by the protocol, as any app could. */
describe('trucks on the map', () => {
  let office: Office;
  let browser: Browser;
  let token: string;
  let visit: string;

  beforeAll(async () => {
    office = await Office.start();
    ({ visit } = await card(office, 'WO-1009'));
    const settings = (await office.api('GET', '/v1/office/settings')).body as object;
    await office.api('PUT', '/v1/office/settings', { ...settings, travel_position_s: 60 });
    await office.api('POST', `/v1/office/visits/${visit}/assign`, { technician: 'T01' });
    await office.api('POST', `/v1/office/visits/${visit}/dispatch`, {});
    await office.api('POST', `/v1/office/visits/${visit}/status`, { to: 'traveling' });
    token = await enrolled(office, 'T01');
    browser = await Browser.open();
    await browser.signIn(office);
    await browser.go('map');
  });

  afterAll(async () => {
    await browser?.close();
    await office?.stop();
  });

  it('stand where the phone said last with their name and age', async () => {
    expect((await report(38.2011)).status).toBe(204);
    const truck = browser.page.getByTitle(/^Ada Zhou, on the way to WO-1009$/);
    await truck.waitFor();
    expect(await truck.textContent()).toMatch(/Ada · \d+ (s|min)/);
    const before = await truck.boundingBox();
    await browser.picture('map-trucks-light');
    await report(38.2511);
    await expect.poll(async () => (await truck.boundingBox())?.y ?? 0, { timeout: 45_000 }).toBeLessThan((before?.y ?? 0) - 20);
    expect(browser.complaints).toEqual([]);
  });

  it('are gone when their technicians have arrived', async () => {
    await office.api('POST', `/v1/office/visits/${visit}/status`, { to: 'on_site' });
    await browser.page.getByTitle(/on the way to WO-1009$/).waitFor({ state: 'detached' });
    expect((await report(38.2511)).status).toBe(409);
  });

  function report(lat: number) {
    return office.api('POST', '/v1/position', { visit, lat, lon: -85.6, accuracy_m: 30, age_ms: 0 }, token);
  }
});

/** A phone's access token. */
async function enrolled(office: Office, technician: string): Promise<string> {
  const body = async <T>(path: string, request: object) => (await office.api('POST', path, request)).body as T;
  const { code } = await body<{ code: string }>(`/v1/office/technicians/${technician}/code`, {});
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  const point = Buffer.concat([Buffer.of(4), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]);
  const about = { device_name: `phone of ${DAY}`, platform: 'cli', app_version: '0.1.0' };
  const { device_id } = await body<{ device_id: string }>('/v1/enrol', { code, public_key: point.toString('base64'), ...about });
  const { challenge } = await body<{ challenge: string }>('/v1/token/challenge', { device_id });
  const signature = sign('sha256', Buffer.from(`truckroll-token-v1\n${device_id}\n${challenge}`), privateKey).toString('base64');
  return (await body<{ access_token: string }>('/v1/token', { device_id, challenge, signature })).access_token;
}
