//! Classes of a choropleth: quantiles or equal intervals.
//!
//! Invariants: equal values share a class; classes ascend; there are never more classes than distinct values;
//! of quantiles none is empty.

/// How values are cut into classes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClassMethod {
    /// As many districts in each class.
    #[default]
    Quantile,
    /// Classes of equal width.
    EqualInterval,
}

/// Fewest classes offered.
pub const FEWEST: usize = 3;
/// Most classes offered.
pub const MOST: usize = 7;

/// Classes of some values.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Classes {
    /// From and to, low classes first. For quantiles the least and greatest value of the class.
    pub ranges: Vec<(f64, f64)>,
    /// Districts in each class.
    pub counts: Vec<usize>,
    /// Class of each district.
    pub of: Vec<Option<u8>>,
}

impl Classes {
    /// Number of classes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ranges.len()
    }

    /// True where there is no value at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }

    /// Districts without a value.
    #[must_use]
    pub fn without(&self) -> usize {
        self.of.iter().filter(|c| c.is_none()).count()
    }
}

/// Cuts values into `count` classes (3 to 7), or into as many as there are distinct values.
#[must_use]
pub fn compute_classes(values: &[Option<f64>], method: ClassMethod, count: usize) -> Classes {
    let count = count.clamp(FEWEST, MOST);
    let mut sorted: Vec<f64> = values.iter().flatten().copied().filter(|v| v.is_finite()).collect();
    sorted.sort_by(f64::total_cmp);
    let mut distinct = sorted.clone();
    distinct.dedup_by(|a, b| a.total_cmp(b).is_eq());
    let (Some(low), Some(high)) = (distinct.first().copied(), distinct.last().copied()) else {
        return Classes { of: vec![None; values.len()], ..Classes::default() };
    };
    let classes = count.min(distinct.len());
    // The least value of each class but the first.
    let breaks: Vec<f64> = match method {
        ClassMethod::EqualInterval => (1..classes).map(|i| low + (high - low) * i as f64 / classes as f64).collect(),
        ClassMethod::Quantile => {
            let mut last = 0;
            (1..classes)
                .map(|i| {
                    let wanted = sorted[(i * sorted.len() / classes).min(sorted.len() - 1)];
                    let place = distinct.partition_point(|v| v.total_cmp(&wanted).is_lt());
                    // Ties move the cut to the next value, and leave enough values for the classes above.
                    last = place.clamp(last + 1, distinct.len() - (classes - i));
                    distinct[last]
                })
                .collect()
        }
    };
    let class = |v: f64| breaks.partition_point(|b| b.total_cmp(&v).is_le());
    let mut counts = vec![0; classes];
    let mut ranges = vec![(f64::INFINITY, f64::NEG_INFINITY); classes];
    for v in &sorted {
        let c = class(*v);
        counts[c] += 1;
        ranges[c] = (ranges[c].0.min(*v), ranges[c].1.max(*v));
    }
    if method == ClassMethod::EqualInterval {
        let edge = |i: usize| if i == 0 { low } else { breaks.get(i - 1).copied().unwrap_or(high) };
        ranges = (0..classes).map(|i| (edge(i), edge(i + 1))).collect();
    }
    let of = values.iter().map(|v| v.filter(|v| v.is_finite()).map(|v| class(v) as u8)).collect();
    Classes { ranges, counts, of }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn some(values: &[f64]) -> Vec<Option<f64>> {
        values.iter().map(|v| Some(*v)).collect()
    }

    #[test]
    fn quantiles_are_even_and_keep_ties_together() {
        let values = some(&(0..20).map(f64::from).collect::<Vec<_>>());
        let classes = compute_classes(&values, ClassMethod::Quantile, 5);
        assert_eq!(classes.counts, [4; 5]);
        assert_eq!(classes.ranges[1], (4.0, 7.0));
        let tied = some(&[0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 2.0, 3.0, 4.0]);
        let classes = compute_classes(&tied, ClassMethod::Quantile, 5);
        assert_eq!(classes.counts, [10, 1, 1, 1, 1]);
        for (v, class) in tied.iter().zip(&classes.of) {
            let (from, to) = classes.ranges[class.unwrap() as usize];
            assert!((from..=to).contains(&v.unwrap()));
        }
        let top = some(&[1.0, 2.0, 9.0, 9.0, 9.0, 9.0, 9.0, 9.0]);
        assert_eq!(compute_classes(&top, ClassMethod::Quantile, 3).counts, [1, 1, 6]);
    }

    #[test]
    fn equal_intervals_may_be_empty_but_have_equal_width() {
        let values = some(&[0.0, 1.0, 2.0, 10.0]);
        let classes = compute_classes(&values, ClassMethod::EqualInterval, 4);
        assert_eq!(classes.counts, [3, 0, 0, 1]);
        assert_eq!(classes.ranges, [(0.0, 2.5), (2.5, 5.0), (5.0, 7.5), (7.5, 10.0)]);
    }

    #[test]
    fn few_values_make_few_classes() {
        for method in [ClassMethod::Quantile, ClassMethod::EqualInterval] {
            let classes = compute_classes(&[Some(5.0), None, Some(5.0), Some(f64::NAN)], method, 5);
            assert_eq!((classes.len(), classes.without()), (1, 2));
            assert_eq!(classes.of, [Some(0), None, Some(0), None]);
            assert_eq!(compute_classes(&some(&[1.0, 2.0]), method, 7).of, [Some(0), Some(1)]);
            assert!(compute_classes(&[None], method, 5).is_empty());
        }
    }
}
