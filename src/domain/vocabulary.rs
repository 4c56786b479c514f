//! Vocabularies: what a column or a rule may say, as enums with a stable id and a Chinese name.

/// An enum of terms, each with its id (in frames, files and policies) and its Chinese name.
macro_rules! vocabulary {
    ($(#[$doc:meta])* $name:ident { $($(#[$term:meta])* $variant:ident = $id:literal $label:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[$term])* #[doc = $label] $variant,)*
        }

        impl $name {
            /// Every term, in the vocabulary's order.
            pub const ALL: [Self; [$($id),*].len()] = [$(Self::$variant),*];

            /// Stable lower-case id used in frames and files.
            #[must_use]
            pub const fn id(self) -> &'static str {
                match self {
                    $(Self::$variant => $id,)*
                }
            }

            /// Chinese name.
            #[must_use]
            pub const fn label(self) -> &'static str {
                match self {
                    $(Self::$variant => $label,)*
                }
            }

            /// The term of an id.
            #[must_use]
            pub fn from_id(id: &str) -> Option<Self> {
                Self::ALL.into_iter().find(|term| term.id() == id)
            }
        }
    };
}
pub(crate) use vocabulary;

vocabulary! {
    /// Management category of a permit (排污许可分类管理), heaviest first.
    #[derive(serde::Serialize, serde::Deserialize)]
    #[serde(rename_all = "snake_case")]
    Category {
        Key = "key" "重点管理",
        Simplified = "simplified" "简化管理",
        Registration = "registration" "登记管理",
    }
}

vocabulary! {
    /// What a check that no draw planned comes from (触发式检查的来源).
    #[derive(Default, serde::Serialize, serde::Deserialize)]
    #[serde(rename_all = "snake_case")]
    TriggerKind {
        Report = "report" "举报",
        Supervised = "supervised" "督办",
        Monitoring = "monitoring" "监测异常",
        Referred = "referred" "转办",
        Campaign = "campaign" "专项",
        #[default]
        Other = "other" "其他",
    }
}

vocabulary! {
    /// Why a drawn unit can't be inspected and a reserve takes its place (替换的情形). Stopped units come back.
    #[derive(Default, serde::Serialize, serde::Deserialize)]
    #[serde(rename_all = "snake_case")]
    SubstituteCase {
        #[default]
        Closed = "closed" "关闭",
        Moved = "moved" "搬迁",
        Merged = "merged" "合并",
        Stopped = "stopped" "停产",
    }
}

vocabulary! {
    /// Supervision class that an office gave a site (监管类别), which goes before what follows from its permit.
    Supervision {
        Key = "key" "重点",
        General = "general" "一般",
        Simple = "simple" "简易",
    }
}

vocabulary! {
    /// What was last done about a permit (业务类型).
    PermitEvent {
        First = "first" "首次申请",
        Reapplied = "reapply" "重新申请",
        Changed = "change" "变更",
        Renewed = "renewal" "延续",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_lead_back_to_their_terms() {
        for term in Supervision::ALL {
            assert_eq!(Supervision::from_id(term.id()), Some(term));
        }
        assert_eq!(PermitEvent::from_id("renewal"), Some(PermitEvent::Renewed));
        assert_eq!(Category::from_id("Key"), None);
        assert_eq!(ron::from_str::<Category>("simplified").unwrap(), Category::Simplified, "files name it by its id");
    }
}
