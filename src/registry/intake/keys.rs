//! Numbers of units, enterprises and inspectors.

use std::borrow::Cow;

use polars::prelude::StringChunked;

use crate::domain::{InspectorId, Uscc};
use crate::text::{clean, fold_width, is_blank_word};

use super::super::codes;
use super::super::collect::Collector;
use super::super::ids::id_key;
use super::super::parse::map_text;
use super::Intake;

/// Permit or registration numbers, as the register's own key.
pub(super) fn parse_numbers(cells: &StringChunked) -> StringChunked {
    map_text::<(), _>(cells, |text| Ok(number(text))).0
}

/// Numbers of units in tables that refer to the register.
pub(super) fn parse_unit_refs(cells: &StringChunked) -> StringChunked {
    map_text::<(), _>(cells, |text| Ok(Some(id_key(text)).filter(|key| !key.is_empty()))).0
}

impl Intake<'_> {
    pub(super) fn parse_uscc(&self, id: &str, cells: &StringChunked, out: &mut Collector) -> StringChunked {
        let (codes, faults) = map_text(cells, |text| {
            if Uscc::parse(text).is_ok() {
                return Ok(Some(Cow::Borrowed(text)));
            }
            let plain: String = fold_width(&clean(text))
                .chars()
                .filter(|c| !c.is_whitespace() && *c != '-')
                .collect::<String>()
                .to_ascii_uppercase();
            if is_blank_word(&plain) {
                return Ok(None);
            }
            match Uscc::parse(&plain) {
                Ok(code) => Ok(Some(Cow::Owned(code.as_str().to_owned()))),
                Err(fault) => Err((fault, matches!(plain.len(), 13 | 15) && plain.bytes().all(|b| b.is_ascii_digit()))),
            }
        });
        for (i, (fault, old)) in faults {
            let code = if old { &codes::NUMBER_OLD } else { &codes::USCC_BAD };
            out.row(code, self.place(i), |finding| {
                finding
                    .column(self.layout.heading(id))
                    .value(cells.get(i).unwrap_or_default())
                    .expected(format!("18 位统一社会信用代码（{fault}）"))
            });
        }
        codes
    }

    pub(super) fn parse_certificates(&self, id: &str, cells: &StringChunked, out: &mut Collector) -> StringChunked {
        let (certificates, faults) = map_text(cells, |text| {
            let plain: String = fold_width(&clean(text)).chars().filter(|c| !c.is_whitespace()).collect();
            if plain.is_empty() {
                return Ok(None);
            }
            InspectorId::new(plain).map(|id| Some(Cow::Owned(String::from(id)))).map_err(|_| ())
        });
        self.report_all(out, &codes::CERTIFICATE_BAD, &faults, id, cells, "");
        certificates
    }
}

/// A permit or registration number in half width, upper case, without white space.
fn number(text: &str) -> Option<Cow<'_, str>> {
    if text.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase()) {
        return Some(Cow::Borrowed(text)).filter(|text| !text.is_empty());
    }
    let plain: String =
        fold_width(&clean(text)).chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_uppercase();
    (!plain.is_empty()).then_some(Cow::Owned(plain))
}
