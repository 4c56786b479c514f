//! Who reads a user's bytes, one function for each kind of file: what `fuzz/` calls, and what its findings are tried on.
//!
//! Nothing is asserted of the answer: a reader may take the bytes or refuse them, it may not panic, hang or swell. The
//! fuzz crate includes this file by its path, so nothing here may name the rest of the tests.

use std::io::Write as _;
use std::path::Path;
use std::sync::OnceLock;

use fairdraw::anchor::beacon::{BeaconEvidence, CHAINS, beacon_faults};
use fairdraw::anchor::bundle::Anchors;
use fairdraw::anchor::keys::{KeyAlgorithm, PublicKey, SigningKey, public_of};
use fairdraw::anchor::stamp::check_stamp;
use fairdraw::anchor::witness::WitnessLog;
use fairdraw::anchor::x509::{X509, certificates_of};
use fairdraw::diagnostic::{Diagnostics, Progress};
use fairdraw::district::{Crs, DistrictOptions, LayerFiles, ShapeOptions, check_districts, check_layer};
use fairdraw::export::{proof_qr_text, read_proof};
use fairdraw::policy::{check_policy, migrate_policy, parse_policy};
use fairdraw::registry::{InputFile, Mapping, NoMap, RegistryOptions, load_registry};
use fairdraw::sampling::{
    AnyCertificate, Opening, SamplingFrame, Seal, SealRegister, check_files, check_proof, parse_earlier,
};
use fairdraw::staffing::{Assignment, Needs, Roster, check_staffing};
use fairdraw::tabular::{ReadOptions, load_raw};
use fairdraw::workspace::store::journal::check_journal_file;
use fairdraw::workspace::store::log::load_heads;
use fairdraw::workspace::store::project::{check_calendar, load_project_file};

/// A reader by the name of its target.
pub type Reader = (&'static str, fn(&[u8]));

/// Every reader.
pub const READERS: [Reader; 12] = [
    ("csv", csv),
    ("register", register),
    ("workbook", workbook),
    ("parts", parts),
    ("layer", layer),
    ("parquet", parquet),
    ("ron", ron),
    ("papers", papers),
    ("log", log),
    ("drand", drand),
    ("tsr", tsr),
    ("keys", keys),
];

/// The secret of a key that nobody uses.
pub const SECRET: [u8; 32] = [7; 32];
/// Inspectors, and what checks need.
pub const ROSTER: &str =
    "certificate,body,lead,skills,checks_max,recusals\n0901,b,1,haz;rad,5,U1\n0902,b,0,,4,\n0903,b,1,,3,U2\n";
/// See [`ROSTER`].
pub const NEEDS: &str = "unit_id,body,skill\nU1,b,haz\nU2,b,\n";
/// What opens the key file of the seeds.
pub const PASSWORD: &str = "见证人自己的一个长长的口令";

const SEAL: &[u8] = include_bytes!("../../fixtures/anchor/seal.json");
const ROOT: &[u8] = include_bytes!("../../fixtures/anchor/root_rsa.pem");

/// Lets `read` have the bytes as a file of this ending; in memory where the system has a folder for that.
fn as_file(ending: &str, bytes: &[u8], read: impl FnOnce(&Path)) {
    let memory = Path::new("/dev/shm");
    let folder = if memory.is_dir() { memory.to_path_buf() } else { std::env::temp_dir() };
    let mut file = tempfile::Builder::new().prefix("hostile-").suffix(ending).tempfile_in(folder).unwrap();
    file.write_all(bytes).unwrap();
    read(file.path());
}

fn table(ending: &str, bytes: &[u8]) {
    as_file(ending, bytes, |path| {
        let _ = load_raw(path, &ReadOptions::default(), &mut Diagnostics::new(), &Progress::none());
    });
}

/// Tables as text, and the csv files of a draw.
pub fn csv(bytes: &[u8]) {
    table(".csv", bytes);
    let _ = SamplingFrame::parse_csv(bytes);
    let _ = SealRegister::parse_csv(bytes);
    let _ = Assignment::parse(bytes);
    if let Ok(roster) = Roster::parse(bytes) {
        let _ = check_staffing(&roster, &Needs::parse(NEEDS.as_bytes()).unwrap());
    }
    if let Ok(needs) = Needs::parse(bytes) {
        let _ = check_staffing(&Roster::parse(ROSTER.as_bytes()).unwrap(), &needs);
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = check_calendar("c.csv", text);
    }
}

/// A table through the whole import: headings recognised, cells read, rows checked.
pub fn register(bytes: &[u8]) {
    static OPTIONS: OnceLock<RegistryOptions> = OnceLock::new();
    let options = OPTIONS
        .get_or_init(|| RegistryOptions::new(chrono::NaiveDate::from_ymd_opt(2027, 1, 1).unwrap_or_default()).unwrap());
    as_file(".csv", bytes, |path| {
        let input = InputFile { path: path.to_path_buf(), ..InputFile::default() };
        let _ = load_registry(&[input], options, &NoMap, &Progress::none());
    });
}

/// Workbooks of every age, pages and XML that call themselves so, zip archives.
pub fn workbook(bytes: &[u8]) {
    table(".xls", bytes);
}

const KIND: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const NS: &str = r#"xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main""#;

/// Parts of a sound workbook: name, content.
fn sound_parts() -> [(&'static str, String); 7] {
    let relation = |id: &str, kind: &str, target: &str| {
        format!(r#"<Relationship Id="{id}" Type="{KIND}/{kind}" Target="{target}"/>"#)
    };
    let relations = [
        relation("r1", "worksheet", "worksheets/sheet1.xml"),
        relation("r2", "sharedStrings", "sharedStrings.xml"),
        relation("r3", "styles", "styles.xml"),
    ];
    [
        (
            "[Content_Types].xml",
            r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>"#.to_owned(),
        ),
        (
            "_rels/.rels",
            format!("<Relationships>{}</Relationships>", relation("a", "officeDocument", "xl/workbook.xml")),
        ),
        (
            "xl/workbook.xml",
            format!(
                r#"<workbook {NS} xmlns:r="{KIND}"><sheets><sheet name="s" sheetId="1" r:id="r1"/></sheets></workbook>"#
            ),
        ),
        ("xl/_rels/workbook.xml.rels", format!("<Relationships>{}</Relationships>", relations.concat())),
        (
            "xl/worksheets/sheet1.xml",
            format!(
                r#"<worksheet {NS}><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" s="1"><v>1</v></c></row></sheetData></worksheet>"#
            ),
        ),
        ("xl/sharedStrings.xml", format!("<sst {NS}><si><t>甲</t></si></sst>")),
        (
            "xl/styles.xml",
            format!(r#"<styleSheet {NS}><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>"#),
        ),
    ]
}

/// A workbook (xlsx) with one part given, or the content of an ods: the first byte says which.
pub fn parts(bytes: &[u8]) {
    let Some((which, content)) = bytes.split_first() else { return };
    let which = usize::from(*which) % 8;
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    let mut put = |name: &str, content: &[u8]| {
        writer.start_file(name, options).unwrap();
        writer.write_all(content).unwrap();
    };
    if which == 7 {
        put("mimetype", b"application/vnd.oasis.opendocument.spreadsheet");
        put("content.xml", content);
    } else {
        for (at, (name, sound)) in sound_parts().iter().enumerate() {
            put(name, if at == which { content } else { sound.as_bytes() });
        }
    }
    table(".xlsx", &writer.finish().unwrap().into_inner());
}

/// The three files of a layer in one: lengths of the first two (little endian, four bytes each), then the three.
pub fn joined(shp: &[u8], dbf: &[u8], prj: &[u8]) -> Vec<u8> {
    let length = |part: &[u8]| (part.len() as u32).to_le_bytes();
    [&length(shp)[..], &length(dbf)[..], shp, dbf, prj].concat()
}

fn split_layer(bytes: &[u8]) -> (&[u8], &[u8], &[u8]) {
    let (Some(lengths), Some(rest)) = (bytes.first_chunk::<8>(), bytes.get(8..)) else { return (bytes, &[], &[]) };
    let [a, b, c, d, e, f, g, h] = *lengths;
    let (shp, rest) = rest.split_at((u32::from_le_bytes([a, b, c, d]) as usize).min(rest.len()));
    let (dbf, prj) = rest.split_at((u32::from_le_bytes([e, f, g, h]) as usize).min(rest.len()));
    (shp, dbf, prj)
}

/// A map: shp, dbf and prj as [`joined`] puts them; districts are made of it and asked.
pub fn layer(bytes: &[u8]) {
    let (shp, dbf, prj) = split_layer(bytes);
    let _ = Crs::parse_wkt(&String::from_utf8_lossy(prj));
    let files = LayerFiles {
        name: "a".to_owned(),
        shown: "a.shp".to_owned(),
        shp: Some(shp.to_vec()),
        dbf: Some(dbf.to_vec()),
        prj: (!prj.is_empty()).then(|| prj.to_vec()),
        ..LayerFiles::default()
    };
    let mut diagnostics = Diagnostics::new();
    let Ok(layer) = check_layer(files, &ShapeOptions::default(), &mut diagnostics) else { return };
    let none = Progress::none();
    let Ok(set) = check_districts(&layer, &DistrictOptions::default(), &mut diagnostics, &none) else { return };
    let _ = (set.locate(121.51, 31.21), set.nearest(121.51, 31.21), set.areas_km2(), set.label_points());
    let _ = set.simplified(50.0);
}

/// Parquet.
pub fn parquet(bytes: &[u8]) {
    table(".parquet", bytes);
    let _ = fairdraw::registry::frame_from_bytes(bytes.to_vec(), "frame");
}

/// Policy, mapping and project.
pub fn ron(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Ok(policy) = parse_policy(&text, "policy.ron") {
        let _ = check_policy(&policy);
    }
    let _ = migrate_policy(&text, "policy.ron");
    let _ = Mapping::from_ron(&text, "mapping.ron");
    as_file(".ron", bytes, |path| drop(load_project_file(path)));
}

/// The papers of a draw as `verify` takes them: certificates of both formats, proof, seal, opening, anchors, ended seals.
pub fn papers(bytes: &[u8]) {
    if let Ok(certificate) = AnyCertificate::parse(bytes) {
        let _ = certificate.check(None, None, None).is_verified();
        let _ = (certificate.to_json(), certificate.signed_bytes(), certificate.statement(), certificate.mark());
    }
    // from its file or from the text of its code
    if let Ok(proof) = read_proof(bytes) {
        let _ = (check_proof(&proof, None), proof.outcome(), proof_qr_text(&proof, None));
    }
    if let Ok(seal) = Seal::parse(bytes) {
        let _ = (seal.faults(), seal.strata_faults(), seal.commitment(), seal.total_draw(), seal.strata_with_chance());
    }
    if let Ok(anchors) = Anchors::parse(bytes) {
        let _ = (anchors.tokens(), anchors.kept_roots(), anchors.to_json());
    }
    let _ = (Opening::parse(bytes), parse_earlier(bytes));
    // seal and opening after another, against a frame of one row
    let at = bytes.iter().position(|b| *b == b'\n').unwrap_or(bytes.len());
    let (seal, opening) = bytes.split_at(at);
    let _ = check_files(b"", seal, opening, opening, None);
}

/// Journal, the heads that a draw keeps, a witness's log.
pub fn log(bytes: &[u8]) {
    static KEY: OnceLock<Option<SigningKey>> = OnceLock::new();
    as_file(".jsonl", bytes, |path| {
        let _ = check_journal_file(path);
        let _ = load_heads(path);
    });
    if let Some(key) = KEY.get_or_init(|| SigningKey::of_secret("见证人", KeyAlgorithm::Ed25519, SECRET)) {
        let _ = WitnessLog::parse(bytes, key).map(|log| log.to_bytes());
    }
}

/// A round of a beacon, typed or pasted.
pub fn drand(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for (chain, round) in CHAINS.iter().zip([123, 72_785]) {
        if let Ok(evidence) = BeaconEvidence::of_typed(&text, round) {
            let value = evidence.randomness().unwrap_or_default();
            let _ = beacon_faults(chain, round, &value, &evidence);
            let _ = chain.time_of(evidence.round);
        }
    }
}

/// Tokens of a time stamping authority, and certificates.
pub fn tsr(bytes: &[u8]) {
    static ROOTS: OnceLock<Vec<Vec<u8>>> = OnceLock::new();
    let roots = ROOTS.get_or_init(|| certificates_of(ROOT).unwrap_or_default());
    let own = certificates_of(bytes).unwrap_or_default();
    for certificate in &own {
        let _ = X509::parse(certificate).map(|c| (c.name(), c.check_time_stamping().is_ok(), c.check_signed_by(&c)));
    }
    for roots in [roots, &own] {
        let _ = check_stamp(bytes, SEAL, "2027-02-28T21:15:00+08:00", roots);
    }
}

/// Key files (with the password of the seeds), and a public key's line with a signature after it.
pub fn keys(bytes: &[u8]) {
    let _ = public_of(bytes);
    // a password is slow on purpose: it is tried where the file asks for the fewest rounds, and of those on some
    if String::from_utf8_lossy(bytes).contains("\"rounds\":100000,") && bytes.len().is_multiple_of(8) {
        let _ = SigningKey::unlock(bytes, PASSWORD).map(|key| key.sign(b"message"));
    }
    let (key, signature) = bytes.split_at(bytes.iter().position(|b| *b == b'\n').unwrap_or(bytes.len()));
    if let Some(key) = PublicKey::parse(&String::from_utf8_lossy(key))
        && let Ok(signature) = <&[u8; 64]>::try_from(signature.get(1..).unwrap_or_default())
    {
        let _ = key.verifies(b"message", signature);
    }
}
