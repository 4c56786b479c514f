//! Thousands of damaged files: no panic, none long, none large.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use fairdraw::anchor::beacon::{BeaconEvidence, CHAINS, beacon_faults};
use fairdraw::anchor::bundle::Anchors;
use fairdraw::anchor::keys::{KeyAlgorithm, PublicKey, SigningKey, public_of};
use fairdraw::anchor::stamp::check_stamp;
use fairdraw::anchor::witness::WitnessLog;
use fairdraw::anchor::x509::{X509, certificates_of};
use fairdraw::diagnostic::{Diagnostics, Progress};
use fairdraw::district::{Crs, DistrictOptions, load_districts};
use fairdraw::policy::{check_policy, parse_policy};
use fairdraw::registry::Mapping;
use fairdraw::sampling::{
    Certificate, Opening, SamplingFrame, Seal, SealRegister, UnitProof, check_certificate, check_proof,
};
use fairdraw::staffing::{Assignment, Needs, Roster, check_staffing};
use fairdraw::tabular::{ReadOptions, load_raw};
use fairdraw::workspace::store::journal::check_journal_file;

use super::generate::{Good, NEEDS, ROSTER, SECRET, good_files, hostile};
use super::{Folder, MOST_TIME, peak_mb, timed};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/anchor").join(name)
}

/// Gives a file to whoever reads files of its name.
fn read(path: &Path, file: &Good) {
    let bytes = &file.bytes;
    let text = String::from_utf8_lossy(bytes);
    match file.name.rsplit('.').next().unwrap() {
        "json" => {
            if let Ok(certificate) = Certificate::parse(bytes) {
                let _ = check_certificate(&certificate, None, None);
            }
            if let Ok(proof) = UnitProof::parse(bytes) {
                let _ = check_proof(&proof, None);
            }
            if let Ok(seal) = Seal::parse(bytes) {
                let _ = (seal.faults(), seal.strata_faults(), seal.commitment());
            }
            let _ = Opening::parse(bytes);
            if let Ok(anchors) = Anchors::parse(bytes) {
                let _ = (anchors.tokens(), anchors.kept_roots(), anchors.to_json());
            }
        }
        "tsr" | "pem" => {
            let seal = std::fs::read(fixture("seal.json")).unwrap();
            let roots = certificates_of(&std::fs::read(fixture("root_rsa.pem")).unwrap()).unwrap();
            let own = certificates_of(bytes).unwrap_or_default();
            for certificate in &own {
                let _ = X509::parse(certificate).map(|c| (c.name(), c.check_time_stamping().is_ok()));
            }
            for roots in [&roots, &own] {
                let _ = check_stamp(bytes, &seal, "2027-02-28T21:15:00+08:00", roots);
            }
        }
        "drand" => {
            for (chain, round) in CHAINS.iter().zip([123, 72_785]) {
                if let Ok(evidence) = BeaconEvidence::of_typed(&text, round) {
                    let value = evidence.randomness().unwrap_or_default();
                    let _ = beacon_faults(chain, round, &value, &evidence);
                }
            }
        }
        "key" => {
            let _ = public_of(bytes);
        }
        "pub" => {
            let (key, signature) = bytes.split_at(bytes.iter().position(|b| *b == b'\n').unwrap_or(bytes.len()));
            if let Some(key) = PublicKey::parse(&String::from_utf8_lossy(key))
                && let Ok(signature) = <&[u8; 64]>::try_from(signature.get(1..).unwrap_or_default())
            {
                let _ = key.verifies(b"message", signature);
            }
        }
        "ron" => {
            if let Ok(policy) = parse_policy(&text, "policy.ron") {
                let _ = check_policy(&policy);
            }
            let _ = Mapping::from_ron(&text, "mapping.ron");
        }
        "jsonl" => {
            let _ = check_journal_file(path);
            let key = SigningKey::of_secret("见证人", KeyAlgorithm::Ed25519, SECRET).unwrap();
            let _ = WitnessLog::parse(bytes, &key);
        }
        "prj" => {
            let _ = Crs::parse_wkt(&text);
        }
        "shp" | "dbf" => {
            let table = path.with_extension("dbf");
            if let Some(companion) = &file.companion {
                std::fs::write(&table, companion).unwrap();
            }
            let _ = load_districts(path, &DistrictOptions::default(), &mut Diagnostics::new(), &Progress::none());
        }
        _ => {
            if file.name == "register.csv" {
                let _ = SealRegister::parse_csv(bytes);
            }
            let _ = SamplingFrame::parse_csv(bytes);
            let _ = Assignment::parse(bytes);
            if let Ok(roster) = Roster::parse(bytes) {
                let _ = check_staffing(&roster, &Needs::parse(NEEDS.as_bytes()).unwrap());
            }
            if let Ok(needs) = Needs::parse(bytes) {
                let _ = check_staffing(&Roster::parse(ROSTER.as_bytes()).unwrap(), &needs);
            }
            let _ = load_raw(path, &ReadOptions::default(), &mut Diagnostics::new(), &Progress::none());
        }
    }
}

#[test]
fn damaged_files_are_read_or_refused() {
    let count: u64 = std::env::var("FAIRDRAW_HOSTILE_FILES").ok().and_then(|n| n.parse().ok()).unwrap_or(300);
    let files = good_files();
    let kinds: Vec<&str> = files.iter().map(|file| file.name.as_str()).collect();
    for kind in [
        "xlsx",
        "xls",
        "xlsb",
        "ods",
        "csv",
        "parquet",
        "shp",
        "dbf",
        "prj",
        "ron",
        "certificate.json",
        "seal.json",
        "jsonl",
        "tsr",
        "pem",
        "drand",
        "anchors.json",
        "key",
        "pub",
        "roster.csv",
    ] {
        assert!(kinds.iter().any(|name| name.ends_with(kind)), "{kind}: {kinds:?}");
    }
    let folder = Folder::new();
    let before = peak_mb().unwrap_or(0);
    let mut longest = (std::time::Duration::ZERO, 0);
    for number in 0..count {
        let file = hostile(&files, number);
        let path = folder.file(&file.name, &file.bytes);
        let (outcome, took) = timed(|| catch_unwind(AssertUnwindSafe(|| read(&path, &file))));
        let kept = || {
            let kept = std::env::temp_dir().join(format!("hostile-{number}-{}", file.name));
            std::fs::write(&kept, &file.bytes).unwrap();
            kept.display().to_string()
        };
        assert!(outcome.is_ok(), "panic at number {number}: {}", kept());
        assert!(took < MOST_TIME, "number {number} took {took:?}: {}", kept());
        longest = longest.max((took, number));
        std::fs::remove_file(&path).unwrap();
        let _ = std::fs::remove_file(path.with_extension("dbf"));
    }
    let peak = peak_mb().unwrap_or(0);
    println!("{count} hostile files, longest {:?} (number {}), peak {peak} MB (before {before})", longest.0, longest.1);
    assert!(peak.saturating_sub(before) < 2_048, "{peak} MB");
}

#[test]
fn the_same_number_gives_the_same_file() {
    let files = good_files();
    for number in [0, 7, 99] {
        let (one, two) = (hostile(&files, number), hostile(&files, number));
        assert_eq!((one.name, one.bytes), (two.name, two.bytes));
    }
    assert_ne!(hostile(&files, 1).bytes, hostile(&files, 14).bytes);
}
