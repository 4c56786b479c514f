//! Templates of documents: the product's own, and the office's in their place.
//!
//! An office overrides a template by a file of its name in the project's folder `模板/`; pictures that lie there
//! (a badge, a seal's frame) can be named from it. The product's own stand in `assets/templates/`.

use std::collections::BTreeMap;

use crate::diagnostic::{AppResult, Finding};

/// Folder of a project that holds its own templates and their pictures.
pub const TEMPLATE_FOLDER: &str = "模板";

/// Whose text a template has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TemplateStanding {
    /// The product's; the office has none of its own.
    Bundled,
    /// The office's own, word for word the product's.
    Same,
    /// The office's own, and different.
    Changed,
}

/// A document's template.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Template {
    /// What all documents share: page, page number, headings, tables.
    Common,
    /// The notice that makes a month's results public.
    Notice,
    /// A body's task book of a month.
    Tasks,
    /// The certificate of a draw.
    Certificate,
    /// The pages of the briefing.
    Briefing,
}

impl Template {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Common, Self::Notice, Self::Tasks, Self::Certificate, Self::Briefing];

    /// File name, the same in the office's folder.
    #[must_use]
    pub fn file_name(self) -> &'static str {
        match self {
            Self::Common => "公文.typ",
            Self::Notice => "检查结果通告.typ",
            Self::Tasks => "检查任务书.typ",
            Self::Certificate => "抽取证书.typ",
            Self::Briefing => "简报.typ",
        }
    }

    /// The product's own text.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::Common => include_str!("../../../assets/templates/common.typ"),
            Self::Notice => include_str!("../../../assets/templates/notice.typ"),
            Self::Tasks => include_str!("../../../assets/templates/tasks.typ"),
            Self::Certificate => include_str!("../../../assets/templates/certificate.typ"),
            Self::Briefing => include_str!("../../../assets/templates/briefing.typ"),
        }
    }
}

/// The office's own files, by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Templates {
    own: BTreeMap<String, Vec<u8>>,
}

impl Templates {
    /// Takes the office's files, by name without folders.
    ///
    /// # Errors
    /// `EXP-061` where a template is not UTF-8.
    pub fn with_own(own: BTreeMap<String, Vec<u8>>) -> AppResult<Self> {
        for (name, bytes) in own.iter().filter(|(name, _)| name.to_lowercase().ends_with(".typ")) {
            if std::str::from_utf8(bytes).is_err() {
                return Err(Finding::error("EXP-061", "模板不是 UTF-8 文本，无法读取")
                    .file(format!("{TEMPLATE_FOLDER}/{name}"))
                    .hint("请以 UTF-8 编码另存该模板")
                    .into());
            }
        }
        Ok(Self { own })
    }

    /// True where the office has a file of this name of its own.
    #[must_use]
    pub fn is_own(&self, name: &str) -> bool {
        self.own.contains_key(name)
    }

    /// How an office's own file of a template stands to the product's.
    #[must_use]
    pub fn standing(&self, template: Template) -> TemplateStanding {
        match self.own.get(template.file_name()) {
            None => TemplateStanding::Bundled,
            Some(bytes) if bytes == template.text().as_bytes() => TemplateStanding::Same,
            Some(_) => TemplateStanding::Changed,
        }
    }

    /// True where a template's text, the office's own before the product's, names a value of its data.
    pub(super) fn reads(&self, template: Template, value: &str) -> bool {
        let own = self.own.get(template.file_name()).map(|bytes| String::from_utf8_lossy(bytes));
        own.as_deref().unwrap_or_else(|| template.text()).contains(value)
    }

    /// Every file that templates may name: the product's, with the office's in their place.
    pub(super) fn files(&self) -> BTreeMap<String, Vec<u8>> {
        let mut files: BTreeMap<String, Vec<u8>> =
            Template::ALL.iter().map(|t| (t.file_name().to_owned(), t.text().as_bytes().to_vec())).collect();
        files.extend(self.own.iter().map(|(name, bytes)| (name.clone(), bytes.clone())));
        files
    }

    /// One sentence that names the office's own templates; `None` without any.
    #[must_use]
    pub fn note(&self) -> Option<String> {
        let own: Vec<&str> = Template::ALL.iter().map(|t| t.file_name()).filter(|name| self.is_own(name)).collect();
        (!own.is_empty()).then(|| format!("使用本单位的模板：{}", own.join("、")))
    }
}
