//! The probability that a fix was taken inside a circle.

use std::sync::LazyLock;

/// 68 % radius over standard deviation of a circular normal distribution: √(−2 ln 0.32) = 1.5096, rounded as decided.
const ACCURACY_PER_SIGMA: f64 = 1.51;
/// Half width, in σ, of the strip that is integrated: what is left out is below 1e-18.
const MASS_SIGMAS: f64 = 9.0;
/// A sharper fix than this is integrated as this, metres: below it `R sin θ − d` loses its digits to rounding.
const SHARPEST_SIGMA_M: f64 = 0.001;

/// The probability that a fix `distance_m` from a circle's centre was taken inside it: 1 − Q₁(d/σ, R/σ), Marcum's Q.
///
/// The strip of the circle at `x = R sin θ` along the offset holds φ((x − d)/σ)/σ · erf(R cos θ/(σ√2)) of the mass per metre;
/// 64-point Gauss–Legendre over θ, only where the fix has mass (d ± 9σ): over the whole disc a sharp fix would fall
/// between the nodes. `None` for a negative or non-finite distance or radius, and for an accuracy that is not positive
/// and finite.
pub fn inside_probability(distance_m: f64, accuracy_m: f64, fence_radius_m: f64) -> Option<f64> {
    let is_length = |length_m: f64| length_m.is_finite() && length_m >= 0.0;
    if !is_length(distance_m) || !is_length(fence_radius_m) || !is_length(accuracy_m) || accuracy_m == 0.0 {
        return None;
    }
    let sigma_m = (accuracy_m / ACCURACY_PER_SIGMA).max(SHARPEST_SIGMA_M);
    let low_m = (distance_m - MASS_SIGMAS * sigma_m).max(-fence_radius_m);
    let high_m = (distance_m + MASS_SIGMAS * sigma_m).min(fence_radius_m);
    if low_m >= high_m {
        return Some(0.0);
    }
    // libm and not std: the same digits on every phone and on the server.
    let low = libm::asin(low_m / fence_radius_m);
    let high = libm::asin(high_m / fence_radius_m);
    let (middle, half) = (0.5 * (low + high), 0.5 * (high - low));
    let sum: f64 = NODES
        .iter()
        .map(|node| {
            let theta = middle + half * node.at;
            let half_chord_m = fence_radius_m * libm::cos(theta);
            let offset = (fence_radius_m * libm::sin(theta) - distance_m) / sigma_m;
            let density = libm::exp(-0.5 * offset * offset) / (sigma_m * (2.0 * std::f64::consts::PI).sqrt());
            node.weight * density * libm::erf(half_chord_m / (sigma_m * std::f64::consts::SQRT_2)) * half_chord_m
        })
        .sum();
    Some((half * sum).clamp(0.0, 1.0))
}

/// One node of the quadrature over −1 … 1.
#[derive(Clone, Copy)]
struct Node {
    at: f64,
    weight: f64,
}

const NODE_COUNT: usize = 64;

/// Gauss–Legendre nodes and weights: roots of the Legendre polynomial by Newton's method from Tricomi's first guess
/// (Abramowitz and Stegun 25.4.29; Press et al., Numerical Recipes, section 4.5, `gauleg`).
static NODES: LazyLock<[Node; NODE_COUNT]> = LazyLock::new(|| {
    let count = NODE_COUNT as f64;
    std::array::from_fn(|index| {
        let mut at = libm::cos(std::f64::consts::PI * (index as f64 + 0.75) / (count + 0.5));
        let mut slope = legendre(at).1;
        // Newton doubles the digits: from Tricomi's four, the fourth step is past double precision.
        for _ in 0..6 {
            let (value, at_slope) = legendre(at);
            at -= value / at_slope;
            slope = legendre(at).1;
        }
        Node { at, weight: 2.0 / ((1.0 - at * at) * slope * slope) }
    })
});

/// The Legendre polynomial of degree 64 and its derivative, by the three-term recurrence.
fn legendre(at: f64) -> (f64, f64) {
    let (mut before, mut value) = (1.0, at);
    for degree in 2..=NODE_COUNT {
        let degree = degree as f64;
        (before, value) = (value, ((2.0 * degree - 1.0) * at * value - (degree - 1.0) * before) / degree);
    }
    (value, NODE_COUNT as f64 * (at * value - before) / (at * at - 1.0))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a panic is a failed test")]
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn at_the_centre_the_quadrature_equals_the_closed_form() {
        for accuracy_m in [1.0, 10.0, 100.0, 1_000.0, 10_000.0] {
            let sigma_m: f64 = accuracy_m / ACCURACY_PER_SIGMA;
            let closed = 1.0 - (-0.5 * (125.0 / sigma_m).powi(2)).exp();
            let integrated = inside_probability(0.0, accuracy_m, 125.0).unwrap();
            assert!((integrated - closed).abs() < 1e-9, "a {accuracy_m}: {integrated} and {closed}");
        }
    }

    #[test]
    fn the_nodes_integrate_a_polynomial_of_their_degree() {
        let sum = |power: i32| NODES.iter().map(|node| node.weight * node.at.powi(power)).sum::<f64>();
        for power in [0, 2, 64, 126] {
            assert!((sum(power) - 2.0 / f64::from(power + 1)).abs() < 1e-14, "x^{power}: {}", sum(power));
        }
    }

    proptest! {
        #[test]
        fn a_probability_is_one(distance_m in crate::checkin::tests::hostile(), accuracy_m in crate::checkin::tests::hostile(), radius_m in crate::checkin::tests::hostile()) {
            if let Some(probability) = inside_probability(distance_m, accuracy_m, radius_m) {
                prop_assert!((0.0..=1.0).contains(&probability), "{probability}");
            }
        }

        #[test]
        fn further_away_is_never_likelier(
            near_m in 0.0..1_000.0_f64, step_m in 0.0..500.0_f64, accuracy_m in 0.01..3_000.0_f64, radius_m in 50.0..500.0_f64,
        ) {
            let near = inside_probability(near_m, accuracy_m, radius_m).unwrap();
            let far = inside_probability(near_m + step_m, accuracy_m, radius_m).unwrap();
            // The quadrature's own error.
            prop_assert!(far <= near + 1e-9, "{far} > {near}");
        }
    }
}
