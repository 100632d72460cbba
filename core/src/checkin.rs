//! The check-in: how sure we are that a technician stood at the site.
//!
//! A check-in is never blocked. A position is graded evidence: [`verdict`] says how probable it is that the phone was
//! inside the site's fence, and what the technician is asked when it probably was not.
//!
//! A phone's accuracy is a 68 % radius, so a fix is a distribution and not a point. [`inside_probability`] integrates it.

use crate::plan::{Pin, Site, words_enum};
use geo::{Distance, Geodesic, Point};
use serde::{Deserialize, Deserializer, Serialize};

mod inside;

pub use inside::inside_probability;

/// Inside at least this probable is `verified`.
const VERIFIED_PROBABILITY: f64 = 0.90;
/// Inside at least this probable is `likely`.
const LIKELY_PROBABILITY: f64 = 0.50;
/// Beyond the fence by more than this many 68 % radii is `outside`: 1.62 · 1.51 = 2.45 σ, the 95 % radius.
const OUTSIDE_ACCURACIES: f64 = 1.62;
/// Smallest fence, metres: below it a good phone's error is larger than the fence.
pub const MIN_FENCE_RADIUS_M: f64 = 50.0;
/// Largest fence, metres: beyond it a check-in says nothing about the door.
pub const MAX_FENCE_RADIUS_M: f64 = 500.0;

words_enum! {
    /// How sure we are that the technician was at the site.
    #[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
    Grade {
        /// Inside the fence with probability ≥ 0.90.
        Verified = "verified",
        /// Inside the fence with probability ≥ 0.50.
        Likely = "likely",
        /// Probably elsewhere, by more than the positions' errors explain.
        Outside = "outside",
        /// The positions' errors are too large to say.
        Uncertain = "uncertain",
        /// No position that could be graded.
        NoFix = "no_fix",
    }
}

words_enum! {
    /// Why a check-in has its grade; the key of the words that the technician and the office read.
    GradeReason {
        /// Inside the fence.
        Inside = "inside",
        /// Probably inside the fence.
        ProbablyInside = "probably_inside",
        /// Beyond the fence.
        BeyondFence = "beyond_fence",
        /// The errors are larger than what separates inside from outside.
        TooInaccurate = "too_inaccurate",
        /// The site's pin is known only roughly, so nothing better than `uncertain` can be said.
        RoughSitePin = "rough_site_pin",
        /// The site has no pin, or an impossible one: there is nothing to compare with.
        NoSitePin = "no_site_pin",
        /// The phone gave no position.
        NoPosition = "no_position",
        /// The position is too old.
        StalePosition = "stale_position",
        /// The position states no accuracy: not finite, zero (Android's "unknown") or negative (iOS's "invalid").
        UnknownAccuracy = "unknown_accuracy",
        /// The position is no place on earth.
        ImpossiblePosition = "impossible_position",
    }
}

/// One position as the phone's location service gave it, kept whole as evidence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct Fix {
    /// WGS 84 latitude, degrees.
    #[serde(deserialize_with = "null_is_not_a_number")]
    pub lat: f64,
    /// WGS 84 longitude, degrees.
    #[serde(deserialize_with = "null_is_not_a_number")]
    pub lon: f64,
    /// Horizontal accuracy, metres: the 68 % radius. Platforms report 0 or a negative number for unknown.
    #[serde(deserialize_with = "null_is_not_a_number")]
    pub accuracy_m: f64,
    /// Age at the check-in, milliseconds of the monotonic clock. Negative when sampling ended after the tap.
    pub age_ms: i64,
    /// Monotonic clock when the position was taken, milliseconds.
    pub mono_ms: i64,
    /// Time of the fix by the location provider, milliseconds since 1970 UTC.
    pub wall_ms: i64,
    /// Who found the position: `gps`, `fused`, `network`, `gpx`.
    #[serde(default)]
    pub provider: String,
    /// The platform says that the position was simulated. Flagged, not refused: external receivers look the same.
    #[serde(default)]
    pub mock: bool,
}

/// JSON has no NaN or infinity: they are written as null, and a fact that holds one must still be readable.
fn null_is_not_a_number<'de, D: Deserializer<'de>>(input: D) -> Result<f64, D::Error> {
    Ok(Option::deserialize(input)?.unwrap_or(f64::NAN))
}

/// A company's numbers for check-ins.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
#[serde(default)]
pub struct Policy {
    /// Fence of a site that has none of its own, metres. Clamped like every fence.
    pub fence_radius_m: f64,
    /// A fix older than this is stale, milliseconds.
    pub stale_ms: i64,
    /// How long positions are sampled for one check-in at most, milliseconds.
    pub sample_ms: i64,
    /// Sampling stops early at this accuracy, metres.
    pub stop_accuracy_m: f64,
}

impl Default for Policy {
    fn default() -> Self {
        Self { fence_radius_m: 125.0, stale_ms: 60_000, sample_ms: 20_000, stop_accuracy_m: 15.0 }
    }
}

impl Policy {
    /// The fence radius that holds at a site, metres: its own or the company's, within 50–500.
    pub fn fence_radius_at(&self, site: &Site) -> f64 {
        let asked_m = site.fence_radius_m.filter(|radius_m| radius_m.is_finite()).unwrap_or(self.fence_radius_m);
        if asked_m.is_nan() {
            return Self::default().fence_radius_m;
        }
        asked_m.clamp(MIN_FENCE_RADIUS_M, MAX_FENCE_RADIUS_M)
    }

    /// Whether to go on sampling after `elapsed_ms`, with `best` the best position so far.
    pub fn wants_more_samples(&self, best: Option<&Fix>, elapsed_ms: i64) -> bool {
        elapsed_ms < self.sample_ms
            && best.is_none_or(|fix| self.unusable(fix).is_some() || fix.accuracy_m > self.stop_accuracy_m)
    }

    /// Whether `candidate` is better evidence than `best`: usable where that is not, or sharper.
    pub fn is_better(&self, candidate: &Fix, best: &Fix) -> bool {
        match (self.unusable(candidate), self.unusable(best)) {
            (None, None) => candidate.accuracy_m < best.accuracy_m,
            (None, Some(_)) => true,
            (Some(_), _) => false,
        }
    }

    /// Why a fix can't be graded, if it can't.
    fn unusable(&self, fix: &Fix) -> Option<GradeReason> {
        // A fix from further ahead than one sampling is from another boot's clock: its age is not known.
        let fresh_ms = self.sample_ms.saturating_neg()..=self.stale_ms;
        if !is_on_earth(fix.lat, fix.lon) {
            Some(GradeReason::ImpossiblePosition)
        } else if !(fix.accuracy_m.is_finite() && fix.accuracy_m > 0.0) {
            Some(GradeReason::UnknownAccuracy)
        } else if !fresh_ms.contains(&fix.age_ms) {
            Some(GradeReason::StalePosition)
        } else {
            None
        }
    }
}

/// What a check-in is worth, and what the technician is asked about it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Verdict {
    /// The grade.
    pub grade: Grade,
    /// Why.
    pub reason: GradeReason,
    /// From the pin to the fix on the geodesic, metres; `None` without both.
    pub distance_m: Option<f64>,
    /// That the phone was inside the fence, 0–1; `None` when it can't be said.
    pub probability: Option<f64>,
    /// The fence that was used, metres.
    pub fence_radius_m: f64,
    /// The version of the pin that was used; `None` when the site has none.
    pub site_pin_version: Option<u32>,
    /// The platform called the position simulated.
    pub mock: bool,
    /// The technician is asked why; the check-in goes through without an answer too.
    pub needs_reason: bool,
    /// A photo is offered as evidence.
    pub offers_photo: bool,
    /// "The door is here" is offered; the office approves.
    pub offers_pin_correction: bool,
    /// The office looks at it.
    pub needs_review: bool,
}

/// Grades one check-in. Never refuses: whatever comes in, there is a verdict.
pub fn verdict(fix: Option<&Fix>, site: &Site, policy: &Policy) -> Verdict {
    let fence_radius_m = policy.fence_radius_at(site);
    let pin = site.pin.as_ref().filter(|pin| is_usable(pin));
    let found = match (fix, fix.and_then(|fix| policy.unusable(fix))) {
        (None, _) => Finding::bare(Grade::NoFix, GradeReason::NoPosition),
        (Some(_), Some(reason)) => Finding::bare(Grade::NoFix, reason),
        (Some(fix), None) => match pin {
            None => Finding::bare(Grade::Uncertain, GradeReason::NoSitePin),
            Some(pin) => compare(fix, pin, fence_radius_m),
        },
    };
    let doubtful = matches!(found.grade, Grade::Outside | Grade::NoFix);
    Verdict {
        grade: found.grade,
        reason: found.reason,
        distance_m: found.distance_m,
        probability: found.probability,
        fence_radius_m,
        site_pin_version: pin.map(|pin| pin.version),
        mock: fix.is_some_and(|fix| fix.mock),
        needs_reason: doubtful,
        offers_photo: doubtful,
        offers_pin_correction: matches!(
            found.reason,
            GradeReason::BeyondFence | GradeReason::RoughSitePin | GradeReason::NoSitePin
        ),
        needs_review: doubtful,
    }
}

/// What the positions alone say.
struct Finding {
    grade: Grade,
    reason: GradeReason,
    distance_m: Option<f64>,
    probability: Option<f64>,
}

impl Finding {
    fn bare(grade: Grade, reason: GradeReason) -> Self {
        Self { grade, reason, distance_m: None, probability: None }
    }
}

fn compare(fix: &Fix, pin: &Pin, fence_radius_m: f64) -> Finding {
    let distance_m = Geodesic.distance(Point::new(pin.lon, pin.lat), Point::new(fix.lon, fix.lat));
    let accuracy_m = fix.accuracy_m.hypot(pin.accuracy_m);
    let probability = inside_probability(distance_m, accuracy_m, fence_radius_m);
    let graded = grade_for(distance_m, accuracy_m, fence_radius_m);
    // A pin that may lie further off than the fence is wide can't show that anybody is at the door.
    let rough_pin = pin.accuracy_m > fence_radius_m;
    let (grade, reason) = match graded {
        Grade::Verified | Grade::Likely | Grade::Uncertain if rough_pin => {
            (Grade::Uncertain, GradeReason::RoughSitePin)
        }
        Grade::Verified => (graded, GradeReason::Inside),
        Grade::Likely => (graded, GradeReason::ProbablyInside),
        Grade::Outside => (graded, GradeReason::BeyondFence),
        Grade::Uncertain => (graded, GradeReason::TooInaccurate),
        Grade::NoFix => (graded, GradeReason::ImpossiblePosition),
    };
    Finding { grade, reason, distance_m: Some(distance_m), probability }
}

/// The grade of a fix `distance_m` from the pin, with both positions' errors in `accuracy_m` (68 % radius) and a fence of
/// `fence_radius_m`. `no_fix` for numbers that no positions give.
pub fn grade_for(distance_m: f64, accuracy_m: f64, fence_radius_m: f64) -> Grade {
    match inside_probability(distance_m, accuracy_m, fence_radius_m) {
        None => Grade::NoFix,
        Some(probability) if probability >= VERIFIED_PROBABILITY => Grade::Verified,
        Some(probability) if probability >= LIKELY_PROBABILITY => Grade::Likely,
        Some(_) if distance_m - fence_radius_m > OUTSIDE_ACCURACIES * accuracy_m => Grade::Outside,
        Some(_) => Grade::Uncertain,
    }
}

fn is_on_earth(lat: f64, lon: f64) -> bool {
    (-90.0..=90.0).contains(&lat) && (-180.0..=180.0).contains(&lon)
}

fn is_usable(pin: &Pin) -> bool {
    is_on_earth(pin.lat, pin.lon) && pin.accuracy_m.is_finite() && pin.accuracy_m >= 0.0
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a panic is a failed test")]
    use super::*;
    use proptest::prelude::*;

    /// A site whose door stands at 38°N, where a degree of latitude is 110 995 m on the geodesic.
    fn door(pin_accuracy_m: f64) -> Site {
        let site = serde_json::json!({ "time_zone": "America/Kentucky/Louisville" });
        let mut site: Site = serde_json::from_value(site).unwrap();
        site.pin = Some(Pin { lat: 38.0, lon: -85.0, accuracy_m: pin_accuracy_m, version: 3 });
        site
    }

    fn fix(lat: f64, lon: f64, accuracy_m: f64) -> Fix {
        Fix {
            lat,
            lon,
            accuracy_m,
            age_ms: 900,
            mono_ms: 5_000,
            wall_ms: 1_795_000_000_000,
            provider: "gps".into(),
            mock: false,
        }
    }

    fn north_of_door(distance_m: f64, accuracy_m: f64) -> Fix {
        fix(38.0 + distance_m / 110_995.0, -85.0, accuracy_m)
    }

    #[test]
    fn known_answers() {
        let known = [
            (40.0, 10.0, 125.0, 1.0000, Grade::Verified),
            (110.0, 30.0, 125.0, 0.7486, Grade::Likely),
            (300.0, 150.0, 125.0, 0.0215, Grade::Uncertain),
            (600.0, 20.0, 125.0, 0.0000, Grade::Outside),
            (124.0, 5.0, 125.0, 0.6136, Grade::Likely),
            (125.0, 1.0, 125.0, 0.4989, Grade::Uncertain),
            (0.0, 3000.0, 125.0, 0.0020, Grade::Uncertain),
            (60.0, 1.0, 125.0, 1.0000, Grade::Verified),
            (250.0, 3.0, 500.0, 1.0000, Grade::Verified),
            (20.0, 0.5, 500.0, 1.0000, Grade::Verified),
        ];
        for (distance_m, accuracy_m, radius_m, expected, grade) in known {
            let probability = inside_probability(distance_m, accuracy_m, radius_m).unwrap();
            assert_eq!(
                format!("{probability:.4}"),
                format!("{expected:.4}"),
                "d {distance_m} a {accuracy_m} R {radius_m}"
            );
            assert_eq!(
                grade_for(distance_m, accuracy_m, radius_m),
                grade,
                "d {distance_m} a {accuracy_m} R {radius_m}"
            );
        }
    }

    #[test]
    fn a_noisy_fix_at_the_door_is_verified_and_asks_nothing() {
        let verdict = verdict(Some(&north_of_door(40.0, 10.0)), &door(0.0), &Policy::default());
        assert_eq!((verdict.grade, verdict.reason), (Grade::Verified, GradeReason::Inside));
        assert!((verdict.distance_m.unwrap() - 40.0).abs() < 0.01, "{:?}", verdict.distance_m);
        assert_eq!(verdict.site_pin_version, Some(3));
        assert!(
            !verdict.needs_reason && !verdict.offers_photo && !verdict.offers_pin_correction && !verdict.needs_review
        );
    }

    #[test]
    fn outside_asks_why_offers_a_photo_and_the_pin_and_goes_to_review() {
        let verdict = verdict(Some(&north_of_door(600.0, 20.0)), &door(0.0), &Policy::default());
        assert_eq!((verdict.grade, verdict.reason), (Grade::Outside, GradeReason::BeyondFence));
        assert!(verdict.needs_reason && verdict.offers_photo && verdict.offers_pin_correction && verdict.needs_review);
    }

    #[test]
    fn what_cannot_be_graded_is_no_fix_with_its_reason() {
        let policy = Policy::default();
        let stale = Fix { age_ms: 60_001, ..north_of_door(0.0, 5.0) };
        let ahead = Fix { age_ms: -20_001, ..north_of_door(0.0, 5.0) };
        let cases = [
            (None, GradeReason::NoPosition),
            (Some(stale), GradeReason::StalePosition),
            (Some(ahead), GradeReason::StalePosition),
            (Some(north_of_door(0.0, 0.0)), GradeReason::UnknownAccuracy),
            (Some(north_of_door(0.0, -1.0)), GradeReason::UnknownAccuracy),
            (Some(north_of_door(0.0, f64::NAN)), GradeReason::UnknownAccuracy),
            (Some(north_of_door(0.0, f64::INFINITY)), GradeReason::UnknownAccuracy),
            (Some(fix(90.5, 0.0, 5.0)), GradeReason::ImpossiblePosition),
            (Some(fix(f64::NAN, 0.0, 5.0)), GradeReason::ImpossiblePosition),
        ];
        for (fix, reason) in cases {
            let verdict = verdict(fix.as_ref(), &door(0.0), &policy);
            assert_eq!((verdict.grade, verdict.reason), (Grade::NoFix, reason), "{fix:?}");
            assert!(
                verdict.needs_reason && verdict.offers_photo && verdict.needs_review && !verdict.offers_pin_correction
            );
        }
        let sixty = Fix { age_ms: 60_000, ..north_of_door(0.0, 5.0) };
        assert_eq!(verdict(Some(&sixty), &door(0.0), &policy).grade, Grade::Verified);
    }

    #[test]
    fn a_site_without_a_usable_pin_is_uncertain_and_offers_one() {
        let mut without = door(0.0);
        without.pin = None;
        let impossible = [(91.0, 0.0, 0.0), (f64::NAN, 0.0, 0.0), (0.0, 0.0, f64::NAN), (0.0, 0.0, -1.0)]
            .map(|(lat, lon, accuracy_m)| Site { pin: Some(Pin { lat, lon, accuracy_m, version: 1 }), ..door(0.0) });
        for site in impossible.into_iter().chain([without]) {
            let verdict = verdict(Some(&north_of_door(0.0, 5.0)), &site, &Policy::default());
            assert_eq!((verdict.grade, verdict.reason), (Grade::Uncertain, GradeReason::NoSitePin));
            assert!(verdict.offers_pin_correction && !verdict.needs_reason);
            assert_eq!((verdict.distance_m, verdict.probability, verdict.site_pin_version), (None, None, None));
        }
    }

    #[test]
    fn a_rough_pin_caps_at_uncertain() {
        let policy = Policy::default();
        // Half the fence: the pin's error only joins the fix's. 30 and 62.5 give 69.3.
        let fair = verdict(Some(&north_of_door(0.0, 30.0)), &door(62.5), &policy);
        assert_eq!(fair.grade, Grade::Verified);
        assert_eq!(fair.probability, inside_probability(fair.distance_m.unwrap(), 30.0_f64.hypot(62.5), 125.0));
        // 130 m of 125: would be `likely` by the numbers alone.
        let near = verdict(Some(&north_of_door(0.0, 5.0)), &door(130.0), &policy);
        assert!(near.probability.unwrap() > LIKELY_PROBABILITY);
        assert_eq!((near.grade, near.reason), (Grade::Uncertain, GradeReason::RoughSitePin));
        assert!(near.offers_pin_correction && !near.needs_reason);
        // A cap lifts nothing: further off than both errors explain stays outside.
        assert_eq!(verdict(Some(&north_of_door(2_000.0, 5.0)), &door(130.0), &policy).grade, Grade::Outside);
    }

    #[test]
    fn a_simulated_position_is_flagged_and_graded() {
        let simulated = Fix { mock: true, ..north_of_door(0.0, 5.0) };
        let verdict = verdict(Some(&simulated), &door(0.0), &Policy::default());
        assert!(verdict.mock);
        assert_eq!(verdict.grade, Grade::Verified);
    }

    #[test]
    fn a_fence_is_the_sites_own_within_the_limits() {
        let policy = Policy::default();
        let cases =
            [(None, 125.0), (Some(300.0), 300.0), (Some(10.0), 50.0), (Some(9_000.0), 500.0), (Some(f64::NAN), 125.0)];
        for (own_m, expected_m) in cases {
            assert_eq!(policy.fence_radius_at(&Site { fence_radius_m: own_m, ..door(0.0) }), expected_m, "{own_m:?}");
        }
        let broken = Policy { fence_radius_m: f64::NAN, ..policy };
        assert_eq!(broken.fence_radius_at(&door(0.0)), 125.0);
    }

    #[test]
    fn distances_hold_across_the_antimeridian_and_at_the_poles() {
        let at = |lat, lon| Site { pin: Some(Pin { lat, lon, accuracy_m: 0.0, version: 1 }), ..door(0.0) };
        let grade = |fix: Fix, site: Site| verdict(Some(&fix), &site, &Policy::default()).grade;
        assert_eq!(grade(fix(0.0, -179.9999, 5.0), at(0.0, 179.9999)), Grade::Verified);
        assert_eq!(grade(fix(90.0, 12.0, 5.0), at(90.0, -160.0)), Grade::Verified);
        assert_eq!(grade(fix(-90.0, 0.0, 5.0), at(90.0, 0.0)), Grade::Outside);
    }

    #[test]
    fn sampling_stops_at_a_sharp_fix_or_when_time_is_up() {
        let policy = Policy::default();
        let (sharp, blunt, unknown) = (north_of_door(0.0, 15.0), north_of_door(0.0, 16.0), north_of_door(0.0, 0.0));
        assert!(policy.wants_more_samples(None, 0) && policy.wants_more_samples(Some(&blunt), 19_999));
        assert!(policy.wants_more_samples(Some(&unknown), 5_000), "0.0 is unknown, not perfect");
        assert!(!policy.wants_more_samples(Some(&sharp), 0) && !policy.wants_more_samples(Some(&blunt), 20_000));
        assert!(policy.is_better(&sharp, &blunt) && policy.is_better(&blunt, &unknown));
        assert!(!policy.is_better(&unknown, &blunt) && !policy.is_better(&sharp, &sharp));
    }

    #[test]
    fn the_evidence_keeps_its_json_shape() {
        let verdict = verdict(Some(&north_of_door(40.0, 10.0)), &Site { pin: None, ..door(0.0) }, &Policy::default());
        assert_eq!(
            serde_json::to_value(&verdict).unwrap(),
            serde_json::json!({
                "grade": "uncertain", "reason": "no_site_pin", "distance_m": null, "probability": null,
                "fence_radius_m": 125.0, "site_pin_version": null, "mock": false, "needs_reason": false,
                "offers_photo": false, "offers_pin_correction": true, "needs_review": false,
            })
        );
        let unknown = Fix { accuracy_m: f64::NAN, ..north_of_door(0.0, 1.0) };
        let back: Fix = serde_json::from_str(&serde_json::to_string(&unknown).unwrap()).unwrap();
        assert!(back.accuracy_m.is_nan(), "a fix with an unknown accuracy survives the wire");
        let policy: Policy = serde_json::from_str("{}").unwrap();
        assert_eq!(policy, Policy::default());
    }

    /// Any number at all, the awkward ones often.
    pub(super) fn hostile() -> impl Strategy<Value = f64> {
        let awkward = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 0.0, -0.0, -1.0, 90.0, -90.0, 180.0, -180.0]
            .into_iter()
            .chain([f64::MIN_POSITIVE, f64::MAX, f64::MIN, 1e-300, 1e300, 125.0]);
        prop_oneof![prop::sample::select(awkward.collect::<Vec<_>>()), any::<f64>(), -200.0..200.0]
    }

    proptest! {
        #[test]
        fn whatever_comes_in_the_verdict_is_a_number(
            (lat, lon, accuracy_m, age_ms) in (hostile(), hostile(), hostile(), any::<i64>()),
            (pin_lat, pin_lon, pin_accuracy_m, own_m) in (hostile(), hostile(), hostile(), prop::option::of(hostile())),
            (fence_radius_m, stale_ms, sample_ms) in (hostile(), any::<i64>(), any::<i64>()),
        ) {
            let pin = Some(Pin { lat: pin_lat, lon: pin_lon, accuracy_m: pin_accuracy_m, version: 0 });
            let site = Site { pin, fence_radius_m: own_m, ..door(0.0) };
            let policy = Policy { fence_radius_m, stale_ms, sample_ms, ..Policy::default() };
            let verdict = verdict(Some(&Fix { age_ms, ..fix(lat, lon, accuracy_m) }), &site, &policy);
            prop_assert!((MIN_FENCE_RADIUS_M..=MAX_FENCE_RADIUS_M).contains(&verdict.fence_radius_m));
            prop_assert!(verdict.probability.is_none_or(|probability| (0.0..=1.0).contains(&probability)));
            prop_assert!(verdict.distance_m.is_none_or(|distance_m| (0.0..2.1e7).contains(&distance_m)));
        }

        #[test]
        fn at_any_accuracy_the_clear_cases_are_clear(accuracy_m in 1e-9..10.0_f64, radius_m in 50.0..500.0_f64) {
            prop_assert_eq!(grade_for(radius_m - 25.0, accuracy_m, radius_m), Grade::Verified);
            prop_assert_eq!(grade_for(radius_m + 25.0, accuracy_m, radius_m), Grade::Outside);
        }
    }
}
