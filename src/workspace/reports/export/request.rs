//! Which files an export is asked for.

use super::{BRIEFING, EVIDENCE, FORMS, INTERNAL, PACKS, PUBLIC, TASKS, TEMPLATES};
use crate::domain::PlanMonth;

/// Words that stand for a family of files.
const FAMILIES: [&str; 7] = [INTERNAL, EVIDENCE, PUBLIC, TASKS, FORMS, TEMPLATES, BRIEFING];

/// What to export.
#[derive(Debug, Clone, Default)]
pub struct ExportRequest {
    /// Only this month's lists; all where `None`.
    pub month: Option<PlanMonth>,
    /// Endings (`xlsx`, `csv`, `json`, `pdf`, `docx`) and families (`内部`, `抽取存证`, `公开`; `任务单` and `结果填报表`
    /// of the internal ones, and `模板` and `简报`, which come only where they are named) wanted; a file must be of one
    /// of either kind that is named. Another Chinese word is part of a file's name (`通告`). All where empty.
    pub only: Vec<String>,
}

impl ExportRequest {
    pub(super) fn takes(&self, folder: &str, name: &str) -> bool {
        let is_family = |word: &&String| FAMILIES.contains(&word.trim());
        let (families, endings): (Vec<&String>, Vec<&String>) = self.only.iter().partition(is_family);
        let is_of = |family: &str| match family {
            TASKS => folder.starts_with(INTERNAL) && (name.contains(TASKS) || name.contains(PACKS)),
            FORMS => folder.starts_with(INTERNAL) && name.contains(FORMS),
            family => folder.starts_with(family),
        };
        let is_wanted = families.is_empty() && ![TEMPLATES, BRIEFING].contains(&folder)
            || families.iter().any(|family| is_of(family.trim()));
        let name = name.to_lowercase();
        is_wanted
            && (endings.is_empty()
                || endings.iter().map(|word| word.trim().to_lowercase()).any(|word| {
                    // no ending is Chinese: what is meant is a document
                    name.ends_with(&format!(".{word}")) || !word.is_ascii() && name.contains(&word)
                }))
    }

    pub(super) fn wants(&self, month: PlanMonth) -> bool {
        self.month.is_none_or(|wanted| wanted == month)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_export_takes_the_families_and_endings_named() {
        let of = |only: &[&str]| ExportRequest { month: None, only: only.iter().map(|w| (*w).to_owned()).collect() };
        let evidence = format!("{EVIDENCE}/2027-03-1");
        assert!(of(&[]).takes(PUBLIC, "a.xlsx") && of(&[]).takes(&evidence, "frame.csv"));
        assert!(of(&["XLSX"]).takes(INTERNAL, "a.xlsx") && !of(&["xlsx"]).takes(INTERNAL, "a.csv"));
        assert!(of(&[INTERNAL]).takes(INTERNAL, "a.xlsx"));
        assert!(!of(&[INTERNAL]).takes(PUBLIC, "a.xlsx"), "what stays inside publishes nothing");
        assert!(of(&[EVIDENCE]).takes(&evidence, "frame.csv") && !of(&[PUBLIC]).takes(&evidence, "frame.csv"));
        assert!(
            of(&[BRIEFING]).takes(BRIEFING, "a.pptx") && !of(&[]).takes(BRIEFING, "a.pptx"),
            "only where it is named"
        );
        assert!(of(&[BRIEFING, "pdf"]).takes(BRIEFING, "a.pdf") && !of(&[BRIEFING, "pdf"]).takes(BRIEFING, "a.png"));
        let sheet = "甲局2027年3月检查任务单_内部.xlsx";
        assert!(of(&[TASKS]).takes(INTERNAL, sheet) && !of(&[FORMS]).takes(INTERNAL, sheet));
        assert!(!of(&[TASKS]).takes(INTERNAL, "甲局2027年计划.xlsx") && !of(&[TASKS]).takes(&evidence, "frame.csv"));
        assert!(
            of(&["通告"]).takes(PUBLIC, "某局_检查结果通告_2027-03.pdf") && !of(&["通告"]).takes(PUBLIC, "公开表.pdf")
        );
        assert!(of(&[PUBLIC, "csv"]).takes(PUBLIC, "a.csv") && !of(&[PUBLIC, "csv"]).takes(PUBLIC, "a.xlsx"));
    }
}
