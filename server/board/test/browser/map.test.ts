import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { crc32, deflateSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Browser, card, Office } from './support';

/** The map with a tile source of its own: a server of this test that draws plain tiles. */
describe('the map with tiles', () => {
  let tiles: Server;
  let asked: string[] = [];
  let office: Office;
  let browser: Browser;

  beforeAll(async () => {
    tiles = createServer((request, reply) => {
      asked.push(request.url ?? '');
      reply.writeHead(200, { 'content-type': 'image/png', 'access-control-allow-origin': '*' }).end(plainTile());
    });
    await new Promise<void>((resolve) => tiles.listen(0, '127.0.0.1', resolve));
    const { port } = tiles.address() as AddressInfo;
    office = await Office.start({ TRUCKROLL_MAP_TILES: `http://127.0.0.1:${port}/{z}/{x}/{y}.png` });
    browser = await Browser.open({ webgl: true });
    await browser.signIn(office);
  });

  afterAll(async () => {
    await browser?.close();
    await office?.stop();
    tiles?.close();
  });

  it('fetches tiles from the source that is set and from nowhere else', async () => {
    const { page } = browser;
    const elsewhere: string[] = [];
    page.on('request', (request) => {
      const { hostname } = new URL(request.url());
      if (hostname !== '127.0.0.1' && hostname !== '') elsewhere.push(request.url());
    });
    await browser.go('map');
    await page.locator('.map-marker').first().waitFor();
    await expect.poll(() => asked.length, { timeout: 45_000 }).toBeGreaterThan(0);
    expect(asked.every((path) => /^\/\d+\/\d+\/\d+\.png$/.test(path))).toBe(true);
    await browser.picture('map-tiles-light');
    expect(elsewhere).toEqual([]);
    expect(browser.complaints).toEqual([]);
  });

  it('has a button for each site which opens the visit', async () => {
    const { page } = browser;
    const { visit } = await card(office, 'WO-1004');
    await page.getByRole('button', { name: /^WO-1004, / }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('complementary', { name: 'Visit WO-1004' }).waitFor();
    expect(page.url()).toContain(visit);
  });

  it('says in the settings where the tiles come from', async () => {
    await browser.go('settings');
    await browser.page.getByText(/^Tiles come from http:\/\/127\.0\.0\.1:/).waitFor();
  });
});

/** A PNG of 256 × 256 in one pale colour, made here: no picture of anybody's map. */
function plainTile(): Buffer {
  const chunk = (name: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(name, 'latin1'), data]);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    const check = Buffer.alloc(4);
    check.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, check]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(256, 0);
  header.writeUInt32BE(256, 4);
  // Eight bits a channel, RGB.
  header.set([8, 2, 0, 0, 0], 8);
  const row = Buffer.concat([Buffer.from([0]), Buffer.alloc(256 * 3, Buffer.from([0xe4, 0xea, 0xe0]))]);
  const pixels = deflateSync(Buffer.concat(Array.from({ length: 256 }, () => row)));
  return Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), chunk('IHDR', header), chunk('IDAT', pixels), chunk('IEND', Buffer.alloc(0))]);
}
