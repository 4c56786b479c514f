//! The last defence of the gate: looks for unvisited targets in the bytes of a public document.
//!
//! All needles are searched in one pass: a table by their first six bytes, then the longest that fits. A hit
//! is excused where it lies inside a mention of a visited target (another site of the same enterprise, or a
//! longer name that contains this one).

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{AppResult, Finding};

use super::result::DueCheck;

/// Shortest text that can be searched without meeting it by chance, in bytes (two Chinese characters).
const SHORTEST: usize = 6;

/// What may not stand in a public document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeakNeedle {
    /// The text: unit id, name, code or number.
    pub text: String,
    /// Name of the unit that it belongs to, for the message.
    pub unit: String,
}

/// What a scan has looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ScanReport {
    /// Texts searched for.
    pub needles: usize,
    /// Texts too short to be searched for (below two Chinese characters or six letters).
    pub too_short: usize,
    /// Bytes searched.
    pub bytes: usize,
}

#[derive(Debug, Clone)]
struct Entry {
    text: Vec<u8>,
    /// Index into `units`; `None` for a visited target's text.
    secret: Option<usize>,
}

/// Searches documents for unvisited targets.
#[derive(Debug, Clone)]
pub struct PublicScan {
    table: BTreeMap<[u8; SHORTEST], Vec<Entry>>,
    units: Vec<String>,
    needles: usize,
    too_short: usize,
}

impl PublicScan {
    /// A scan for `unvisited` targets; texts that `visited` ones share are allowed.
    #[must_use]
    pub fn new(unvisited: &[DueCheck], visited: &[DueCheck]) -> Self {
        Self::beside(unvisited, visited, &BTreeSet::new())
    }

    /// The same where `named` units are in public that are not to be visited: another site of a target's enterprise may
    /// be a certificate's reserve.
    #[must_use]
    pub fn beside(unvisited: &[DueCheck], visited: &[DueCheck], named: &BTreeSet<String>) -> Self {
        let texts = |c: &DueCheck| {
            [Some(c.unit_id.to_string()), Some(c.name.clone()), c.uscc.clone(), Some(c.number.clone())]
                .into_iter()
                .flatten()
                .map(|text| text.trim().to_owned())
                .collect::<Vec<String>>()
        };
        let needles = unvisited
            .iter()
            .flat_map(|c| texts(c).into_iter().map(|text| LeakNeedle { text, unit: c.name.clone() }))
            .collect::<Vec<_>>();
        let allowed: Vec<String> = visited.iter().flat_map(texts).chain(named.iter().cloned()).collect();
        Self::of_needles(&needles, &allowed)
    }

    /// A scan for the given texts, with the texts that are allowed.
    #[must_use]
    pub fn of_needles(needles: &[LeakNeedle], allowed: &[String]) -> Self {
        let mut scan = Self { table: BTreeMap::new(), units: Vec::new(), needles: 0, too_short: 0 };
        for text in allowed {
            scan.add(text, None);
        }
        for needle in needles.iter().filter(|n| !n.text.is_empty()) {
            scan.units.push(needle.unit.clone());
            let at = scan.units.len() - 1;
            if scan.add(&needle.text, Some(at)) {
                scan.needles += 1;
            } else {
                scan.too_short += 1;
            }
        }
        for entries in scan.table.values_mut() {
            // Longest first; of equal texts the visited one first, so that it excuses the other.
            entries.sort_by(|a, b| {
                b.text.len().cmp(&a.text.len()).then_with(|| a.text.cmp(&b.text)).then_with(|| a.secret.cmp(&b.secret))
            });
        }
        scan
    }

    fn add(&mut self, text: &str, secret: Option<usize>) -> bool {
        let bytes = text.as_bytes();
        let Some(head) = bytes.get(..SHORTEST).and_then(|head| <[u8; SHORTEST]>::try_from(head).ok()) else {
            return false;
        };
        self.table.entry(head).or_default().push(Entry { text: bytes.to_vec(), secret });
        true
    }

    /// Searches the bytes of a text document (csv, json, html, the parts of an office file).
    ///
    /// # Errors
    /// `DIS-044`, naming the document and the first unvisited target met in it.
    pub fn check_bytes(&self, document: &str, bytes: &[u8]) -> AppResult<ScanReport> {
        let report = ScanReport { needles: self.needles, too_short: self.too_short, bytes: bytes.len() };
        let mut excused_to = 0;
        for at in 0..bytes.len().saturating_sub(SHORTEST - 1) {
            let Ok(head) = <[u8; SHORTEST]>::try_from(&bytes[at..at + SHORTEST]) else { continue };
            let Some(entries) = self.table.get(&head) else { continue };
            for entry in entries {
                if !bytes[at..].starts_with(&entry.text) {
                    continue;
                }
                let end = at + entry.text.len();
                let Some(secret) = entry.secret else {
                    excused_to = excused_to.max(end);
                    continue;
                };
                // A code is a word of its own: no letter or digit may touch it on either side.
                let word = |i: Option<&u8>| i.is_some_and(u8::is_ascii_alphanumeric);
                let inside_word = entry.text.iter().all(u8::is_ascii_alphanumeric)
                    && entry.text.len() < 15
                    && (word(at.checked_sub(1).and_then(|i| bytes.get(i))) || word(bytes.get(end)));
                if end > excused_to && !inside_word {
                    return Err(Finding::error(
                        "DIS-044",
                        format!("公开文件中出现尚未检查的对象「{}」，已停止输出", self.units[secret]),
                    )
                    .file(document)
                    .value(String::from_utf8_lossy(&entry.text))
                    .hint("请检查该文件所用的数据；未检查对象不得出现在任何公开文件中")
                    .into());
                }
            }
        }
        Ok(report)
    }
}
