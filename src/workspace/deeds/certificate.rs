//! The certificate of a draw as it stands, substitutions included.
//!
//! Reasons typed before such words were refused ([`crate::disclosure::check_public_words`]) may hold personal data: no
//! hash binds them, so they are masked, in every copy alike.

use crate::diagnostic::{AppError, AppResult};
use crate::disclosure::{MaskCounts, Masker};
use crate::sampling::{
    Certificate, DEMONSTRATION, DrawOrder, EarlierSeal, SealRegister, Substitute, certificate_of,
    compute_certificate_unit, to_hex,
};
use crate::workspace::store::draws::{DrawChange, StoredDraw};
use crate::workspace::store::staged::Change;

/// The certificate of a draw as it stands, substitutions included.
///
/// # Errors
/// `SEL-…`, `IO-…`.
pub fn compute_draw_certificate(
    draw: &StoredDraw,
    order: &DrawOrder,
    register: &SealRegister,
) -> AppResult<Certificate> {
    let (Some(opening), Some(seed)) = (&draw.opening, draw.seed()) else {
        return Err(AppError::new("SEL-036", "尚未开封，没有证书"));
    };
    let tree = draw.frame.tree();
    let mut certificate = certificate_of(&draw.frame, &tree, &draw.seal, opening, &seed, order);
    for change in &draw.changes {
        let DrawChange::Substitute { unit, by, reason, .. } = change else { continue };
        let Some(row) = draw.frame.position(by.as_str()) else { continue };
        let Some(entry) = compute_certificate_unit(&draw.frame, &tree, &seed, row) else { continue };
        let id = entry.row.stratum.as_str().to_owned();
        if let Some(stratum) = certificate.strata.iter_mut().find(|s| s.id == id) {
            stratum.substitutes.push(Substitute::of(entry, unit.as_str(), public_words(reason)));
        }
    }
    for seal in register.seals_of(draw.period).take_while(|seal| seal.sealed.sequence < draw.sequence) {
        let (line, end) = (seal.sealed, seal.end);
        certificate.earlier.push(EarlierSeal {
            sequence: line.sequence,
            commitment: to_hex(&line.commitment),
            state: end.map_or("sealed", |end| end.event.id()).to_owned(),
            reason: public_words(end.map(|e| &e.reason).filter(|r| !r.is_empty()).unwrap_or(&line.reason)),
        });
    }
    if draw.demonstration {
        certificate = certificate.with_statement(DEMONSTRATION);
    }
    Ok(certificate)
}

/// A reason as a certificate may show it.
fn public_words(text: &str) -> String {
    Masker::default().mask_text(text, &mut MaskCounts::default())
}

pub(super) fn put_certificate(
    change: &Change<'_>,
    draw: &StoredDraw,
    order: &DrawOrder,
    register: &SealRegister,
) -> AppResult<()> {
    let certificate = compute_draw_certificate(draw, order, register)?;
    change.put(&draw.folder.join("certificate.json"), &certificate.to_json())
}
