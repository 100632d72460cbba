import { describe, expect, it } from 'vitest';
import { bounds, frame } from '../../src/lib/ground';

describe('the plain ground', () => {
  const south = { lat: 38.1, lon: -85.9 };
  const north = { lat: 38.3, lon: -85.5 };

  it('holds every place, north up and west left', () => {
    const project = frame(bounds([south, north]), 800, 600);
    for (const place of [south, north]) {
      const { x, y } = project(place);
      expect(x).toBeGreaterThanOrEqual(0);
      expect(x).toBeLessThanOrEqual(800);
      expect(y).toBeGreaterThanOrEqual(0);
      expect(y).toBeLessThanOrEqual(600);
    }
    expect(project(south).x).toBeLessThan(project(north).x);
    expect(project(south).y).toBeGreaterThan(project(north).y);
  });

  it('is true to scale: 0.1 degrees of latitude are 11.12 km', () => {
    const project = frame(bounds([south, north]), 800, 600);
    const pixels = project(south).y - project({ ...south, lat: 38.2 }).y;
    expect(pixels / project.pixelsPerMetre).toBeCloseTo(11_120, 0);
  });

  it('has room around one place and around none', () => {
    const { x, y } = frame(bounds([south]), 400, 400)(south);
    expect([x, y]).toEqual([expect.closeTo(200), expect.closeTo(200)]);
    expect(Number.isFinite(frame(bounds([]), 400, 400)(south).x)).toBe(true);
  });
});
