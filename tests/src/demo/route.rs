//! The way between two places: straight lines, at a city's pace.

use geo::{Destination, Distance, Haversine, InterpolatePoint, Point};
use truckroll_core::checkin::Fix;
use truckroll_core::clock::Now;

/// Streets are longer than the straight line by about this much.
const DETOUR: f64 = 1.3;
/// A city's average with its lights, metres a minute: 36 km/h.
const PACE_M_PER_MINUTE: f64 = 600.0;
/// Parking and walking take this long even next door, minutes.
const SHORTEST_MINUTES: f64 = 4.0;

/// A place on the ground, WGS 84 degrees.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place {
    /// Latitude.
    pub lat: f64,
    /// Longitude.
    pub lon: f64,
}

impl Place {
    fn point(self) -> Point<f64> {
        Point::new(self.lon, self.lat)
    }

    fn of(point: Point<f64>) -> Self {
        Self { lat: point.y(), lon: point.x() }
    }

    /// As the crow flies, metres.
    pub fn distance_m(self, other: Self) -> f64 {
        Haversine.distance(self.point(), other.point())
    }

    /// The place that lies so many metres away in a direction, degrees clockwise from north.
    #[must_use]
    pub fn away(self, bearing_deg: f64, distance_m: f64) -> Self {
        Self::of(Haversine.destination(self.point(), bearing_deg, distance_m))
    }

    /// A fix of a receiver that stands here now, with as many digits as receivers give: centimetres, and decimetres of
    /// accuracy.
    pub fn fix(self, accuracy_m: f64, now: &Now) -> Fix {
        let digits = |value: f64, scale: f64| (value * scale).round() / scale;
        Fix {
            lat: digits(self.lat, 1e7),
            lon: digits(self.lon, 1e7),
            accuracy_m: digits(accuracy_m, 10.0),
            age_ms: 0,
            mono_ms: now.mono_ms,
            wall_ms: now.wall_ms,
            provider: "gps".to_owned(),
            mock: false,
        }
    }
}

/// A drive.
#[derive(Clone, Copy, Debug)]
pub struct Route {
    /// Where it begins.
    pub from: Place,
    /// Where it ends.
    pub to: Place,
}

impl Route {
    /// How long it takes, milliseconds.
    pub fn drive_ms(&self) -> i64 {
        let minutes = (self.from.distance_m(self.to) * DETOUR / PACE_M_PER_MINUTE).max(SHORTEST_MINUTES);
        #[expect(clippy::cast_possible_truncation, reason = "minutes of a drive")]
        let ms = (minutes * 60_000.0) as i64;
        ms
    }

    /// Where the truck is after so long.
    pub fn at(&self, driven_ms: i64) -> Place {
        #[expect(clippy::cast_precision_loss, reason = "milliseconds of a drive")]
        let ratio = (driven_ms as f64 / self.drive_ms() as f64).clamp(0.0, 1.0);
        Place::of(Haversine.point_at_ratio_between(self.from.point(), self.to.point(), ratio))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drive_begins_and_ends_where_it_should_and_takes_a_city_drives_time() {
        let from = Place { lat: 38.2527, lon: -85.7585 };
        let to = from.away(90.0, 6_000.0);
        let route = Route { from, to };
        assert!((779_000..=781_000).contains(&route.drive_ms()), "thirteen minutes: {}", route.drive_ms());
        assert!(route.at(0).distance_m(from) < 1.0);
        assert!(route.at(route.drive_ms()).distance_m(to) < 1.0);
        let half = route.at(route.drive_ms() / 2);
        assert!((half.distance_m(from) - 3_000.0).abs() < 10.0);
        assert!(Route { from, to: from }.drive_ms() >= 240_000, "next door takes its time too");
    }
}
