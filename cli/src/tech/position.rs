//! Where the phone is: by flags or from a GPX file. A command line has no receiver of its own.

use crate::exit::Failure;
use crate::gpx;
use std::path::PathBuf;
use truckroll_core::checkin::Fix;
use truckroll_core::clock::Now;

/// A position, or none.
#[derive(clap::Args, Debug)]
pub(super) struct Position {
    /// WGS 84 latitude, degrees.
    #[arg(long, requires = "lon", allow_negative_numbers = true, conflicts_with = "gpx")]
    lat: Option<f64>,
    /// WGS 84 longitude, degrees.
    #[arg(long, requires = "lat", allow_negative_numbers = true)]
    lon: Option<f64>,
    /// 68 % radius, metres; 0 is unknown.
    #[arg(long, default_value_t = 10.0)]
    accuracy: f64,
    /// Age of the position, seconds.
    #[arg(long, default_value_t = 0)]
    age: i64,
    /// The position was simulated.
    #[arg(long)]
    mock: bool,
    /// Take the position that a receiver had at this moment from a GPX file.
    #[arg(long, value_name = "FILE")]
    gpx: Option<PathBuf>,
}

impl Position {
    /// The position as a phone's receiver would give it at `now`.
    ///
    /// # Errors
    /// When the GPX file can't be read.
    pub(super) fn fix(&self, now: &Now) -> Result<Option<Fix>, Failure> {
        if let Some(file) = &self.gpx {
            let name = file.display();
            let text = std::fs::read_to_string(file).map_err(|error| Failure::because(format!("{name}: {error}")))?;
            let points = gpx::read(&text).map_err(|error| Failure::because(format!("{name}: {error}")))?;
            return Ok(gpx::latest_at(&points, now.wall_ms).map(|point| {
                let wall_ms = point.time_ms.unwrap_or(now.wall_ms);
                let age_ms = now.wall_ms.saturating_sub(wall_ms);
                // A file that says nothing of its accuracy is graded as such.
                let accuracy_m = point.accuracy_m.unwrap_or(0.0);
                self.fix_of(now, point.lat, point.lon, accuracy_m, age_ms, "gpx")
            }));
        }
        let Some((lat, lon)) = self.lat.zip(self.lon) else { return Ok(None) };
        Ok(Some(self.fix_of(now, lat, lon, self.accuracy, self.age.saturating_mul(1_000), "flags")))
    }

    fn fix_of(&self, now: &Now, lat: f64, lon: f64, accuracy_m: f64, age_ms: i64, provider: &str) -> Fix {
        Fix {
            lat,
            lon,
            accuracy_m,
            age_ms,
            mono_ms: now.mono_ms.saturating_sub(age_ms),
            wall_ms: now.wall_ms.saturating_sub(age_ms),
            provider: provider.to_owned(),
            mock: self.mock,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a panic is a failed test")]

    use super::*;

    fn position() -> Position {
        Position { lat: None, lon: None, accuracy: 10.0, age: 0, mock: false, gpx: None }
    }

    #[test]
    fn flags_give_a_fix_and_no_flags_none() {
        let now = Now { wall_ms: 100_000, mono_ms: 50_000, boot_id: "b".to_owned() };
        assert_eq!(position().fix(&now).unwrap(), None);
        let fix = Position { lat: Some(38.0), lon: Some(-85.0), age: 3, ..position() }.fix(&now).unwrap().unwrap();
        assert_eq!((fix.lat, fix.lon, fix.age_ms, fix.mono_ms, fix.wall_ms), (38.0, -85.0, 3_000, 47_000, 97_000));
    }

    #[test]
    fn a_file_gives_the_latest_point_and_its_age() {
        let now = Now { wall_ms: 1_795_438_860_000, mono_ms: 90_000, boot_id: "b".to_owned() };
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("day.gpx");
        let text = r#"<gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1"><wpt lat="38.1" lon="-85.2"><time>2026-11-23T13:00:00Z</time></wpt></gpx>"#;
        std::fs::write(&file, text).unwrap();
        let fix = Position { gpx: Some(file), ..position() }.fix(&now).unwrap().unwrap();
        assert_eq!((fix.lat, fix.age_ms, fix.mono_ms, fix.provider.as_str()), (38.1, 60_000, 30_000, "gpx"));
    }
}
