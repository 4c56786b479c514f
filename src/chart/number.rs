//! Round steps of an axis.

#![allow(clippy::disallowed_methods, reason = "display only: nothing here decides")]

use crate::text::number::grouped;

/// Round steps of an axis.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Steps {
    /// Low end, a multiple of the step.
    pub from: f64,
    /// High end, a multiple of the step.
    pub to: f64,
    /// The step: 1, 2 or 5 times a power of ten.
    pub step: f64,
    /// Decimals that the step needs.
    pub decimals: usize,
}

impl Steps {
    /// Steps over a range, at most about so many; `whole` keeps the step at 1 or more.
    pub fn over(low: f64, high: f64, most: usize, whole: bool) -> Self {
        let (low, high) = if low.is_finite() && high.is_finite() { (low.min(high), high.max(low)) } else { (0.0, 1.0) };
        let span = if high - low > f64::EPSILON { high - low } else { 1.0 };
        let rough = span / most.max(1) as f64;
        let power = 10_f64.powf(rough.log10().floor());
        let part = rough / power;
        let factor = [1.0, 2.0, 5.0, 10.0].into_iter().find(|f| part <= f * 1.000_001).unwrap_or(10.0);
        let mut step = factor * power;
        if whole && step < 1.0 {
            step = 1.0;
        }
        let from = (low / step + 1e-9).floor() * step;
        let mut to = (high / step - 1e-9).ceil() * step;
        if to <= from {
            to = from + step;
        }
        let decimals = (-step.log10().floor()).clamp(0.0, 6.0) as usize;
        Self { from, to, step, decimals }
    }

    /// The steps' values.
    pub fn values(self) -> impl Iterator<Item = f64> {
        let count = ((self.to - self.from) / self.step).round().clamp(0.0, 200.0) as usize;
        (0..=count).map(move |i| self.from + self.step * i as f64)
    }

    /// A step's label.
    pub fn label(self, value: f64) -> String {
        grouped(value, self.decimals)
    }

    /// Where a value lies, 0 to 1 within the range.
    pub fn share(self, value: f64) -> f64 {
        ((value - self.from) / (self.to - self.from)).clamp(-0.05, 1.05)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_round_and_cover() {
        let steps = Steps::over(0.0, 937.0, 5, true);
        assert_eq!(
            steps.values().map(|v| steps.label(v)).collect::<Vec<_>>(),
            ["0", "200", "400", "600", "800", "1,000"]
        );
        let small = Steps::over(0.0, 2.0, 6, true);
        assert_eq!(small.values().map(|v| small.label(v)).collect::<Vec<_>>(), ["0", "1", "2"]);
        let rate = Steps::over(0.12, 0.31, 5, false);
        assert!(rate.from <= 0.12 && rate.to >= 0.31 && rate.decimals == 2, "{rate:?}");
        let none = Steps::over(0.0, 0.0, 5, true);
        assert!(none.to > none.from);
    }
}
