//! The bare draw: three files in, the result or its faults out.
//!
//! What `fairdraw draw FRAME SEAL OPENING` prints: every check of the reference, then the draw with every
//! reserve. Pure; no file is touched.

use super::draw::{DrawResult, draw_units};
use super::fault::{CheckReport, Fault};
use super::frame::SamplingFrame;
use super::opening::Opening;
use super::seal::Seal;
use super::verify::check_draw_steps;

/// A bare draw that passed its checks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BareDraw {
    /// Selected units and every reserve.
    pub result: DrawResult,
    /// The steps of the check; `公布的承诺值` is not checked where none was given.
    pub report: CheckReport,
}

/// Draws from the bytes of `frame.csv`, `seal.json` and `opening.json`.
///
/// # Errors
/// The faults, never empty: nothing is drawn from files that don't check.
pub fn draw_from_files(
    frame_csv: &[u8],
    seal_json: &[u8],
    opening_json: &[u8],
    published: Option<&str>,
) -> Result<BareDraw, Vec<Fault>> {
    let mut faults = Vec::new();
    let seal = Seal::parse(seal_json).map_err(|fault| faults.push(fault)).ok();
    let opening = Opening::parse(opening_json).map_err(|fault| faults.push(fault)).ok();
    let frame = SamplingFrame::parse_csv(frame_csv).map_err(|error| faults.push(error.into())).ok();
    let (Some(seal), Some(opening), Some(frame)) = (seal, opening, frame) else {
        return Err(faults);
    };
    let report = check_draw_steps(&frame, &seal, &opening, None, published);
    if !report.is_verified() {
        return Err(report.faults);
    }
    match opening.seed(&seal) {
        Some(seed) => Ok(BareDraw { result: draw_units(&frame, &seal, &seed).to_result(&frame, usize::MAX), report }),
        None => Err(vec![Fault::new("VER-007", "开封文件中的秘密写法不对", "opening: secret")]),
    }
}

/// Checks the bytes of a frame, a seal, an opening and a result against each other.
#[must_use]
pub fn check_files(
    frame_csv: &[u8],
    seal_json: &[u8],
    opening_json: &[u8],
    result_json: &[u8],
    published: Option<&str>,
) -> CheckReport {
    let mut faults = Vec::new();
    let seal = Seal::parse(seal_json).map_err(|fault| faults.push(fault)).ok();
    let opening = Opening::parse(opening_json).map_err(|fault| faults.push(fault)).ok();
    let frame = SamplingFrame::parse_csv(frame_csv).map_err(|error| faults.push(error.into())).ok();
    let result = DrawResult::parse(result_json).map_err(|fault| faults.push(fault)).ok();
    let mut report = CheckReport::default();
    report.step("读取文件", "抽样框、封签、开封文件与结果均可读取", faults);
    match (seal, opening, frame, result) {
        (Some(seal), Some(opening), Some(frame), Some(result)) => {
            let checked = check_draw_steps(&frame, &seal, &opening, Some(&result), published);
            report.steps.extend(checked.steps);
            report.faults.extend(checked.faults);
            report
        }
        _ => report,
    }
}
