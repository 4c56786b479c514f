//! What the targets share: the readers that the tests try findings on, and the hook for panics.
//!
//! `tests/README.md` says how to make the seeds and to run a target.

#[path = "../tests/it/hostile/readers.rs"]
pub mod readers;

/// libFuzzer's own hook ends the process at any panic, those too that a fence around another's reader catches on
/// purpose; without it only a panic that leaves the target is a finding.
pub fn quiet() {
    let _ = std::panic::take_hook();
}
