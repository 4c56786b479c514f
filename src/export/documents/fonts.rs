//! Fonts of documents: the two faces that the product brings along, and the office's own by their names.
//!
//! GB/T 9704 asks for 小标宋 in titles, 仿宋 in the text, 黑体 and 楷体 in headings. Their makers don't let them be
//! passed on, so that each is taken from the machine where it is installed; what stands in for it is said.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use typst::foundations::Bytes;
use typst::text::{Coverage, Font, FontInfo};
use typst_kit::fonts::{FontPath, FontStore, system};

use crate::text::face::{BOLD, REGULAR};

/// The family that is always at hand.
const BUNDLED: &str = "Noto Sans CJK SC";

/// What a face is for, its name in GB/T 9704, and the families that will do, the best first.
const ROLES: [(&str, &str, &[&str]); 4] = [
    (
        "title",
        "小标宋体",
        &[
            "FZXiaoBiaoSong-B05S",
            "方正小标宋简体",
            "FZXiaoBiaoSong-B05",
            "方正小标宋_GBK",
            "FZXBSJW--GB1-0",
            "STZhongsong",
            "华文中宋",
            "Noto Serif CJK SC",
            "Source Han Serif SC",
            "思源宋体",
        ],
    ),
    (
        "body",
        "仿宋体",
        &[
            "FangSong_GB2312",
            "仿宋_GB2312",
            "FangSong",
            "仿宋",
            "STFangsong",
            "华文仿宋",
            "FZFangSong-Z02S",
            "FZFangSong-Z02",
            "方正仿宋简体",
            "方正仿宋_GBK",
            "Noto Serif CJK SC",
            "Source Han Serif SC",
            "思源宋体",
        ],
    ),
    ("hei", "黑体", &["SimHei", "黑体", "STHeiti", "华文黑体", "FZHei-B01S", "FZHei-B01", "方正黑体_GBK"]),
    (
        "kai",
        "楷体",
        &["KaiTi_GB2312", "楷体_GB2312", "KaiTi", "楷体", "STKaiti", "华文楷体", "FZKai-Z03S", "方正楷体_GBK"],
    ),
];

/// A family chosen for a role, as templates read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Face {
    /// Families, the last of them bundled.
    pub families: Vec<String>,
    /// `bold` where a lighter face stands in for a heavy one.
    pub weight: &'static str,
}

/// The fonts at hand.
pub struct Fonts {
    /// Bundled faces first, then the machine's in the order of their files, each read when it is first needed and then
    /// kept: a face of Chinese has some 20 MB.
    store: FontStore,
    coverage: Vec<Coverage>,
    faces: BTreeMap<&'static str, Face>,
    note: String,
}

impl std::fmt::Debug for Fonts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fonts").field("faces", &self.faces).field("known", &self.coverage.len()).finish_non_exhaustive()
    }
}

impl Fonts {
    /// The bundled faces alone: the same on every machine.
    #[must_use]
    pub fn bundled() -> Self {
        Self::with(Vec::new())
    }

    /// The bundled faces and those installed on this machine, in the order of their files.
    #[must_use]
    pub fn of_this_machine() -> Self {
        let mut installed: Vec<(FontPath, FontInfo)> = system().collect();
        installed.sort_by(|(a, _), (b, _)| (&a.path, a.index).cmp(&(&b.path, b.index)));
        Self::with(installed)
    }

    fn with(installed: Vec<(FontPath, FontInfo)>) -> Self {
        let bundled: Vec<Font> =
            [REGULAR, BOLD].into_iter().filter_map(|face| Font::new(Bytes::new(face), 0)).collect();
        let families: BTreeSet<String> = installed.iter().map(|(_, info)| info.family.to_lowercase()).collect();
        let (mut faces, mut words) = (BTreeMap::new(), Vec::new());
        for (role, wanted, known) in ROLES {
            let at = known.iter().position(|family| families.contains(&family.to_lowercase()));
            let family = at.map(|at| known[at]);
            // 小标宋 and 黑体 are heavy faces: what stands in for them is set in bold
            let heavy = matches!(role, "title" | "hei");
            // of the named faces only 华文中宋 and 华文黑体 are as light as a text face
            let is_light = family.is_none_or(|f| ["Noto", "Source", "思源", "ST"].iter().any(|m| f.starts_with(m)));
            let weight = if heavy && is_light { "bold" } else { "regular" };
            let families = family.into_iter().chain([BUNDLED]).map(str::to_owned).collect();
            words.push(format!("{wanted}用 {}", family.unwrap_or(BUNDLED)));
            faces.insert(role, Face { families, weight });
        }
        let note = format!("文档字体：{}；其余用随程序附带的 {BUNDLED}", words.join("，"));
        let coverage = bundled.iter().map(Font::info).chain(installed.iter().map(|(_, info)| info));
        let coverage = coverage.map(|info| info.coverage.clone()).collect();
        let mut store = FontStore::new();
        store.extend(bundled.into_iter().map(|font| {
            let info = font.info().clone();
            (font, info)
        }));
        store.extend(installed);
        Self { store, coverage, faces, note }
    }

    /// The faces by role: `title`, `body`, `hei`, `kai`.
    #[must_use]
    pub fn faces(&self) -> &BTreeMap<&'static str, Face> {
        &self.faces
    }

    /// Which families documents are set in, one sentence.
    #[must_use]
    pub fn note(&self) -> &str {
        &self.note
    }

    /// The characters that no font at hand can print, each once, in their order.
    #[must_use]
    pub fn missing(&self, text: &str) -> Vec<char> {
        let wanted: BTreeSet<char> = text.chars().filter(|c| !c.is_control() && !c.is_whitespace()).collect();
        let has = |c: char| self.coverage.iter().any(|coverage| coverage.contains(c as u32));
        wanted.into_iter().filter(|c| !has(*c)).collect()
    }

    /// The faces as documents take them.
    pub(super) const fn store(&self) -> &FontStore {
        &self.store
    }
}
