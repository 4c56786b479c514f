//! What a chart shows.

use super::style::Ink;

/// Name and unit of an axis.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Axis {
    /// What is measured.
    pub name: String,
    /// Its unit; empty for none.
    pub unit: String,
    /// Decimals of values in hover cards and beside bars; 0 keeps the axis' steps whole, too.
    pub decimals: usize,
    /// The range shown; from zero to the greatest value where `None`.
    pub range: Option<(f64, f64)>,
}

impl Axis {
    /// An axis of whole numbers from zero.
    #[must_use]
    pub fn new(name: impl Into<String>, unit: impl Into<String>) -> Self {
        Self { name: name.into(), unit: unit.into(), decimals: 0, range: None }
    }

    /// The same with decimals.
    #[must_use]
    pub fn decimals(mut self, decimals: usize) -> Self {
        self.decimals = decimals;
        self
    }

    /// The same over a fixed range.
    #[must_use]
    pub fn range(mut self, from: f64, to: f64) -> Self {
        self.range = Some((from, to));
        self
    }

    /// Name with unit.
    #[must_use]
    pub fn caption(&self) -> String {
        match (self.name.is_empty(), self.unit.is_empty()) {
            (_, true) => self.name.clone(),
            (true, false) => self.unit.clone(),
            (false, false) => format!("{}（{}）", self.name, self.unit),
        }
    }

    /// A value with its unit.
    #[must_use]
    pub fn value(&self, value: f64) -> String {
        let number = crate::text::number::grouped(value, self.decimals);
        match self.unit.as_str() {
            "" => number,
            "%" => format!("{number}%"),
            unit => format!("{number} {unit}"),
        }
    }
}

/// A chart: the finding, the axes, the source and the data.
#[derive(Debug, Clone, PartialEq)]
pub struct Chart {
    /// The finding, as a sentence.
    pub title: String,
    /// Horizontal axis (of columns and lines); of bars, the axis of the rows.
    pub x: Axis,
    /// The axis of the values.
    pub y: Axis,
    /// Where the figures come from.
    pub source: String,
    /// The data.
    pub kind: ChartKind,
}

impl Chart {
    /// The most urgent thing to read out: title and the first rows or series.
    #[must_use]
    pub fn summary(&self) -> String {
        let mut lines = vec![self.title.clone()];
        match &self.kind {
            ChartKind::Columns(columns) => {
                lines.extend(columns.series.iter().take(6).map(|s| {
                    format!("{} {}", s.name, self.y.value(s.values.iter().copied().filter(|v| v.is_finite()).sum()))
                }));
                lines.extend(columns.overlays.iter().map(|line| {
                    format!(
                        "{} {}",
                        line.name,
                        self.y.value(line.values.iter().copied().filter(|v| v.is_finite()).sum())
                    )
                }));
            }
            ChartKind::Bars(bars) => {
                for (i, label) in bars.labels.iter().take(6).enumerate() {
                    let sum = bars.series.iter().filter_map(|s| s.values.get(i)).sum();
                    lines.push(format!("{label} {}", self.y.value(sum)));
                }
            }
            ChartKind::Lines(lines_of) => {
                lines.extend(
                    lines_of
                        .series
                        .iter()
                        .take(6)
                        .filter_map(|s| s.points.last().map(|(_, y)| format!("{} {}", s.name, self.y.value(*y)))),
                );
            }
        }
        lines.join("；")
    }

    /// Every text of it, to be written anew.
    pub fn texts_mut(&mut self) -> Vec<&mut String> {
        let mut texts = vec![&mut self.title, &mut self.source];
        for axis in [&mut self.x, &mut self.y] {
            texts.extend([&mut axis.name, &mut axis.unit]);
        }
        match &mut self.kind {
            ChartKind::Columns(Columns { categories, series, references, overlays, .. }) => {
                if let Categories::Labels { names, .. } = categories {
                    texts.extend(names);
                }
                texts.extend(series.iter_mut().map(|series| &mut series.name));
                texts.extend(references.iter_mut().map(|reference| &mut reference.label));
                texts.extend(overlays.iter_mut().map(|overlay| &mut overlay.name));
            }
            ChartKind::Bars(Bars { labels, series, notes, details, references, .. }) => {
                texts.extend(labels.iter_mut().chain(notes).chain(details.iter_mut().flatten()));
                texts.extend(series.iter_mut().map(|series| &mut series.name));
                texts.extend(references.iter_mut().map(|reference| &mut reference.label));
            }
            ChartKind::Lines(Lines { series, names, references }) => {
                texts.extend(series.iter_mut().map(|series| &mut series.name));
                texts.extend(names);
                texts.extend(references.iter_mut().map(|reference| &mut reference.label));
            }
        }
        texts
    }

    /// The height in points at which nothing is left out: rows decide it for lying bars.
    #[must_use]
    pub fn comfortable_height(&self) -> f32 {
        match &self.kind {
            ChartKind::Bars(bars) => {
                let row = if bars.grouped && bars.series.len() > 1 { 30.0 } else { 24.0 };
                120.0 + row * bars.labels.len() as f32
            }
            ChartKind::Columns(_) | ChartKind::Lines(_) => 300.0,
        }
    }

    /// The same with the finding and axes of rows instead of columns.
    pub(super) fn turned(&self) -> Self {
        Self {
            title: self.title.clone(),
            x: self.x.clone(),
            y: self.y.clone(),
            source: self.source.clone(),
            kind: ChartKind::Bars(Bars::default()),
        }
    }
}

/// The kinds of charts.
#[derive(Debug, Clone, PartialEq)]
pub enum ChartKind {
    /// Upright bars, stacked or side by side.
    Columns(Columns),
    /// Lying bars.
    Bars(Bars),
    /// Lines, with bands where wished.
    Lines(Lines),
}

/// What stands along the horizontal axis.
#[derive(Debug, Clone, PartialEq)]
pub enum Categories {
    /// Names; `ordered` (months, tiers) keeps them upright even where some labels are left out.
    Labels {
        /// The names.
        names: Vec<String>,
        /// True where their order carries meaning.
        ordered: bool,
    },
    /// Bins of a number: start of the first, width of each.
    Bins {
        /// Start of the first bin.
        from: f64,
        /// Width of a bin.
        width: f64,
    },
}

impl Default for Categories {
    fn default() -> Self {
        Self::Labels { names: Vec::new(), ordered: true }
    }
}

/// A named row of values, one a category.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// Name in the legend.
    pub name: String,
    /// Colour.
    pub ink: Ink,
    /// Values, one a category.
    pub values: Vec<f64>,
}

impl Series {
    /// A series.
    #[must_use]
    pub fn new(name: impl Into<String>, ink: Ink, values: Vec<f64>) -> Self {
        Self { name: name.into(), ink, values }
    }
}

/// A reference's direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Upright, at a value of the horizontal axis (bins, lines, and lying bars' value axis).
    Upright,
    /// Level, at a value of the vertical axis.
    Level,
}

/// A dashed line with a label: a threshold, a target.
#[derive(Debug, Clone, PartialEq)]
pub struct Reference {
    /// Direction.
    pub direction: Direction,
    /// Where it stands.
    pub at: f64,
    /// Its label.
    pub label: String,
    /// Its colour.
    pub ink: Ink,
}

/// A line over columns.
#[derive(Debug, Clone, PartialEq)]
pub struct Overlay {
    /// Name in the legend.
    pub name: String,
    /// Colour.
    pub ink: Ink,
    /// Values, one a category.
    pub values: Vec<f64>,
    /// A step the width of each category (capacity) instead of a line through the middles.
    pub step: bool,
}

/// Upright bars.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Columns {
    /// What stands along the axis.
    pub categories: Categories,
    /// Series, the first at the bottom or at the left.
    pub series: Vec<Series>,
    /// Side by side instead of stacked.
    pub grouped: bool,
    /// Several stacks side by side: how many series each holds, in order; empty for what `grouped` says.
    pub stacks: Vec<usize>,
    /// Thresholds and targets.
    pub references: Vec<Reference>,
    /// Lines over the bars.
    pub overlays: Vec<Overlay>,
    /// Write each bar's value on it where there is room.
    pub values: bool,
}

impl Columns {
    /// True where a category may have several bars.
    #[must_use]
    pub fn side_by_side(&self) -> bool {
        self.grouped || self.stacks.len() > 1
    }

    /// The series of each bar, from the left.
    #[must_use]
    pub fn bars(&self) -> Vec<std::ops::Range<usize>> {
        let n = self.series.len();
        if self.stacks.is_empty() {
            return if self.grouped { (0..n).map(|i| i..i + 1).collect() } else { std::iter::once(0..n).collect() };
        }
        let ends = self.stacks.iter().scan(0, |end, size| {
            let from = *end;
            *end = (from + size).min(n);
            Some(from..*end)
        });
        ends.filter(|range| !range.is_empty()).collect()
    }
}

/// Lying bars, one row a label.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Bars {
    /// Names of the rows, from the top.
    pub labels: Vec<String>,
    /// Series, the first at the left or on top.
    pub series: Vec<Series>,
    /// One under the other instead of stacked.
    pub grouped: bool,
    /// Caps of the rows, drawn as a faint track; empty for none.
    pub tracks: Vec<f64>,
    /// A text at the row's end instead of its value; empty for values.
    pub notes: Vec<String>,
    /// Further lines of the rows' hover cards; empty for none.
    pub details: Vec<Vec<String>>,
    /// Thresholds on the value axis (upright only).
    pub references: Vec<Reference>,
    /// Confidence intervals of the rows: a dot with a whisker stands instead of the bar, and the axis need not begin at
    /// zero; empty for none. Of one series only.
    pub intervals: Vec<(f64, f64)>,
}

/// One line.
#[derive(Debug, Clone, PartialEq)]
pub struct LineSeries {
    /// Name in the legend.
    pub name: String,
    /// Colour.
    pub ink: Ink,
    /// Points, ascending by x.
    pub points: Vec<(f64, f64)>,
    /// A band: x, low, high; empty for none.
    pub band: Vec<(f64, f64, f64)>,
}

/// Lines over a number or over named places 0, 1, 2 ….
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Lines {
    /// The lines.
    pub series: Vec<LineSeries>,
    /// Names of the places 0, 1, 2 …; empty for a numeric axis.
    pub names: Vec<String>,
    /// Thresholds and targets.
    pub references: Vec<Reference>,
}
