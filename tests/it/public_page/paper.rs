//! From paper: a task sheet's page, printed and photographed as it happens at a gate, gives the proof back to all three
//! checkers. The proof is as large as a city's gets: 56 strata, 2 000 targets, two thirds of the reasons for which units
//! are left out, files changed by another hand, earlier seals.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use fairdraw::domain::{StratumId, UnitId};
use fairdraw::export::documents::{Fonts, Templates, Typesetter, render_task_pack};
use fairdraw::export::{is_proof_code, pdf_text, proof_qr_text, read_proof};
use fairdraw::sampling::{
    FrameKey, Method, ReasonGrounds, SealRequest, Secret, StratumTargets, Target, UnitProof, check_proof,
    compute_frame, compute_proof, compute_seal, compute_told, sha256, to_hex,
};

use super::browser::document;
use super::{PAGE, browser};
use crate::export::documents::pack;
use crate::sampling::{Example, opened, reference, request_of};

/// Why units are left out of a city's draw, and why they must be checked.
const OUT: [&str; 7] = ["closed", "mandatory_ahead", "moved", "no_quota", "positive_list", "stopped", "window"];
const MUST: [&str; 4] = ["mandatory_change", "mandatory_first", "mandatory_renewal", "recheck"];

/// A page address as long as they come.
const ADDRESS: &str = "https://sthj.shanghai.example.gov.cn/xxgk/shuangsuiji/gongkai/2027/verify.html";

/// A number below `below` that looks like any other.
fn any(seed: u64, below: u64) -> u64 {
    let hash = sha256(&[b"any", &seed.to_be_bytes()]);
    u64::from_be_bytes(hash[..8].try_into().unwrap()) % below
}

/// A city's draw of 2 000 targets from 38 000 units.
fn city() -> Example {
    let mut strata = Vec::new();
    for s in 0..56_u64 {
        let id = StratumId::new(format!("3101{:02}/{}", s / 3, ["general", "key", "simple"][s as usize % 3])).unwrap();
        let unit = |n: u64| UnitId::new(format!("91310{:03}MA1FL{s:02}{n:04}001P", any(s, 1000))).unwrap();
        let size = [420, 150, 1400][s as usize % 3] + any(s + 100, 90);
        let mut units: Vec<(UnitId, Target)> =
            (0..size).map(|n| (unit(n), Target::Weight(0.1 + ((n * 37 + s) % 23) as f64 / 7.0))).collect();
        let mut add = |reason: &str, many: u64, target: fn(String) -> Target| {
            for _ in 0..any(s * 31 + units.len() as u64, many) {
                units.push((unit(units.len() as u64), target(reason.to_owned())));
            }
        };
        for (reason, many) in OUT.iter().zip([16, 70, 20, 5, 34, 9, 18]) {
            add(reason, many, Target::Excluded);
        }
        for reason in MUST {
            add(reason, 6, Target::Certain);
        }
        let sure = units.iter().filter(|(_, target)| matches!(target, Target::Certain(_))).count();
        strata.push(StratumTargets { id, quota: sure + 28, units });
    }
    let frame = compute_frame(Method::LATEST, strata, &FrameKey::from_bytes(sha256(&[b"key"]))).unwrap().frame;
    let hash = |text: String| sha256(&[text.as_bytes()]);
    let counted = |reason: &str| frame.rows().filter(|row| row.pi_ppb == 0 && row.reason == reason).count() as u64;
    let grounds = ["closed", "moved", "positive_list", "stopped"].map(|reason| ReasonGrounds {
        entered: 1,
        imported: counted(reason).saturating_sub(1),
        reason: reason.into(),
    });
    let request = SealRequest {
        program: "FairDraw 0.1.0".into(),
        sequence: 3,
        previous: Some(hash("previous".into())),
        earlier: (0..2).map(|n| hash(format!("earlier {n}"))).collect(),
        interventions: (0..5).map(|n| hash(format!("by hand {n}"))).collect(),
        grounds: grounds.to_vec(),
        entropy_source: "区公证处现场掷骰与中国福利彩票双色球".into(),
        ..request_of(&frame)
    };
    let secret = Secret::from_bytes(sha256(&[b"secret"]));
    let seal = compute_seal(request, &frame, &secret).unwrap();
    opened(frame, seal, &secret)
}

/// What a drawn unit is told before the opening is public, and its proof afterwards.
fn sheet_proofs(e: &Example) -> [UnitProof; 2] {
    let tree = e.frame.tree();
    let unit = e.frame.unit_id(e.order.strata[50].selected()[3].row as usize);
    let head = to_hex(&sha256(&[b"head"]));
    let told = compute_told(&e.frame, &e.seal, &e.opening, &e.order, unit, &head).unwrap();
    let of = |opened| compute_proof(&e.frame, &tree, &e.seal, opened, unit).unwrap();
    [UnitProof { told: Some(told), ..of(None) }, of(Some((&e.opening, &e.order)))]
}

/// A grey picture.
struct Picture {
    wide: usize,
    high: usize,
    pixels: Vec<u8>,
}

impl Picture {
    fn parse(bytes: &[u8]) -> Self {
        let mut parts = bytes.splitn(4, |b| *b == b'\n');
        assert_eq!(parts.next().unwrap(), b"P5");
        let size = String::from_utf8(parts.next().unwrap().to_vec()).unwrap();
        let (wide, high) = size.split_once(' ').unwrap();
        let (wide, high) = (wide.parse().unwrap(), high.parse().unwrap());
        assert_eq!(parts.next().unwrap(), b"255");
        Self { wide, high, pixels: parts.next().unwrap().to_vec() }
    }

    /// With one pixel for every square of so many: the mean, as a sensor has it.
    fn shrunk(&self, by: usize) -> Self {
        let (wide, high) = (self.wide / by, self.high / by);
        let mean = |x: usize, y: usize| {
            let square = (0..by * by).map(|n| self.pixels[(y * by + n / by) * self.wide + x * by + n % by]);
            (square.map(u32::from).sum::<u32>() / (by * by) as u32) as u8
        };
        let pixels = (0..high).flat_map(|y| (0..wide).map(move |x| (x, y))).map(|(x, y)| mean(x, y)).collect();
        Self { wide, high, pixels }
    }

    /// Twice as large, as readers enlarge what is small.
    fn enlarged(&self) -> Self {
        let (wide, high) = (self.wide * 2, self.high * 2);
        let between = |x: usize, y: usize| self.at(x as f64 / 2.0 - 0.25, y as f64 / 2.0 - 0.25) as u8;
        let pixels = (0..high).flat_map(|y| (0..wide).map(move |x| (x, y))).map(|(x, y)| between(x, y)).collect();
        Self { wide, high, pixels }
    }

    fn to_pgm(&self) -> Vec<u8> {
        [format!("P5\n{} {}\n255\n", self.wide, self.high).as_bytes(), &self.pixels].concat()
    }

    /// Brightness between pixels; white outside.
    fn at(&self, x: f64, y: f64) -> f64 {
        let (left, top) = (x.floor(), y.floor());
        let pixel = |x: f64, y: f64| {
            let inside = x >= 0.0 && y >= 0.0 && (x as usize) < self.wide && (y as usize) < self.high;
            if inside { f64::from(self.pixels[y as usize * self.wide + x as usize]) } else { 255.0 }
        };
        let (u, v) = (x - left, y - top);
        let row = |y: f64| pixel(left, y) * (1.0 - u) + pixel(left + 1.0, y) * u;
        row(top) * (1.0 - v) + row(top + 1.0) * v
    }

    /// As a camera sees it: turned by so many degrees, further away at the top, out of focus by so many pixels, grey
    /// where it was black and white, lit from one side, with noise.
    fn photographed(&self, degrees: f64, tilt: f64, blur: f64, noise: u64) -> Self {
        let (sine, cosine) = degrees.to_radians().sin_cos();
        let (mx, my) = (self.wide as f64 / 2.0, self.high as f64 / 2.0);
        let seen = |x: usize, y: usize| {
            let (dx, dy) = (x as f64 - mx, y as f64 - my);
            let away = 1.0 + tilt * dy / my;
            let (px, py) = (dx * away, dy * away);
            self.at(mx + px * cosine - py * sine, my + px * sine + py * cosine)
        };
        let mut pixels = Vec::with_capacity(self.pixels.len());
        let sharp: Vec<f64> =
            (0..self.high).flat_map(|y| (0..self.wide).map(move |x| (x, y))).map(|(x, y)| seen(x, y)).collect();
        let sharp_at = |x: i64, y: i64| {
            let (x, y) = (x.clamp(0, self.wide as i64 - 1), y.clamp(0, self.high as i64 - 1));
            sharp[y as usize * self.wide + x as usize]
        };
        let around = [(-1, -1), (0, -1), (1, -1), (-1, 0), (0, 0), (1, 0), (-1, 1), (0, 1), (1, 1)];
        let weights = around.map(|(dx, dy): (i64, i64)| (-((dx * dx + dy * dy) as f64) / (2.0 * blur * blur)).exp());
        let whole: f64 = weights.iter().sum();
        let mut state = 12345_u64;
        for y in 0..self.high as i64 {
            for x in 0..self.wide as i64 {
                let soft: f64 = around.iter().zip(weights).map(|((dx, dy), w)| sharp_at(x + dx, y + dy) * w).sum();
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let grain = ((state >> 33) % (2 * noise + 1)) as f64 - noise as f64;
                let light = 25.0 * (x as f64 / self.wide as f64 - 0.5);
                pixels.push((70.0 + soft / whole * 0.55 + light + grain).clamp(0.0, 255.0) as u8);
            }
        }
        Self { pixels, ..*self }
    }
}

/// What zbar reads of a picture; empty where it finds no code.
fn read_back(folder: &Path, picture: &Picture) -> String {
    let path = folder.join("photo.pgm");
    fs::write(&path, picture.to_pgm()).unwrap();
    let out = Command::new("zbarimg").args(["--quiet", "--raw"]).arg(&path).output().expect("zbarimg");
    String::from_utf8(out.stdout).unwrap().trim().to_owned()
}

#[test]
#[ignore = "needs zbarimg, pdftoppm, python3 and chromium"]
fn a_printed_code_photographed_is_read_back_and_every_checker_takes_it() {
    let (folder, e) = (tempfile::tempdir().unwrap(), city());
    assert!(e.seal.total_draw() >= 2000, "{}", e.seal.total_draw());
    let (fonts, templates) = (Fonts::bundled(), Templates::default());
    let created = chrono::NaiveDate::from_ymd_opt(2027, 3, 1).unwrap().and_hms_opt(9, 0, 0).unwrap();
    let typesetter = Typesetter { fonts: &fonts, templates: &templates, program: "fairdraw 0.1.0", created };
    for proof in sheet_proofs(&e) {
        let text = proof_qr_text(&proof, Some(ADDRESS));
        let mut pack = pack(2);
        pack.details[0].proof = Some(text.clone());
        pack.book.targets[0].unit.name =
            "上海犇淼鑫镕（集团）长三角一体化示范区精细化工与表面处理科技发展股份有限公司第二分公司".into();
        pack.book.targets[0].staff.body_name = "中国（上海）自由贸易试验区临港新片区生态环境综合执法大队".into();
        let made = render_task_pack(&pack, (true, false), &typesetter).unwrap();
        let pages = pdf_text(&made.files[0].bytes).unwrap();
        let page = 1 + pages.lines().position(|page| page.contains("双随机检查任务单")).unwrap();
        assert!(pages.lines().nth(page).unwrap().contains("检查表"), "a sheet takes one page");
        let pdf = folder.path().join("tasks.pdf");
        fs::write(&pdf, &made.files[0].bytes).unwrap();
        let mut told = String::new();
        let number = page.to_string();
        let stem = folder.path().join("page");
        let output = Command::new("pdftoppm")
            .args(["-gray", "-singlefile", "-r", "600", "-f", &number, "-l", &number])
            .args([&pdf, &stem])
            .output()
            .expect("pdftoppm");
        assert!(output.status.success(), "{output:?}");
        let print = Picture::parse(&fs::read(stem.with_extension("pgm")).unwrap());
        for (dpi, degrees, tilt, blur, noise) in [
            (150, 0.0, 0.0, 0.0, 0),
            (150, 2.0, 0.01, 0.5, 6),
            (150, 3.0, 0.02, 0.7, 10),
            (300, 0.0, 0.0, 0.0, 0),
            (300, 4.0, 0.03, 0.9, 12),
            (300, -6.0, -0.03, 0.9, 12),
        ] {
            let mut picture = print.shrunk(600 / dpi);
            if blur > 0.0 {
                picture = picture.photographed(degrees, tilt, blur, noise);
            }
            let is_read = read_back(folder.path(), &picture) == text
                || dpi == 150 && read_back(folder.path(), &picture.enlarged()) == text;
            write!(told, "{dpi} dpi {degrees}°: {}; ", if is_read { "read" } else { "NOT READ" }).unwrap();
        }
        // how large a module is on the page: the picture has a pixel for each
        let output = Command::new("pdfimages").args(["-list", "-f", &number, "-l", &number]).arg(&pdf).output();
        let list = String::from_utf8(output.expect("pdfimages").stdout).unwrap();
        let code: Vec<&str> = list.lines().nth(2).unwrap().split_whitespace().collect();
        let (modules, dots): (f64, f64) = (code[3].parse().unwrap(), code[12].parse().unwrap());
        let module = 25.4 / dots;
        println!("{} characters, {modules} modules of {module:.2} mm; {told}", text.len());
        assert!(module >= 0.5, "{list}");
        assert!(!told.contains("NOT READ"), "{told}");
        // the program, the reference and the page take what was read
        assert!(is_proof_code(text.as_bytes()));
        let read = read_proof(text.as_bytes()).unwrap();
        assert_eq!(read, proof.clone().for_code());
        assert!(check_proof(&read, Some(&to_hex(&e.seal.commitment()))).is_verified());
        let path = folder.path().join("code.txt");
        fs::write(&path, &text).unwrap();
        let (good, said) = reference::run(&["proof".as_ref(), path.as_ref()]);
        assert!(good && said.contains("verified"), "{said}");
        let page = browser::put(folder.path(), "verify.html", PAGE);
        let (_, code) = text.split_once('#').unwrap();
        let shown = document(&format!("{page}#{code}"), 390);
        assert!(shown.contains("data-checked=\"passed\"") && shown.contains(proof.row.unit_id.as_str()));
    }
}
