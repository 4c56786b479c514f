//! Vocabularies of the tables: what a column of a fixed choice of words may hold.
//!
//! Files write them in many spellings (`assets/aliases.ron`); frames hold the ids given here, and a test holds the
//! two against each other. Terms that plan and policy speak of too are in [`crate::domain`].

use crate::domain::{Category, PermitEvent, Supervision, vocabulary};

vocabulary! {
    /// Whether a unit is running (生产状态).
    SiteStatus {
        Active = "active" "在产",
        Stopped = "stopped" "停产",
        Closed = "closed" "关闭",
        Moved = "moved" "搬迁",
    }
}

vocabulary! {
    /// Environmental risk level (突发环境事件风险等级), highest first.
    EnvRisk {
        Major = "major" "重大",
        Larger = "larger" "较大",
        General = "general" "一般",
    }
}

vocabulary! {
    /// List of key units on which a unit stands (环境监管重点单位名录管理办法).
    KeyUnit {
        Water = "water" "水环境",
        Air = "air" "大气环境",
        Soil = "soil" "土壤污染",
        Groundwater = "groundwater" "地下水",
        Noise = "noise" "噪声",
        Risk = "risk" "环境风险管控",
    }
}

vocabulary! {
    /// Kind of a past check (检查类型).
    CheckKind {
        Routine = "routine" "日常检查",
        Case = "case" "个案检查",
        Special = "special" "专项检查",
    }
}

vocabulary! {
    /// Over what time a monitored value was taken (数据类型); a flag in the frame, true for an hour's.
    Averaging {
        Hourly = "hourly" "小时值",
        Daily = "daily" "日均值",
    }
}

vocabulary! {
    /// Whether a past check took place (完成情况); a flag in the frame, true for done.
    Completion {
        Done = "done" "已完成",
        Planned = "planned" "计划中",
    }
}

vocabulary! {
    /// A vocabulary, by the name under which `assets/aliases.ron` lists its spellings.
    VocabularyKind {
        Management = "management" "管理类别",
        Supervision = "supervision" "监管类别",
        PermitEvent = "permit_event" "业务类型",
        KeyUnit = "key_unit" "环境监管重点单位类型",
        Status = "status" "生产状态",
        EnvRisk = "env_risk" "环境风险等级",
        Averaging = "hourly" "数据类型",
        CheckKind = "check_kind" "检查类型",
        Completion = "done" "完成情况",
    }
}

impl VocabularyKind {
    /// Id and Chinese name of each term, in order.
    #[must_use]
    pub fn terms(self) -> Vec<(&'static str, &'static str)> {
        macro_rules! of {
            ($terms:ident) => {
                $terms::ALL.iter().map(|term| (term.id(), term.label())).collect()
            };
        }
        match self {
            Self::Management => of!(Category),
            Self::Supervision => of!(Supervision),
            Self::PermitEvent => of!(PermitEvent),
            Self::KeyUnit => of!(KeyUnit),
            Self::Status => of!(SiteStatus),
            Self::EnvRisk => of!(EnvRisk),
            Self::Averaging => of!(Averaging),
            Self::CheckKind => of!(CheckKind),
            Self::Completion => of!(Completion),
        }
    }

    /// True for the vocabularies of two words that frames hold as flags: the first word is yes.
    #[must_use]
    pub fn is_flag(self) -> bool {
        matches!(self, Self::Averaging | Self::Completion)
    }
}

#[cfg(test)]
mod tests {
    use super::super::aliases::Aliases;
    use super::super::schema::{ColumnKind, TableKind};
    use super::*;

    #[test]
    fn the_shipped_spellings_lead_to_these_terms_and_no_others() {
        let aliases = Aliases::built_in().unwrap();
        for kind in VocabularyKind::ALL {
            let known = aliases.vocabulary(kind.id()).unwrap();
            let ids: Vec<&str> = kind.terms().iter().map(|(id, _)| *id).collect();
            assert_eq!(known.ids(), ids, "{}", kind.id());
            for (at, (id, _)) in kind.terms().iter().enumerate() {
                assert_eq!(known.find(id), Some(at), "{}: {id}", kind.id());
            }
        }
    }

    #[test]
    fn every_vocabulary_is_some_columns() {
        let used: Vec<VocabularyKind> = TableKind::ALL
            .into_iter()
            .flat_map(TableKind::columns)
            .filter_map(|column| match column.kind {
                ColumnKind::Choice(kind) | ColumnKind::Choices(kind) => Some(kind),
                _ => None,
            })
            .collect();
        assert!(VocabularyKind::ALL.iter().all(|kind| used.contains(kind)), "{used:?}");
    }
}
