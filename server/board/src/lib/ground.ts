/** Where places stand on a plain ground: an equirectangular frame around all of them, true to scale at its middle. */

export interface Place {
  lat: number;
  lon: number;
}

export interface Bounds {
  south: number;
  north: number;
  west: number;
  east: number;
}

/** Kilometres of one degree of latitude. */
const DEGREE_KM = 111.2;
/** One place alone still has a neighbourhood, degrees. */
const SMALLEST = 0.01;
const MARGIN_PX = 48;

export function bounds(places: readonly Place[]): Bounds {
  const lats = places.map((place) => place.lat);
  const lons = places.map((place) => place.lon);
  const [south, north] = widen(Math.min(...lats), Math.max(...lats));
  const [west, east] = widen(Math.min(...lons), Math.max(...lons));
  return { south, north, west, east };
}

function widen(low: number, high: number): [number, number] {
  if (!Number.isFinite(low) || !Number.isFinite(high)) return [0, SMALLEST];
  const more = Math.max(0, SMALLEST - (high - low)) / 2;
  return [low - more, high + more];
}

export interface Projection {
  (place: Place): { x: number; y: number };
  /** What the width of the frame is in reality, kilometres. */
  widthKm: number;
  /** Pixels of one metre. */
  pixelsPerMetre: number;
}

export function frame(box: Bounds, width: number, height: number): Projection {
  const squeeze = Math.cos((((box.south + box.north) / 2) * Math.PI) / 180);
  const scale = Math.min(
    Math.max(1, width - 2 * MARGIN_PX) / ((box.east - box.west) * squeeze),
    Math.max(1, height - 2 * MARGIN_PX) / (box.north - box.south),
  );
  const middle = { lat: (box.south + box.north) / 2, lon: (box.west + box.east) / 2 };
  const project = (place: Place) => ({
    x: width / 2 + (place.lon - middle.lon) * squeeze * scale,
    y: height / 2 - (place.lat - middle.lat) * scale,
  });
  return Object.assign(project, { widthKm: (width / scale) * DEGREE_KM, pixelsPerMetre: scale / (DEGREE_KM * 1000) });
}
