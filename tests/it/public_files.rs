//! Personal data, formulas and unseen marks planted wherever somebody can type: none leaves by a public file.
//!
//! The scanner knows nothing of the masker: it unpacks what was written, makes every digit plain and throws away what
//! stands between letters and digits, then looks for the secrets.

use std::collections::BTreeSet;
use std::fs;
use std::io::{Cursor, Read as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use fairdraw::diagnostic::Diagnostics;
use fairdraw::disclosure::{CheckResult, DueCheck, Outcome, WithholdingGround};
use fairdraw::district::load_bundled_districts;
use fairdraw::domain::{Period, SubstituteCase};
use fairdraw::registry::Registry;
use fairdraw::registry::schema::sources;
use fairdraw::sampling::EntropyFormat;
use fairdraw::workspace::deeds::change::substitute_unit;
use fairdraw::workspace::deeds::open::{SecondEntry, TypedOpening, open_period, void_period};
use fairdraw::workspace::deeds::results::record_result;
use fairdraw::workspace::deeds::seal::{Pledge, seal_month};
use fairdraw::workspace::inputs::due::load_opened;
use fairdraw::workspace::reports::export::{ExportRequest, Exported, PUBLIC, export_project};
use fairdraw::workspace::store::draws::StoredDraw;
use fairdraw::workspace::store::project::CommandContext;
use fairdraw::workspace::store::project::Project;
use fairdraw::workspace::store::register::load_register;
use polars::prelude::StringChunked;

use super::project::{DICE, accepted_in, at, drawn_by_chance, month, pledge, project, proved};
use super::results::{GROUND, good};

/// A secret: what the scanner looks for in plain letters and digits, and how it is written.
type Secret = (&'static str, &'static [&'static str]);

const SECRETS: [Secret; 14] = [
    (
        "13812345678",
        &[
            "电话13812345678",
            "138/1234/5678",
            "138 1234 5678",
            "138-1234-5678",
            "１３８１２３４５６７８",
            "一三八一二三四五六七八",
            "+86 138 1234 5678",
            "0086-13812345678",
            "138\u{200b}1234\u{200b}5678",
            "138.1234.5678",
            "（138）12345678",
            "1 3 8 1 2 3 4 5 6 7 8",
            "138_1234_5678",
            "tel13812345678",
            "①③⑧①②③④⑤⑥⑦⑧",
            "幺三捌1234五六七八",
            "138:1234;5678",
            "138#1234“5678”",
            "1️⃣3️⃣8️⃣1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣7️⃣8️⃣",
            "1\u{336}3\u{336}8\u{336}1\u{336}2\u{336}3\u{336}4\u{336}5\u{336}6\u{336}7\u{336}8\u{336}",
            "➀➂➇➀➁➂➃➄➅➆➇",
            "〡〣〨〡〢〣〤〥〦〧〨",
            "㈠㈢㈧㈠㈡㈢㈣㈤㈥㈦㈧",
            "壹叁捌壹貳參肆伍陸柒捌",
            "洞八六幺三八幺两三四五六拐八",
            "༡༣༨༡༢༣༤༥༦༧༨",
        ],
    ),
    (
        "310113197503021234",
        &["310113197503021234", "310113 19750302 1234", "310113-19750302-1234", "３１０１１３１９７５０３０２１２３４"],
    ),
    ("310113750302123", &["身份证号：310113750302123", "310113 750302 123"]),
    ("e12345678", &["护照E12345678", "护照号码：E 1234 5678", "Ｅ１２３４５６７８"]),
    ("ea1234567", &["EA1234567"]),
    ("6222021234567890128", &["6222021234567890128", "6222 0212 3456 7890 128", "卡号6222-0212-3456-7890-128"]),
    ("4111111111111111", &["4111 1111 1111 1111"]),
    (
        "zhangsan77",
        &[
            "zhangsan_77@example.com",
            "zhangsan_77＠example.com",
            "zhangsan_77(at)example.com",
            "zhangsan_77#example.com",
            "zhangsan_77艾特example.com",
            "zhangsan_77 at example dot com",
            "zhangsan_77[@]example点com",
        ],
    ),
    (
        "wxidabc12345",
        &[
            "微信号：wxid_abc12345",
            "加微信 wxid_abc12345",
            "wxid_abc12345（微信）",
            "加V wxid_abc12345",
            "加微：wxid_abc12345",
        ],
    ),
    ("987654321", &["QQ：987654321", "QQ号 987 654 321", "扣扣987654321"]),
    ("沪ad12345", &["沪AD12345", "沪A·D12345", "沪A D12345"]),
    ("沪b99887", &["沪B99887", "沪B-99887"]),
    (
        "丰硕",
        &["联系人张丰硕", "联系人：张 丰硕", "法定代表人张丰硕", "负责人（张丰硕）", "老板张丰硕", "经理：张丰硕"],
    ),
    ("锋云", &["法定代表人：欧阳锋云", "陪同人员欧阳锋云、李四到场"]),
];

const FORMULAS: [&str; 4] = ["=cmd|' /C calc'!A0", "=HYPERLINK(\"http://evil.cn\",\"查看\")", "@SUM(1+1)", "\t=1+1"];
const MARKS: [char; 6] = ['\u{202e}', '\u{202d}', '\u{2066}', '\u{200b}', '\u{feff}', '\u{ad}'];

/// Checks whose results carry secrets.
const PLANTED: usize = 14;

/// Everything at once, as a text of a hostile hand; `at` turns the spellings, so that each place gets another first.
fn planted(at: usize) -> String {
    let mut text = FORMULAS[at % FORMULAS.len()].to_owned();
    text.push_str("；见\u{202e}附件\u{202c}");
    for (i, (_, spellings)) in SECRETS.iter().enumerate() {
        for n in 0..spellings.len() {
            text.push('；');
            text.push_str(spellings[(at + i + n) % spellings.len()]);
        }
    }
    text
}

/// Letters and digits alone, each digit as 0 to 9, letters small.
fn plain(text: &str) -> String {
    // the rows of digits that the spellings use, each from its one on
    const ROWS: [u32; 6] = [0xff11, 0x2460, 0x2780, 0x3021, 0x3220, 0xf21];
    let digit = |c: char| -> Option<char> {
        let code = u32::from(c);
        let row = ROWS.iter().find(|one| (**one..**one + 9).contains(&code));
        if let Some(one) = row {
            return char::from_digit(code - one + 1, 10);
        }
        match c {
            '０' | '〇' | '零' | '洞' => Some('0'),
            '幺' => Some('1'),
            '两' => Some('2'),
            '拐' => Some('7'),
            _ => ["一二三四五六七八九", "壹貳參肆伍陸柒捌玖", "一二叁四五六七八九"]
                .iter()
                .find_map(|row| row.chars().position(|own| own == c))
                .and_then(|n| char::from_digit(n as u32 + 1, 10)),
        }
    };
    let letter = |c: char| match c {
        'Ａ'..='Ｚ' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        c => c,
    };
    let kept = text.chars().map(|c| digit(c).unwrap_or_else(|| letter(c))).filter(|c| c.is_alphanumeric());
    kept.flat_map(char::to_lowercase).collect()
}

fn entities(text: &str) -> String {
    [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&apos;", "'"), ("&amp;", "&")]
        .iter()
        .fold(text.to_owned(), |text, (name, sign)| text.replace(name, sign))
}

/// Markup and JSON escapes out of the way.
fn words(text: &str) -> String {
    let mut out = String::new();
    let mut inside = false;
    for c in text.chars() {
        match c {
            '<' => inside = true,
            '>' => inside = false,
            c if !inside => out.push(c),
            _ => {}
        }
    }
    entities(&out)
}

/// The texts of a public file: of each part of an office file, of the pages of a document.
fn texts(path: &Path) -> Vec<(String, String)> {
    let bytes = fs::read(path).unwrap();
    let name = path.file_name().unwrap().to_string_lossy().into_owned();
    let mut out = vec![("name".to_owned(), name.clone())];
    if bytes.starts_with(b"PK") {
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        for at in 0..archive.len() {
            let mut part = archive.by_index(at).unwrap();
            let name_of_part = part.name().unwrap().into_owned();
            let mut text = Vec::new();
            part.read_to_end(&mut text).unwrap();
            out.push((name_of_part, String::from_utf8_lossy(&text).into_owned()));
        }
    } else if bytes.starts_with(b"%PDF") {
        out.push(("pages".to_owned(), fairdraw::export::pdf_text(&bytes).unwrap()));
    } else {
        out.push((name, String::from_utf8(bytes).unwrap()));
    }
    out
}

fn files_of(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files_of(&path, out) } else { out.push(path) }
    }
}

/// What is wrong with the public files of a folder.
fn scan(folder: &Path) -> (usize, BTreeSet<String>) {
    let (mut files, mut faults) = (Vec::new(), BTreeSet::new());
    files_of(folder, &mut files);
    for path in &files {
        let shown = path.strip_prefix(folder).unwrap().display().to_string();
        for (part, text) in texts(path) {
            let seen = [plain(&words(&text)), plain(&text)];
            for (secret, _) in SECRETS {
                if seen.iter().any(|text| text.contains(secret)) {
                    faults.insert(format!("{shown} {part}: {secret}"));
                }
            }
            // a csv begins with one mark of its own
            let body = text.strip_prefix('\u{feff}').unwrap_or(&text);
            // the checking page speaks of such marks in its script
            if body.contains(MARKS) && !shown.contains("verify") {
                faults.insert(format!("{shown} {part}: unseen mark"));
            }
            if text.contains("<f>") || text.contains("<f ") {
                faults.insert(format!("{shown} {part}: formula"));
            }
        }
        if path.extension().is_some_and(|end| end == "csv") {
            let bytes = fs::read(path).unwrap();
            let body = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&bytes);
            for record in csv::ReaderBuilder::new().flexible(true).from_reader(body).records() {
                for cell in &record.unwrap() {
                    if cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) {
                        faults.insert(format!("{shown}: formula {cell}"));
                    }
                }
            }
        }
    }
    (files.len(), faults)
}

/// Writes `text` in the place of `from` in a file of an older project.
fn put(path: &Path, from: &str, text: &str) {
    let before = fs::read_to_string(path).unwrap();
    assert!(before.contains(from), "{from} in {}", path.display());
    fs::write(path, before.replace(from, text)).unwrap();
}

/// As a string of JSON.
fn json(text: &str) -> String {
    serde_json::to_string(text).unwrap().trim_matches('"').to_owned()
}

/// A project whose January was sealed twice, opened, substituted and visited whole, with secrets in every place where
/// one can be typed or was typed before such words were refused.
fn hostile_project(folder: &Path) -> (Project, Registry) {
    let (mut project, mut registry) = project(folder);
    let january = Period::Month(month("2027-01"));
    let sealed = |again: Option<&str>, now: &str| {
        let pledge = Pledge { again: again.map(str::to_owned), ..pledge("2026-12-29T20:00:00", "区公证处掷骰") };
        seal_month(&project, &registry, month("2027-01"), &pledge, &at(now)).unwrap();
    };
    sealed(None, "2026-12-28T09:00:00");
    void_period(&project, january, "作废理由甲", &at("2026-12-28T10:00:00")).unwrap();
    sealed(Some("再次封存乙"), "2026-12-28T11:00:00");
    open_period(&project, january, DICE, &at("2026-12-30T09:00:00")).unwrap();
    let draw = StoredDraw::load(&project, january, 2).unwrap();
    let dead = drawn_by_chance(&draw, 0, 2).swap_remove(0);
    let of = (SubstituteCase::Closed, proved("替换理由丙"));
    substitute_unit(&project, &registry, month("2027-01"), &dead, of, &at("2027-01-04T09:00:00")).unwrap();
    // typed by an older program, which took any words
    put(&draw.folder.join("changes.json"), "替换理由丙", &json(&planted(3)));
    let register = load_register(&project).unwrap();
    let lines = register.with_reasons(|line| match line.reason.as_str() {
        "作废理由甲" => planted(0).replace(|c: char| c.is_control(), ""),
        "再次封存乙" => planted(1).replace(|c: char| c.is_control(), ""),
        other => other.to_owned(),
    });
    fs::write(project.root().join("register.csv"), lines.to_csv()).unwrap();
    accepted_in(&project, "2027-01-04T10:00:00");

    // names in the register of sources
    let checks: Vec<DueCheck> = load_opened(&project, &registry).unwrap().remove(0).checks;
    let drawn: BTreeSet<String> = checks.iter().take(PLANTED).map(|check| check.unit_id.to_string()).collect();
    let (units, names) =
        (sources::UNIT_ID.of(&registry.sources).unwrap(), sources::NAME.of(&registry.sources).unwrap());
    let hostile: StringChunked = (0..registry.sources.height())
        .map(|row| {
            let name = names.get(row).unwrap_or_default();
            let ours = drawn.contains(units.get(row).unwrap_or_default());
            Some(if ours && row % 2 == 0 {
                format!("{}（{name}）有限公司", planted(row))
            } else {
                name.to_owned()
            })
        })
        .collect();
    registry.sources.with_column(sources::NAME.column(hostile)).unwrap();
    // words of the office's own rules
    "上海市某区局联系人张丰硕\u{202e}138 1234 5678".clone_into(&mut project.policy.agency_name);
    project.policy.bodies.iter_mut().for_each(|body| body.name = format!("{}{}", body.name, planted(5)));
    project.policy.disclosure.matters = vec![planted(6), "排污许可".to_owned()];
    // results of every check
    let checks: Vec<DueCheck> = load_opened(&project, &registry).unwrap().remove(0).checks;
    for (i, check) in checks.iter().filter(|check| !check.withdrawn).enumerate() {
        if i >= PLANTED {
            record_result(&project, &registry, good(check), "", &at("2027-01-15T09:00:00")).unwrap();
            continue;
        }
        let mut result = CheckResult { matters: planted(i + 7), handling: planted(i), ..good(check) };
        if i % 3 == 0 {
            result.outcome = Outcome::Ordered;
            result.problem = planted(i + 1);
        }
        if i % 7 == 6 {
            result.withheld = Some(WithholdingGround::new(&format!("{GROUND}；{}", planted(i))).unwrap());
        }
        record_result(&project, &registry, result, "", &at("2027-01-15T09:00:00")).unwrap();
    }
    (project, registry)
}

fn export(project: &Project, registry: &Registry, to: &Path) -> Exported {
    let districts = load_bundled_districts(&mut Diagnostics::new()).unwrap();
    let request = ExportRequest { month: None, only: vec![PUBLIC.to_owned()] };
    export_project(project, registry, &districts, to, &request, &at("2027-01-18T09:00:00")).unwrap()
}

#[test]
fn the_scanner_sees_each_spelling() {
    let folder = tempfile::tempdir().unwrap();
    for (secret, spellings) in SECRETS {
        for spelling in spellings {
            let path = folder.path().join("a.html");
            fs::write(&path, format!("<p>{spelling}</p>")).unwrap();
            let (_, faults) = scan(folder.path());
            assert!(faults.iter().any(|fault| fault.contains(secret)), "{spelling}: {faults:?}");
        }
    }
    fs::write(folder.path().join("b.csv"), "a\n=1\n").unwrap();
    assert!(scan(folder.path()).1.iter().any(|fault| fault.contains("formula")));
}

#[test]
fn no_public_file_carries_what_was_planted() {
    let folder = tempfile::tempdir().unwrap();
    let (project, registry) = hostile_project(folder.path());
    let to = folder.path().join("出");
    let exported = export(&project, &registry, &to);
    let (files, faults) = scan(&to.join(PUBLIC));
    assert!(files >= 15, "{files}");
    let names: Vec<String> = exported.files.iter().map(|path| path.display().to_string()).collect();
    for kind in [
        "抽取证书",
        "封签登记簿",
        "检查结果公开表",
        "不予公开清单",
        "通告",
        ".docx",
        ".pdf",
        "seals.html",
        "年度检查计划",
    ] {
        assert!(names.iter().any(|name| name.contains(kind)), "{kind}: {names:?}");
    }
    assert!(faults.is_empty(), "{faults:#?}");
    // what was hidden is told, by kind and one by one, and stands in the manifest as numbers alone
    let counts = exported.masked.counts;
    assert!(counts.kinds().iter().filter(|(kind, _)| *kind != "个体经营者").all(|(_, count)| *count > 0), "{counts:?}");
    let places: Vec<&str> = exported.masked.found.iter().map(|text| text.place.as_str()).collect();
    for place in ["处理情况", "检查事项", "单位名称", "执法主体", "依据", "机关名称", "原因", "替换理由"]
    {
        assert!(places.iter().any(|own| own.contains(place)), "{place}: {places:?}");
    }
    assert!(exported.notes.iter().any(|note| note.contains("公开文件已遮盖") && note.contains("电话")));
    let manifest = fs::read_to_string(to.join(PUBLIC).join("manifest.json")).unwrap();
    assert!(manifest.contains("\"identities\": "), "{manifest}");
    // certificates made so verify; the office's own register keeps its words
    let certificate = names.iter().find(|name| name.contains("抽取证书") && name.ends_with(".json")).unwrap();
    let verified = Command::new(env!("CARGO_BIN_EXE_fairdraw")).args(["verify", certificate]).output().unwrap();
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stderr));
    assert!(fs::read_to_string(project.root().join("register.csv")).unwrap().contains("138"));
}

#[test]
fn words_that_would_be_sealed_are_refused_before_anything_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let (project, registry) = project(folder.path());
    let january = month("2027-01");
    let good = pledge("2026-12-29T20:00:00", "区公证处掷骰");
    let refused =
        |pledge: &Pledge| seal_month(&project, &registry, january, pledge, &at("2026-12-28T09:00:00")).unwrap_err();
    let error = refused(&Pledge { entropy_source: "公证员张丰硕 138 1234 5678".into(), ..good.clone() });
    assert_eq!(error.code(), "DIS-063");
    assert!(error.to_string().contains("公开数的来源") && !error.to_string().contains("1234"), "{error}");
    assert_eq!(refused(&Pledge { reference: "第1期\u{202e}".into(), ..good.clone() }).code(), "DIS-064");
    assert_eq!(load_register(&project).unwrap().seals().count(), 1, "the year's alone");
    seal_month(&project, &registry, january, &good, &at("2026-12-28T09:00:00")).unwrap();
    let period = Period::Month(january);
    let void = |reason: &str| void_period(&project, period, reason, &at("2026-12-28T10:00:00"));
    assert_eq!(void("联系人张丰硕要求作废").unwrap_err().code(), "DIS-063");
    assert_eq!(void("=cmd|' /C calc'!A0").unwrap_err().code(), "DIS-064");
    assert!(load_register(&project).unwrap().pending().is_some(), "nothing was written");
    void("名录有误，重新封存").unwrap();
}

/// Who typed a lottery's number stands beside the published certificate.
#[test]
fn who_typed_a_number_leaves_without_what_is_nobody_s_business() {
    let folder = tempfile::tempdir().unwrap();
    let (project, registry) = project(folder.path());
    let january = month("2027-01");
    let lottery = Pledge {
        format: EntropyFormat::Mixed,
        entropy_source: "ssq:双色球;ssq:双色球".into(),
        reference: "2026-12-29开奖的一期;2026-12-31开奖的一期".into(),
        available_at: String::new(),
        ..pledge("2026-12-31T21:15:00", "")
    };
    seal_month(&project, &registry, january, &lottery, &at("2026-12-28T09:00:00")).unwrap();
    let number = "ssq=03 07 12 18 25 31+09;ssq=01 02 03 04 05 33+16";
    let typed = |name: &str| TypedOpening {
        entropy: number.to_owned(),
        second: Some(SecondEntry { name: name.to_owned(), entropy: number.to_owned() }),
        ..TypedOpening::default()
    };
    let now = at("2027-01-01T09:00:00");
    let open = |typed: TypedOpening, now: &CommandContext| open_period(&project, Period::Month(january), typed, now);
    assert_eq!(open(typed("张丰硕 138 1234 5678"), &now).unwrap_err().code(), "DIS-063");
    for same in ["测试员", "测 试员", " 测试员\u{3000}"] {
        assert_eq!(open(typed(same), &now).unwrap_err().code(), "ANC-044", "{same}");
    }
    let told = CommandContext { operator: "测试员 13812345678".to_owned(), ..now };
    open(typed("李建国"), &told).unwrap();
    let anchors = project.draw_folder(Period::Month(january), 1).join("anchors.json");
    let kept = fs::read_to_string(&anchors).unwrap();
    assert!(kept.contains("李建国") && !kept.contains("12345678"), "{kept}");
    // as an earlier program kept it
    put(&anchors, "李建国", "李建国138/1234/5678");
    accepted_in(&project, "2027-01-04T10:00:00");
    let to = folder.path().join("出");
    let districts = load_bundled_districts(&mut Diagnostics::new()).unwrap();
    let request = ExportRequest { month: None, only: vec![PUBLIC.to_owned()] };
    export_project(&project, &registry, &districts, &to, &request, &at("2027-06-01T09:00:00")).unwrap();
    let public = fs::read_to_string(to.join(PUBLIC).join("网页/certificate-2027-01-1.anchors.json")).unwrap();
    assert!(public.contains("李建国138/****/****"), "{public}");
    assert_eq!(scan(&to.join(PUBLIC)).1, BTreeSet::new());
}
