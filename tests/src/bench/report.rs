//! Figures, the table and the JSON that they end in.

use serde::Serialize;
use std::fmt::Write;

/// How far beyond its target a figure may be before the run fails: a loaded machine is no failure, a wrong order is one.
const FAILS_ABOVE: f64 = 3.0;

/// One figure.
#[derive(Clone, Debug, Serialize)]
pub struct Figure {
    /// What was measured.
    pub name: String,
    /// What came out, with its unit.
    pub measured: String,
    /// The same for what stands beside it; empty for a plain size.
    pub beside: String,
    /// What the target is about: a ratio, bytes or megabytes.
    pub value: f64,
    /// The most that it should be; `None` for a figure that is only noted.
    pub target: Option<f64>,
}

/// Everything that a run measured.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Report {
    /// Whether the programs were built with `--release`.
    pub release: bool,
    /// In the order in which they were measured.
    pub figures: Vec<Figure>,
}

impl Report {
    /// An empty report of this build.
    pub fn new() -> Self {
        Self { release: !cfg!(debug_assertions), figures: Vec::new() }
    }

    /// Notes a measure beside a bare one of the same unit.
    pub fn ratio(&mut self, name: &str, measured: f64, beside: f64, unit: &str, target: Option<f64>) {
        let value = if beside > 0.0 { measured / beside } else { f64::INFINITY };
        let text = |number: f64| format!("{} {unit}", rounded(number));
        self.add(Figure { name: name.to_owned(), measured: text(measured), beside: text(beside), value, target });
    }

    /// Notes a size.
    pub fn size(&mut self, name: &str, measured: f64, unit: &str, target: Option<f64>) {
        let text = format!("{} {unit}", rounded(measured));
        self.add(Figure { name: name.to_owned(), measured: text, beside: String::new(), value: measured, target });
    }

    fn add(&mut self, figure: Figure) {
        self.figures.push(figure);
    }

    /// The figures as a Markdown table.
    pub fn table(&self) -> String {
        let mut table =
            "| What | Measured | Beside it | Ratio or size | Target | |\n|---|---|---|---|---|---|\n".to_owned();
        for figure in &self.figures {
            let target = figure.target.map_or(String::new(), |target| format!("≤ {}", rounded(target)));
            let verdict = match figure.target {
                Some(target) if figure.value <= target => "met",
                Some(_) => "**not met**",
                None => "",
            };
            let value = if figure.beside.is_empty() { String::new() } else { rounded(figure.value) };
            // Writing into a string can't fail.
            let _ = writeln!(
                table,
                "| {} | {} | {} | {value} | {target} | {verdict} |",
                figure.name, figure.measured, figure.beside
            );
        }
        table
    }

    /// Names of the figures that are so far beyond their targets that something must be broken.
    pub fn failures(&self) -> Vec<&str> {
        let fails = |figure: &&Figure| figure.target.is_some_and(|target| figure.value > target * FAILS_ABOVE);
        self.figures.iter().filter(fails).map(|figure| figure.name.as_str()).collect()
    }
}

/// Three digits that mean something.
fn rounded(number: f64) -> String {
    match number {
        _ if number >= 100.0 => format!("{number:.0}"),
        _ if number >= 10.0 => format!("{number:.1}"),
        _ => format!("{number:.2}"),
    }
}

/// The value below which so many hundredths of the values lie; 0 for none.
pub fn percentile(values: &mut [f64], hundredths: usize) -> f64 {
    values.sort_by(f64::total_cmp);
    let place = (values.len() * hundredths).div_ceil(100).saturating_sub(1);
    values.get(place).copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_far_beyond_its_target_fails_the_run() {
        let mut report = Report::new();
        report.ratio("met", 3.0, 2.0, "ms", Some(1.5));
        report.ratio("missed", 5.0, 2.0, "ms", Some(1.5));
        report.ratio("broken", 10.0, 2.0, "ms", Some(1.5));
        report.size("noted", 1e9, "bytes", None);
        assert_eq!(report.failures(), ["broken"]);
        let table = report.table();
        assert!(table.contains("| missed | 5.00 ms | 2.00 ms | 2.50 | ≤ 1.50 | **not met** |"), "{table}");
    }

    #[test]
    fn percentiles_are_values_that_were_measured() {
        let mut values: Vec<f64> = (1..=200).rev().map(f64::from).collect();
        assert_eq!((percentile(&mut values, 50), percentile(&mut values, 99)), (100.0, 198.0));
        assert_eq!(percentile(&mut [7.0], 99), 7.0);
    }
}
