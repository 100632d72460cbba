//! Positions from a GPX file (versions 1.0 and 1.1), for `--gpx FILE`.
//!
//! Waypoints, route points and track points are read in the order of the file; what else a recorder writes is skipped.
//! A point that can't be read is an error with its line: a guessed position would be false evidence.

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use std::fmt;

/// Metres of error per unit of HDOP: a phone under open sky is within 4.9 m (van Diggelen and Enge, "The World's first
/// GPS MOOC and Worldwide Laboratory using Smartphones", ION GNSS+ 2015), where HDOP is about 1.
const METRES_PER_HDOP: f64 = 4.9;

/// One recorded position.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct GpxPoint {
    /// WGS 84 latitude, degrees.
    pub(crate) lat: f64,
    /// WGS 84 longitude, degrees.
    pub(crate) lon: f64,
    /// When, milliseconds since 1970 UTC.
    pub(crate) time_ms: Option<i64>,
    /// 68 % radius, metres, from the recorded dilution of precision.
    pub(crate) accuracy_m: Option<f64>,
}

/// What is wrong with a file, and where.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct GpxError {
    /// Physical line, from 1.
    pub(crate) line: usize,
    /// What, in words.
    pub(crate) problem: String,
}

impl fmt::Display for GpxError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "line {}: {}", self.line, self.problem)
    }
}

impl std::error::Error for GpxError {}

/// The position that a receiver would have had at `wall_ms`: the latest point not after it. Where no point has a time,
/// the file's last.
pub(crate) fn latest_at(points: &[GpxPoint], wall_ms: i64) -> Option<&GpxPoint> {
    if points.iter().all(|point| point.time_ms.is_none()) {
        return points.last();
    }
    points.iter().filter(|point| point.time_ms.is_some_and(|at_ms| at_ms <= wall_ms)).max_by_key(|point| point.time_ms)
}

/// Reads a whole file: at least one point, or an error.
pub(crate) fn read(text: &str) -> Result<Vec<GpxPoint>, GpxError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut file = File { text, reader: Reader::from_str(text), line: 1, counted_to: 0, open: Vec::new() };
    let mut points = Vec::new();
    let mut point: Option<GpxPoint> = None;
    let mut words = String::new();
    loop {
        match file.next()? {
            Event::Start(tag) => {
                file.enter(&tag)?;
                words.clear();
                if file.is_in_point(0) {
                    point = Some(file.point(&tag)?);
                }
            }
            Event::Empty(tag) => {
                file.enter(&tag)?;
                if file.is_in_point(0) {
                    points.push(file.point(&tag)?);
                }
                file.open.pop();
            }
            Event::Text(said) => words.push_str(&said.xml_content(XmlVersion::Implicit1_0)),
            Event::CData(said) => words.push_str(&said.xml_content(XmlVersion::Implicit1_0)),
            Event::End(_) => {
                if file.is_in_point(1)
                    && let (Some(point), Some(field)) = (&mut point, file.open.last())
                {
                    match field.as_str() {
                        "time" => point.time_ms = Some(file.time(words.trim())?),
                        "hdop" => point.accuracy_m = Some(file.hdop(words.trim())? * METRES_PER_HDOP),
                        _ => {}
                    }
                }
                if file.is_in_point(0) {
                    points.extend(point.take());
                }
                file.open.pop();
                words.clear();
            }
            Event::Eof => break,
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) | Event::GeneralRef(_) => {}
        }
    }
    if let Some(name) = file.open.last() {
        return Err(file.error(format!("the file ends inside <{name}>")));
    }
    if points.is_empty() {
        return Err(file.error("no wpt, rtept or trkpt in the file".to_owned()));
    }
    Ok(points)
}

/// A file on its way through the reader.
struct File<'a> {
    text: &'a str,
    reader: Reader<&'a [u8]>,
    /// The line on which the latest event began.
    line: usize,
    /// Up to where the lines are counted, bytes.
    counted_to: usize,
    /// Names of the elements around the reader's place.
    open: Vec<String>,
}

impl<'a> File<'a> {
    fn next(&mut self) -> Result<Event<'a>, GpxError> {
        self.count_to(self.reader.buffer_position());
        self.reader.read_event().map_err(|error| {
            self.count_to(self.reader.error_position());
            self.error(format!("not XML: {error}"))
        })
    }

    fn count_to(&mut self, position: u64) {
        let position = usize::try_from(position).unwrap_or(self.text.len());
        let passed = self.text.as_bytes().get(self.counted_to..position).unwrap_or_default();
        self.line += passed.iter().filter(|byte| **byte == b'\n').count();
        self.counted_to = self.counted_to.max(position);
    }

    fn enter(&mut self, tag: &BytesStart<'_>) -> Result<(), GpxError> {
        let name = tag.local_name().as_ref().to_owned();
        if self.open.is_empty() && name != "gpx" {
            return Err(self.error(format!("<gpx> expected, not <{name}>")));
        }
        self.open.push(name);
        Ok(())
    }

    /// Whether the element `depth` levels up from the innermost open one is a point.
    fn is_in_point(&self, depth: usize) -> bool {
        let name = self.open.iter().rev().nth(depth);
        name.is_some_and(|name| matches!(name.as_str(), "wpt" | "rtept" | "trkpt"))
    }

    fn point(&self, tag: &BytesStart<'_>) -> Result<GpxPoint, GpxError> {
        let lat = self.degrees(tag, "lat", 90.0)?;
        let lon = self.degrees(tag, "lon", 180.0)?;
        Ok(GpxPoint { lat, lon, time_ms: None, accuracy_m: None })
    }

    fn degrees(&self, tag: &BytesStart<'_>, key: &str, limit: f64) -> Result<f64, GpxError> {
        let attribute = tag.try_get_attribute(key).map_err(|error| self.error(error.to_string()))?;
        let attribute = attribute.ok_or_else(|| self.error(format!("a point without {key}")))?;
        let text =
            attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|error| self.error(error.to_string()))?;
        let degrees = text.trim().parse::<f64>().ok().filter(|degrees| (-limit..=limit).contains(degrees));
        degrees.ok_or_else(|| self.error(format!("{key} is {text:?}, not a number from -{limit} to {limit}")))
    }

    fn time(&self, text: &str) -> Result<i64, GpxError> {
        chrono::DateTime::parse_from_rfc3339(text)
            .map(|time| time.timestamp_millis())
            .map_err(|error| self.error(format!("time is {text:?}: {error}")))
    }

    fn hdop(&self, text: &str) -> Result<f64, GpxError> {
        let hdop = text.parse::<f64>().ok().filter(|hdop| hdop.is_finite() && *hdop > 0.0);
        hdop.ok_or_else(|| self.error(format!("hdop is {text:?}, not a number above 0")))
    }

    fn error(&self, problem: String) -> GpxError {
        GpxError { line: self.line, problem }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a panic is a failed test")]
    use super::*;

    const TRACK: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<!-- a recorder's own words -->
<gpx version="1.1" creator="r" xmlns="http://www.topografix.com/GPX/1/1" xmlns:x="urn:x">
  <metadata><time>2020-01-01T00:00:00Z</time></metadata>
  <wpt lat="38.25" lon="-85.75"/>
  <trk><name>To the door &amp; back</name><trkseg>
    <trkpt lat="38.2857023" lon="-85.5023064">
      <ele>160.2</ele><time>2026-11-23T14:02:00.250Z</time><hdop> 2.0 </hdop>
      <extensions><x:time>whatever</x:time></extensions>
    </trkpt>
    <trkpt lon="-85.5024" lat="38.2858"><time>2026-11-23T09:03:00-05:00</time></trkpt>
  </trkseg></trk>
</gpx>
"#;

    #[test]
    fn points_come_in_the_order_of_the_file_with_what_they_say() {
        let points = read(TRACK).unwrap();
        let expected = [
            GpxPoint { lat: 38.25, lon: -85.75, time_ms: None, accuracy_m: None },
            GpxPoint {
                lat: 38.2857023,
                lon: -85.5023064,
                time_ms: Some(1_795_442_520_250),
                accuracy_m: Some(2.0 * METRES_PER_HDOP),
            },
            GpxPoint { lat: 38.2858, lon: -85.5024, time_ms: Some(1_795_442_580_000), accuracy_m: None },
        ];
        assert_eq!(points, expected);
        let windows = format!("\u{feff}{}", TRACK.replace('\n', "\r\n"));
        assert_eq!(read(&windows).unwrap(), points);
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        let cases = [
            (TRACK.replace("lat=\"38.2857023\"", "lat=\"98\""), 7, "lat is \"98\", not a number from -90 to 90"),
            (TRACK.replace("lon=\"-85.5023064\"", "lon=\"NaN\""), 7, "lon is \"NaN\", not a number from -180 to 180"),
            (TRACK.replace("lat=\"38.2858\"", ""), 11, "a point without lat"),
            (TRACK.replace("2.0", "0"), 8, "hdop is \"0\", not a number above 0"),
            (TRACK.replace("T14:02:00.250Z", ""), 8, "time is \"2026-11-23\": premature end of input"),
            (TRACK.replace("</gpx>\n", ""), 13, "the file ends inside <gpx>"),
            ("<gpx>\n</gpx>".to_owned(), 2, "no wpt, rtept or trkpt in the file"),
            ("\n<kml></kml>".to_owned(), 2, "<gpx> expected, not <kml>"),
            (String::new(), 1, "no wpt, rtept or trkpt in the file"),
        ];
        for (text, line, problem) in cases {
            assert_eq!(read(&text).unwrap_err(), GpxError { line, problem: problem.to_owned() });
        }
        let crossed = read("<gpx>\n<trk>\n</gpx>").unwrap_err();
        assert_eq!(crossed.line, 3);
        assert!(crossed.to_string().starts_with("line 3: not XML: "), "{crossed}");
    }

    #[test]
    fn the_position_is_the_latest_that_a_receiver_would_have_had() {
        let points = read(TRACK).unwrap();
        let at = |wall_ms| latest_at(&points, wall_ms).map(|point| point.lat);
        assert_eq!(at(1_795_442_520_249), None);
        assert_eq!(at(1_795_442_520_250), Some(38.2857023));
        assert_eq!(at(i64::MAX), Some(38.2858));
        let untimed = read(r#"<gpx><wpt lat="1" lon="2"/><rte><rtept lat="3" lon="4"/></rte></gpx>"#).unwrap();
        assert_eq!(latest_at(&untimed, 0).unwrap().lat, 3.0);
    }

    /// The kept corpus and every single-byte change of it: an error with its line, never a panic, never half a position.
    #[test]
    fn no_file_brings_the_reader_down() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/corpus/gpx");
        let mut files = 0;
        for entry in std::fs::read_dir(folder).unwrap() {
            let bytes = std::fs::read(entry.unwrap().path()).unwrap();
            let text = String::from_utf8_lossy(&bytes);
            let positions = |text: &str| match read(text) {
                Ok(points) => {
                    assert!(points.iter().all(|point| point.lat.abs() <= 90.0 && point.lon.abs() <= 180.0));
                    points.len()
                }
                Err(error) => {
                    assert!(error.line >= 1 && error.line <= text.lines().count().max(1) + 1, "{error}");
                    0
                }
            };
            positions(&text);
            files += 1;
            if text.len() > 2_000 {
                continue;
            }
            for place in 0..bytes.len() {
                positions(&String::from_utf8_lossy(&bytes[..place]));
                for byte in *b"<>&\"\0\xff" {
                    let mut changed = bytes.clone();
                    changed[place] = byte;
                    positions(&String::from_utf8_lossy(&changed));
                }
            }
        }
        assert!(files >= 5, "the corpus is gone");
    }
}
