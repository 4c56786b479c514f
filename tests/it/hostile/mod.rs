//! Hostile files: what a hand or a broken program may put before the readers.
//!
//! [`generate`] makes damaged files out of good ones, the same for the same number; [`bombs`] makes the few that take a
//! reader's time or memory. None may panic, none may take ten seconds or two gigabytes; each is read, or refused with a
//! code. Some hundred run in the suite; the whole run is
//!
//! ```text
//! FAIRDRAW_HOSTILE_FILES=10000 cargo test --release --test it hostile::damaged
//! FAIRDRAW_HOSTILE_SIZE=full cargo test --release --test it hostile::bombs -- --test-threads 1 --nocapture
//! ```

mod bombs;
mod borders;
mod damaged;
mod found;
mod generate;
mod pages;
mod program;
mod readers;
mod seeds;

use std::path::PathBuf;
use std::time::{Duration, Instant};

/// A folder for files of a test, gone with it.
pub(super) struct Folder(tempfile::TempDir);

impl Folder {
    pub(super) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(super) fn path(&self) -> &std::path::Path {
        self.0.path()
    }

    pub(super) fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }
}

/// True for the whole sizes; small ones run in the suite.
pub(super) fn full() -> bool {
    std::env::var("FAIRDRAW_HOSTILE_SIZE").is_ok_and(|size| size == "full")
}

/// The most that reading one file may take. A build without optimisation is given five times as long.
pub(super) const MOST_TIME: Duration = Duration::from_secs(if cfg!(debug_assertions) { 50 } else { 10 });

/// What a piece of work gives, and how long it took.
pub(super) fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    let out = work();
    (out, start.elapsed())
}

/// Most memory that this process has held, in megabytes; `None` where the system doesn't tell.
pub(super) fn peak_mb() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse::<u64>().ok().map(|kb| kb / 1024)
}

/// A generator of numbers (splitmix64): the same on every machine.
pub(super) struct Numbers(pub u64);

impl Numbers {
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Below `end`; 0 where that is 0.
    pub(super) fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }

    /// From 0 to 1.
    pub(super) fn part(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }
}
