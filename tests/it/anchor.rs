//! Outside anchors: time stamps, public numbers, signatures and witness.

mod deeds;
mod numbers;
mod stamps;
mod trust;

use std::fs;
use std::path::{Path, PathBuf};

use fairdraw::sampling::{CheckReport, StepState};

pub(crate) fn fixture(name: &str) -> Vec<u8> {
    fs::read(folder().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/anchor")
}

/// Names of the steps that failed.
pub(crate) fn failed(report: &CheckReport) -> Vec<&'static str> {
    report.steps.iter().filter(|step| step.state == StepState::Failed).map(|step| step.name).collect()
}
