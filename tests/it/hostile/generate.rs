//! Damaged files out of good ones.

use std::io::{Cursor, Read as _, Write as _};
use std::path::{Path, PathBuf};

use fairdraw::anchor::bundle::Anchors;
use fairdraw::anchor::keys::{KeyAlgorithm, SigningKey};
use fairdraw::sampling::{Certificate, Opening, Seal, SealRegister, UnitProof};
use polars::prelude::{ParquetWriter, df};

use super::Numbers;
use super::readers::{NEEDS, PASSWORD, ROSTER, SECRET};

/// A good file: its name and its bytes.
#[derive(Clone)]
pub(super) struct Good {
    pub(super) name: String,
    pub(super) bytes: Vec<u8>,
    /// The attributes beside a layer.
    pub(super) companion: Option<Vec<u8>>,
}

fn good(name: &str, bytes: impl Into<Vec<u8>>) -> Good {
    Good { name: name.to_owned(), bytes: bytes.into(), companion: None }
}

fn root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Small files of these endings in a folder of fixtures.
fn fixtures(folder: &str, endings: &[&str]) -> Vec<Good> {
    let mut found = Vec::new();
    let mut folders = vec![root(folder)];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        for path in entries.map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| endings.iter().any(|own| end == *own))
                && path.metadata().unwrap().len() < 120_000
            {
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                let beside = path.extension().is_some_and(|end| end == "shp");
                let companion = beside.then(|| std::fs::read(path.with_extension("dbf")).ok()).flatten();
                found.push(Good { companion, ..good(&name, std::fs::read(&path).unwrap()) });
            }
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    found
}

const SOURCES: &str = "排污许可证编号,单位名称,统一社会信用代码,所在区,管理类别,生产状态\n\
    91310115MA1K4TX00A001P,上海甲有限公司,91310115MA1K4TX00A,浦东新区,重点管理,在产\n\
    91310115MA1K4TX11B001Q,\"上海乙, 有限公司\",91310115MA1K4TX11B,黄浦区,简化管理,停产\n";

/// A small table.
pub(super) fn good_parquet() -> Vec<u8> {
    let mut frame = df!("编号" => ["a", "b", "c"], "数" => [1.5, 2.0, 3.0], "整" => [1_i64, 2, 3]).unwrap();
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes).finish(&mut frame).unwrap();
    bytes
}

/// The good files that damage starts from: tables of every kind, layers, rules, papers of a draw.
pub(super) fn good_files() -> Vec<Good> {
    let mut all = vec![
        good("名录.csv", SOURCES),
        good("名录_gbk.csv", encoding_rs::GBK.encode(SOURCES).0.into_owned()),
        good("名录_utf16.csv", SOURCES.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>()),
        good("名录.parquet", good_parquet()),
        good("policy.ron", std::fs::read(root("assets/policy/shanghai_154.ron")).unwrap()),
        good("columns.ron", std::fs::read(root("assets/columns.ron")).unwrap()),
        good("layer.prj", fairdraw::district::WGS84_WKT),
    ];
    all.extend(fixtures("tests/fixtures/foreign/real", &["xlsx", "xlsm", "xls", "xlsb", "ods", "html", "xml"]));
    all.extend(fixtures("tests/fixtures", &["shp", "dbf", "prj"]));
    all.extend(fixtures("tests/fixtures/anchor", &["tsr", "pem"]));
    all.extend(papers());
    all.extend(keys_and_numbers());
    all
}

/// Keys, rounds of a beacon, what others say of a draw, and the inspectors' files.
fn keys_and_numbers() -> Vec<Good> {
    let round = r#"{"round":72785,"randomness":"8b676484b5fb1f37f9ec5c413d7d29883504e5b669f604a1ce68b3388e9ae3d9","signature":"82f5d3d2de4db19d40a6980e8aa37842a0e55d1df06bd68bddc8d60002e8e959eb9cfa368b3c1b77d18f02a54fe047b80f0989315f83b12a74fd8679c4f12aae86eaf6ab5690b34f1fddd50ee3cc6f6cdf59e95526d5a5d82aaa84fa6f181e42","previous_signature":"a609e19a03c2fcc559e8dae14900aaefe517cb55c840f6e69bc8e4f66c8d18e8a609685d9917efbfb0c37f058c2de88f13d297c7e19e0ab24813079efe57a182554ff054c7638153f9b26a60e7111f71a0ff63d9571704905d3ca6df0b031747"}"#;
    let mut found = vec![
        good("round.drand", round),
        good(
            "signature.drand",
            "b75c69d0b72a5d906e854e808ba7e2accb1542ac355ae486d591aa9d43765482e26cd02df835d3546d23c4b13e0dfc92",
        ),
        good("roster.csv", ROSTER),
        good("needs.csv", NEEDS),
        good("assignment.csv", "unit_id,body,lead_certificate,second_certificate,skill,skill_slot\nU2,b,0901,0902,,\n"),
    ];
    let mut anchors = Anchors::new();
    anchors.add_stamp(&std::fs::read(root("tests/fixtures/anchor/rsa.tsr")).unwrap());
    found.push(good("anchors.json", anchors.to_json()));
    for algorithm in [KeyAlgorithm::Sm2, KeyAlgorithm::Ed25519] {
        let key = SigningKey::of_secret("见证人", algorithm, SECRET).unwrap();
        found.push(good("office.key", key.lock(PASSWORD).unwrap()));
        let signature = key.sign(b"message").unwrap();
        found.push(good("signed.pub", [key.public().to_text().as_bytes(), b"\n", &signature[..]].concat()));
    }
    found
}

/// Seal, opening, certificate, proof, register and journal, as the reference vectors have them.
fn papers() -> Vec<Good> {
    let text = std::fs::read_to_string(root("tests/reference/vectors.json")).unwrap();
    let vectors: serde_json::Value = serde_json::from_str(&text).unwrap();
    let mut found: Vec<Good> = Vec::new();
    let mut open = vec![&vectors];
    while let Some(value) = open.pop() {
        let bytes = value.to_string().into_bytes();
        let name = if Certificate::parse(&bytes).is_ok() {
            "certificate.json"
        } else if UnitProof::parse(&bytes).is_ok() {
            "proof.json"
        } else if Seal::parse(&bytes).is_ok() {
            "seal.json"
        } else if Opening::parse(&bytes).is_ok() {
            "opening.json"
        } else {
            ""
        };
        if !name.is_empty() && found.iter().filter(|own| own.name == name).count() < 2 {
            found.push(good(name, bytes));
        }
        match value {
            serde_json::Value::Object(map) => open.extend(map.values()),
            serde_json::Value::Array(list) => open.extend(list.iter().take(40)),
            serde_json::Value::String(text) if text.starts_with('{') && text.len() < 200_000 => {
                let name = if text.contains("fairdraw-certificate") { "certificate.json" } else { "seal.json" };
                found.push(good(name, text.as_bytes()));
            }
            _ => {}
        }
    }
    found.push(good("register.csv", SealRegister::new().to_csv()));
    let line = r#"{"at":"2027-01-01T00:00:00+08:00","operator":"甲","command":"seal","detail":{"a":1},"previous":"","hash":"00"}"#;
    found.push(good("journal.jsonl", format!("{line}\n{line}\n")));
    found
}

/// Numbers that readers stumble over.
const ODD: [&[u8]; 12] = [
    b"\xff\xff\xff\xff",
    b"\x00\x00\x00\x00",
    b"\x7f\xff\xff\xff",
    b"\xff\xff\xff\x7f",
    b"\x80\x00\x00\x00",
    b"999999999999999999999",
    b"-1",
    b"1e999",
    b"NaN",
    b"\xef\xbb\xbf",
    b"&#x110000;",
    b"\"\"\"\n",
];

/// Damages bytes a few times.
pub(super) fn damage(bytes: &mut Vec<u8>, other: &[u8], numbers: &mut Numbers) {
    for _ in 0..=numbers.below(4) {
        let at = numbers.below(bytes.len());
        match numbers.below(9) {
            0 => bytes.truncate(at),
            1 => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << numbers.below(8);
                }
            }
            2 => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte = numbers.next() as u8;
                }
            }
            3 => {
                let odd = ODD[numbers.below(ODD.len())];
                let end = (at + odd.len()).min(bytes.len());
                bytes.splice(at..end, odd.iter().copied());
            }
            4 => {
                let odd = ODD[numbers.below(ODD.len())];
                bytes.splice(at..at, odd.iter().copied());
            }
            5 => {
                let end = (at + numbers.below(200)).min(bytes.len());
                bytes.drain(at..end);
            }
            6 => {
                let end = (at + numbers.below(400)).min(bytes.len());
                let again: Vec<u8> = bytes[at..end].repeat(1 + numbers.below(50));
                bytes.splice(at..at, again);
            }
            7 => {
                let from = numbers.below(other.len());
                let end = (from + numbers.below(300)).min(other.len());
                bytes.splice(at..at, other[from..end].iter().copied());
            }
            // a field of four bytes, where lengths and offsets stand
            _ => {
                let at = at & !3;
                if let Some(field) = bytes.get_mut(at..at + 4) {
                    field.copy_from_slice(&(numbers.next() as u32 >> numbers.below(32)).to_le_bytes());
                }
            }
        }
    }
}

/// A package with one of its parts damaged, packed anew, so that the damage gets past the check sums.
fn damage_part(bytes: &[u8], other: &[u8], numbers: &mut Numbers) -> Option<Vec<u8>> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).ok()?;
    let chosen = numbers.below(archive.len());
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for at in 0..archive.len() {
        let mut part = archive.by_index(at).ok()?;
        let name = part.name().ok()?.to_string();
        let mut text = Vec::new();
        part.read_to_end(&mut text).ok()?;
        if at == chosen {
            damage(&mut text, other, numbers);
        }
        writer.start_file(name, zip::write::SimpleFileOptions::default()).ok()?;
        writer.write_all(&text).ok()?;
    }
    Some(writer.finish().ok()?.into_inner())
}

/// The hostile file of a number.
pub(super) fn hostile(files: &[Good], number: u64) -> Good {
    let mut numbers = Numbers(number.wrapping_mul(0x2545_f491_4f6c_dd1d));
    // each kind as often as any other, however many files it has
    let mut kinds: Vec<&str> = files.iter().map(|file| file.name.rsplit('.').next().unwrap()).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let kind = kinds[number as usize % kinds.len()];
    let own: Vec<&Good> = files.iter().filter(|file| file.name.ends_with(&format!(".{kind}"))).collect();
    let file = own[numbers.below(own.len())];
    let other = &files[numbers.below(files.len())].bytes;
    let inside = file.bytes.starts_with(b"PK") && numbers.below(4) > 0;
    let parts = if inside { damage_part(&file.bytes, other, &mut numbers) } else { None };
    let bytes = parts.unwrap_or_else(|| {
        let mut bytes = file.bytes.clone();
        damage(&mut bytes, other, &mut numbers);
        bytes
    });
    Good { bytes, ..file.clone() }
}
