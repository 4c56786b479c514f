//! The yearly plan's versions with their days: approved (批准), filed (备案), published (公布).
//!
//! A plan that was adjusted is approved and published anew: it is the next version and has days of its own, so that
//! it can be approved before anybody knows when it will be filed and published.

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::diagnostic::{AppResult, Finding};

/// Days of one version.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct VersionDates {
    /// Approved.
    pub approved_on: Option<NaiveDate>,
    /// Filed.
    pub filed_on: Option<NaiveDate>,
    /// Published.
    pub published_on: Option<NaiveDate>,
}

impl VersionDates {
    /// In words: `批准 2027-03-10，备案 未登记，公布 2027-03-20`.
    #[must_use]
    pub fn text(&self) -> String {
        let day = |day: Option<NaiveDate>| day.map_or_else(|| "未登记".to_owned(), |day| day.to_string());
        format!("批准 {}，备案 {}，公布 {}", day(self.approved_on), day(self.filed_on), day(self.published_on))
    }
}

/// The plan's versions, the first one first, as the office enters their days.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Stored")]
pub struct PlanDates {
    /// Versions; empty while nothing was entered.
    pub versions: Vec<VersionDates>,
}

/// What may lie in the file: versions, or the days as programs up to 0.1 kept them.
#[derive(Deserialize)]
#[serde(untagged)]
enum Stored {
    Versions(StoredVersions),
    Days(StoredDays),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredVersions {
    versions: Vec<VersionDates>,
}

/// One day of approval and filing, and every publication: another publication was another version.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredDays {
    approved_on: Option<NaiveDate>,
    filed_on: Option<NaiveDate>,
    publications: Vec<NaiveDate>,
}

impl From<Stored> for PlanDates {
    fn from(stored: Stored) -> Self {
        let days = match stored {
            Stored::Versions(stored) => return Self { versions: stored.versions },
            Stored::Days(days) => days,
        };
        let published = |day: &NaiveDate| VersionDates { published_on: Some(*day), ..VersionDates::default() };
        let mut versions: Vec<VersionDates> = days.publications.iter().map(published).collect();
        if versions.is_empty() && (days.approved_on.is_some() || days.filed_on.is_some()) {
            versions.push(VersionDates::default());
        }
        // such a file held one approval: that of the first publication after it
        let of = days.approved_on.or(days.filed_on);
        let at = versions.iter().position(|version| version.published_on >= of).unwrap_or_default();
        if let Some(version) = versions.get_mut(at) {
            (version.approved_on, version.filed_on) = (days.approved_on, days.filed_on);
        }
        Self { versions }
    }
}

impl PlanDates {
    /// The version that stands, or is being prepared, from 1.
    #[must_use]
    pub fn version(&self) -> u32 {
        self.versions.len().max(1) as u32
    }

    /// Days of the version that stands.
    #[must_use]
    pub fn standing(&self) -> VersionDates {
        self.versions.last().copied().unwrap_or_default()
    }

    /// The day on which the version that stands was published.
    #[must_use]
    pub fn published_on(&self) -> Option<NaiveDate> {
        self.standing().published_on
    }

    /// The day of the first publication, which the statutory term asks of.
    #[must_use]
    pub fn first_published_on(&self) -> Option<NaiveDate> {
        self.publications().next()
    }

    /// Every publication, the first one first.
    pub fn publications(&self) -> impl Iterator<Item = NaiveDate> {
        self.versions.iter().filter_map(|version| version.published_on)
    }

    /// In words: `第 1 版：批准 2027-03-10，备案 未登记，公布 2027-03-20`.
    #[must_use]
    pub fn text(&self) -> String {
        format!("第 {} 版：{}", self.version(), self.standing().text())
    }

    /// True where entering this day of approval makes a version of the plan: none was approved yet, or the one that
    /// stands was approved on another day.
    #[must_use]
    pub fn is_approval(&self, entered: &PlanDatesEntry) -> bool {
        entered.approved_on.is_some() && self.standing().approved_on != entered.approved_on
    }

    /// With what was entered: `None` keeps a day. Another day of approval, or of publication, is another version. The
    /// plan is that of `year`.
    ///
    /// # Errors
    /// `DIS-057` a day after today, `DIS-059` one of another year (a plan is made in the year before or in its own;
    /// a slip would stand as a version for good), `DIS-058` days against their order (approved, then filed and
    /// published; a version after the one before).
    pub fn with(&self, entered: &PlanDatesEntry, year: i32, today: NaiveDate) -> AppResult<Self> {
        let mut dates = self.clone();
        if entered.is_empty() {
            return Ok(dates);
        }
        let standing = self.standing();
        let other = |now: Option<NaiveDate>, day: Option<NaiveDate>| now.is_some() && day.is_some() && now != day;
        if self.versions.is_empty()
            || other(standing.approved_on, entered.approved_on)
            || other(standing.published_on, entered.published_on)
        {
            dates.versions.push(VersionDates::default());
        }
        let before = dates.versions.len().checked_sub(2).and_then(|at| dates.versions.get(at)).copied();
        let Some(version) = dates.versions.last_mut() else { return Ok(dates) };
        version.approved_on = entered.approved_on.or(version.approved_on);
        version.filed_on = entered.filed_on.or(version.filed_on);
        version.published_on = entered.published_on.or(version.published_on);
        check_version(*version, before.unwrap_or_default(), year, today)?;
        Ok(dates)
    }
}

fn check_version(version: VersionDates, before: VersionDates, year: i32, today: NaiveDate) -> AppResult<()> {
    let VersionDates { approved_on, filed_on, published_on } = version;
    for (column, day) in [("批准日期", approved_on), ("备案日期", filed_on), ("公布日期", published_on)] {
        let Some(day) = day else { continue };
        if day > today {
            return Err(Finding::error("DIS-057", "年度检查计划的日期在今天之后")
                .column(column)
                .value(day.to_string())
                .expected(format!("不晚于 {today}"))
                .into());
        }
        if !(year - 1..=year).contains(&day.year()) {
            return Err(Finding::error("DIS-059", "年度检查计划的日期不在这一计划的年份")
                .column(column)
                .value(day.to_string())
                .expected(format!("{} 年或 {year} 年的日期", year - 1))
                .into());
        }
    }
    for (column, day, first) in [
        ("批准日期", approved_on, before.approved_on),
        ("备案日期", filed_on, approved_on),
        ("公布日期", published_on, approved_on),
        ("公布日期", published_on, before.published_on),
    ] {
        if let (Some(day), Some(first)) = (day, first)
            && day < first
        {
            return Err(Finding::error("DIS-058", "年度检查计划的日期先后不对")
                .column(column)
                .value(day.to_string())
                .expected(format!("不早于 {first}（先批准，再备案、公布；再次批准、公布晚于上次）"))
                .into());
        }
    }
    Ok(())
}

/// What is entered at one time; `None` where nothing was.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct PlanDatesEntry {
    /// Approved.
    pub approved_on: Option<NaiveDate>,
    /// Who approved, as the office calls them: `局长办公会`; the operator where nothing is given.
    pub approved_by: Option<String>,
    /// Filed.
    pub filed_on: Option<NaiveDate>,
    /// Published.
    pub published_on: Option<NaiveDate>,
}

impl PlanDatesEntry {
    /// True where no day was entered.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.approved_on.is_none() && self.filed_on.is_none() && self.published_on.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn entry(approved: &str, filed: &str, published: &str) -> PlanDatesEntry {
        let day = |text: &str| (!text.is_empty()).then(|| day(text));
        PlanDatesEntry {
            approved_on: day(approved),
            approved_by: None,
            filed_on: day(filed),
            published_on: day(published),
        }
    }

    #[test]
    fn a_second_version_is_approved_before_its_filing_and_publication_are_known() {
        let today = day("2027-12-01");
        let first = PlanDates::default().with(&entry("2027-03-10", "2027-03-15", "2027-03-20"), 2027, today).unwrap();
        assert_eq!(first.version(), 1);
        let second = first.with(&entry("2027-07-01", "", ""), 2027, today).unwrap();
        assert_eq!((second.version(), second.published_on()), (2, None));
        assert_eq!(second.first_published_on(), Some(day("2027-03-20")), "the term asks of the first one");
        let published = second.with(&entry("", "2027-07-02", "2027-07-03"), 2027, today).unwrap();
        assert_eq!(published.version(), 2, "the days of the version that waits for them");
        assert_eq!(published.publications().collect::<Vec<_>>(), [day("2027-03-20"), day("2027-07-03")]);
        assert_eq!(published.with(&entry("2027-07-01", "", ""), 2027, today).unwrap(), published);
        let early = published.with(&entry("2027-03-09", "", ""), 2027, today).unwrap_err();
        assert_eq!(early.code(), "DIS-058", "no version before the one before it");
    }

    #[test]
    fn days_as_they_were_kept_before_versions_are_read() {
        let of = |text: &str| serde_json::from_str::<PlanDates>(text).unwrap();
        let old = of(r#"{"approved_on":"2027-03-10","filed_on":null,"publications":["2027-03-20","2027-07-01"]}"#);
        assert_eq!(old.version(), 2);
        assert_eq!(old.versions[0].approved_on, Some(day("2027-03-10")));
        assert_eq!(old.published_on(), Some(day("2027-07-01")));
        let adjusted = of(r#"{"approved_on":"2027-06-20","filed_on":null,"publications":["2027-03-20","2027-07-01"]}"#);
        assert_eq!(
            (adjusted.versions[0].approved_on, adjusted.standing().approved_on),
            (None, Some(day("2027-06-20")))
        );
        assert_eq!(of(r#"{"approved_on":"2027-03-10","filed_on":null,"publications":[]}"#).version(), 1);
        assert_eq!(of(r#"{"approved_on":null,"filed_on":null,"publications":[]}"#), PlanDates::default());
        let text = serde_json::to_string(&old).unwrap();
        assert_eq!(of(&text), old);
        assert!(serde_json::from_str::<PlanDates>(r#"{"versions":[],"else":1}"#).is_err());
    }
}
