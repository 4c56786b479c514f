//! The checks of a draw, with and without its frame.
//!
//! `check_draw` repeats everything from the frame, the seal and the opening, as the independent reference
//! checker does, in its order and with its words as `detail`; `check_certificate` checks what a certificate
//! proves alone (each listed row is sealed and is selected) and, given the frame, that nobody was left out.
//! Without the commitment as it was published a check says 未与公布的承诺值核对.

use super::certificate::{
    CERTIFICATE_FORMAT, Certificate, CertificateStratum, DEMONSTRATION, Shown, certificate_of, check_path, format_fault,
};
use super::counts::count_faults;
use super::draw::{DrawResult, draw_units};
use super::fault::{CheckReport, Fault};
use super::frame::SamplingFrame;
use super::hash::{Hash32, hash_from_hex, sha256, to_hex};
use super::method::Method;
use super::opening::{DrawSeed, Opening};
use super::probability::{rank_faults, root_faults, row_faults, sum_faults};
use super::seal::Seal;
use super::ticket::{TicketMaker, compute_key, key_from_hex, key_to_hex};

/// Name of the step that holds a commitment against the published one.
pub(super) const PUBLISHED: &str = "公布的承诺值";
/// What a check says that was given no published commitment.
pub const NOT_PUBLISHED: &str = "未与公布的承诺值核对";

/// All of a seal's own faults, its strata included.
pub(super) fn seal_faults(seal: &Seal) -> Vec<Fault> {
    let mut faults = seal.faults();
    faults.extend(seal.strata_faults());
    faults
}

/// All of an opening's own faults.
pub(super) fn opening_faults(opening: &Opening, seal: &Seal) -> Vec<Fault> {
    let mut faults = opening.format_faults();
    faults.extend(opening.text_faults());
    faults.extend(opening.entropy_faults(seal));
    faults
}

pub(super) fn commitment_faults(opening: &Opening, commitment: &Hash32) -> Vec<Fault> {
    if hash_from_hex(&opening.commitment) == Some(*commitment) {
        return Vec::new();
    }
    let text = to_hex(commitment);
    vec![Fault::new(
        "VER-012",
        format!("由封签算出的承诺值为 {text}，与开封文件中的不同：封签或开封文件被改动"),
        format!("commitment: the seal gives {text}"),
    )]
}

/// Adds the step that holds the commitment against the published one.
pub(super) fn check_published(report: &mut CheckReport, commitment: &Hash32, published: Option<&str>) {
    let Some(published) = published else {
        report.skip(PUBLISHED, NOT_PUBLISHED);
        return;
    };
    let text = to_hex(commitment);
    let faults = if as_typed(published) == text {
        Vec::new()
    } else {
        vec![Fault::new(
            "VER-013",
            format!("封签的承诺值 {text} 不是公布的那一个（{published}）"),
            "commitment: not the published one",
        )]
    };
    report.step(PUBLISHED, "与公布的承诺值一致", faults);
}

/// A hash as a notice prints it, in groups and in either case, in its one spelling.
#[must_use]
pub fn as_typed(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && *c != '-').map(|c| c.to_ascii_lowercase()).collect()
}

pub(super) fn secret_faults(opening: &Opening, seal: &Seal) -> Vec<Fault> {
    match hash_from_hex(&opening.secret) {
        Some(secret) if to_hex(&sha256(&[&secret])) == seal.secret_sha256 => Vec::new(),
        _ => vec![Fault::new("VER-014", "秘密与封签中的 secret_sha256 不符", "secret does not match secret_sha256")],
    }
}

/// Everything wrong with a draw. `published` is the commitment as it was published, 64 hexadecimal digits.
#[must_use]
pub fn check_draw(
    frame: &SamplingFrame,
    seal: &Seal,
    opening: &Opening,
    result: &DrawResult,
    published: Option<&str>,
) -> Vec<Fault> {
    check_draw_steps(frame, seal, opening, Some(result), published).faults
}

/// As [`check_draw`], step by step; without a result everything but it is checked.
#[must_use]
pub fn check_draw_steps(
    frame: &SamplingFrame,
    seal: &Seal,
    opening: &Opening,
    result: Option<&DrawResult>,
    published: Option<&str>,
) -> CheckReport {
    const LATER: [&str; 9] = [
        "承诺值",
        "公布的承诺值",
        "秘密",
        "层",
        "抽样框各行",
        "抽样框的根",
        "层的规模与概率之和",
        "实际入选概率",
        "抽取结果",
    ];
    let mut report = CheckReport::default();
    let mut form = seal.format_faults();
    form.extend(seal.text_faults());
    form.extend(seal.entropy_faults());
    report.step("封签格式", seal_words(seal), form);
    report.step("开封格式", format!("公开数 {}", opening.entropy_value), opening_faults(opening, seal));
    if !report.is_verified() {
        return report.skip_all(&LATER);
    }
    let commitment = seal.commitment();
    report.step("承诺值", to_hex(&commitment), commitment_faults(opening, &commitment));
    check_published(&mut report, &commitment, published);
    report.step("秘密", "秘密与封签相符", secret_faults(opening, seal));
    let strata = seal.strata_faults();
    let broken = strata.iter().any(|fault| fault.detail == "seal: strata");
    report.step("层", strata_words(seal), strata);
    if broken {
        return report.skip_all(&LATER[4..]);
    }
    report.step("抽样框各行", format!("{} 行", frame.len()), row_faults(frame, seal));
    if !report.is_verified() {
        return report.skip_all(&LATER[5..]);
    }
    report.step("抽样框的根", seal.frame_root.clone(), root_faults(frame, seal));
    let mut sums = sum_faults(frame, seal);
    sums.extend(count_faults(frame, seal));
    report.step("层的规模与概率之和", "各层概率之和等于抽取数", sums);
    let precision = seal.method().unwrap_or(Method::LATEST).precision();
    report.step("实际入选概率", precision, rank_faults(frame, seal));
    match (result, opening.seed(seal)) {
        (Some(result), Some(seed)) => {
            let order = draw_units(frame, seal, &seed);
            let drawn: usize = order.strata.iter().map(|s| s.selected().len()).sum();
            report.step("抽取结果", format!("抽中 {drawn} 个，与重新计算的一致"), result.faults(frame, &order));
        }
        _ => report.skip("抽取结果", "没有给出结果"),
    }
    report
}

/// How many strata were sealed, and in how many of them somebody can be drawn: the ceremony speaks of these.
pub(super) fn strata_words(seal: &Seal) -> String {
    format!("{} 个层，其中 {} 层参加抽取", seal.strata.len(), seal.strata_with_chance())
}

/// Checks a certificate; with the frame also that nobody was left out.
#[must_use]
pub fn check_certificate(
    certificate: &Certificate,
    frame: Option<&SamplingFrame>,
    published: Option<&str>,
) -> CheckReport {
    let mut report = CheckReport::default();
    if certificate.format != CERTIFICATE_FORMAT {
        report.step("证书格式", "", vec![format_fault(&certificate.format)]);
        return report;
    }
    if !certificate.seal.is_format_1() {
        let text = format!("证书格式「{}」与封签格式「{}」不相配", certificate.format, certificate.seal.format);
        report.step("证书格式", "", vec![Fault::new("VER-054", text, "certificate: format of another seal")]);
        return report;
    }
    check_digest(&mut report, certificate);
    let (seal, opening) = (&certificate.seal, &certificate.opening);
    let has_secret = check_sealed(&mut report, seal, opening, published);
    let Some(seed) = opening.seed(seal).filter(|_| has_secret) else {
        return report.skip_all(&["层", "抽中单元在抽样框中", "票号与排序值", "抽取数与界限", "替换", "全部单元"]);
    };
    report.step("层", strata_words(seal), strata_differ(certificate));
    check_listed(&mut report, certificate, &seed);
    match frame {
        Some(frame) => check_against_frame(&mut report, certificate, frame, &seed),
        None => report.skip("全部单元", "没有给出抽样框：不能确认没有单元被遗漏"),
    }
    check_statement(&mut report, seal, certificate.statement.as_deref());
    report
}

/// Seal and opening, as both formats of certificates hold them: commitment, published one, form, secret. True where the
/// secret is the sealed one.
pub(super) fn check_sealed(report: &mut CheckReport, seal: &Seal, opening: &Opening, published: Option<&str>) -> bool {
    let commitment = seal.commitment();
    report.step("承诺值", to_hex(&commitment), commitment_faults(opening, &commitment));
    check_published(report, &commitment, published);
    report.step("封签格式", seal_words(seal), seal_faults(seal));
    report.step("开封格式", format!("公开数 {}", opening.entropy_value), opening_faults(opening, seal));
    let secret = secret_faults(opening, seal);
    let has_secret = secret.is_empty();
    report.step("秘密", "秘密与封签相符", secret);
    has_secret
}

/// Whose seal it is, of which period.
fn seal_words(seal: &Seal) -> String {
    format!("{}，期间 {}，第 {} 次", seal.agency, seal.period, seal.sequence)
}

/// What a reader must be told: that a seal is a demonstration's stands in the seal itself, whatever is written beside it.
pub(super) fn check_statement(report: &mut CheckReport, seal: &Seal, written: Option<&str>) {
    let derived = seal.is_demonstration().then_some(DEMONSTRATION);
    for statement in derived.into_iter().chain(written.filter(|text| Some(*text) != derived)) {
        report.skip("声明", statement);
    }
}

fn check_digest(report: &mut CheckReport, certificate: &Certificate) {
    const NAME: &str = "证书摘要";
    match &certificate.digest {
        None => report.skip(NAME, "证书没有附摘要"),
        Some(digest) => {
            let faults = if *digest == certificate.compute_digest() {
                Vec::new()
            } else {
                vec![Fault::new("VER-037", "证书内容与其摘要不符：出具之后被改动", "digest")]
            };
            report.step(NAME, digest.clone(), faults);
        }
    }
}

fn strata_differ(certificate: &Certificate) -> Vec<Fault> {
    let sealed = certificate.seal.strata.iter().map(|s| &s.id);
    if certificate.strata.iter().map(|s| &s.id).eq(sealed) {
        return Vec::new();
    }
    vec![Fault::new("VER-030", "证书中的层与封签不一致", "strata differ from the seal's")]
}

/// Rows, tickets, keys, thresholds and substitutes of all strata.
fn check_listed(report: &mut CheckReport, certificate: &Certificate, seed: &DrawSeed) {
    let maker = TicketMaker::new(seed);
    let seal = &certificate.seal;
    let (mut rows, mut keys, mut limits, mut substitutes) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut listed = 0;
    for s in &certificate.strata {
        let draw = seal.strata.iter().find(|sealed| sealed.id == s.id).map(|sealed| sealed.draw);
        if draw != Some(s.selected.len() as u64) {
            limits.push(Fault::new(
                "VER-031",
                format!("层 {} 列出 {} 个抽中单元，封签为 {} 个", s.id, s.selected.len(), draw.unwrap_or_default()),
                format!("stratum {}: {} selected", s.id, s.selected.len()),
            ));
        }
        let limit = if s.threshold.is_empty() { Some(f64::INFINITY) } else { key_from_hex(&s.threshold) };
        if limit.is_none() {
            limits.push(Fault::new(
                "VER-035",
                format!("层 {} 的界限值写法不对", s.id),
                format!("stratum {}: threshold", s.id),
            ));
        }
        let limit = limit.unwrap_or(f64::NAN);
        for (unit, is_selected) in
            s.selected.iter().map(|u| (u.shown(), true)).chain(s.substitutes.iter().map(|u| (u.shown(), false)))
        {
            listed += 1;
            check_unit(unit, s, seal, &maker, (limit, is_selected), &mut rows, &mut keys, &mut limits);
        }
        let mut ids: Vec<&str> = s.selected.iter().map(|u| u.row.unit_id.as_str()).collect();
        ids.sort_unstable();
        if ids.windows(2).any(|pair| pair[0] == pair[1]) {
            limits.push(Fault::new(
                "VER-036",
                format!("层 {} 中有单元列出两次", s.id),
                format!("stratum {}: a unit twice", s.id),
            ));
        }
        substitutes.extend(substitute_faults(s));
    }
    let count: usize = certificate.strata.iter().map(|s| s.substitutes.len()).sum();
    // who was drawn, and who came in later: the first is the number that was sealed
    let drawn = listed - count;
    let whose = if count == 0 {
        format!("{drawn} 个抽中单元")
    } else {
        format!("{drawn} 个抽中单元，另 {count} 个替换单元")
    };
    report.step("抽中单元在抽样框中", whose.clone(), rows);
    report.step("票号与排序值", whose, keys);
    report.step("抽取数与界限", "抽取数与封签一致，排序值都在界限之内", limits);
    report.step("替换", format!("{count} 次替换"), substitutes);
}

#[expect(clippy::too_many_arguments, reason = "three lists of faults, one for each step that is shown")]
fn check_unit(
    shown: Shown<'_>,
    s: &CertificateStratum,
    seal: &Seal,
    maker: &TicketMaker,
    (limit, is_selected): (f64, bool),
    rows: &mut Vec<Fault>,
    keys: &mut Vec<Fault>,
    limits: &mut Vec<Fault>,
) {
    let unit = shown.row.unit_id.as_str();
    if let Err(why) = check_path(shown.row, shown.index, shown.path, seal) {
        rows.push(Fault::new(
            "VER-032",
            format!("{unit} 不在封签的抽样框中：{why}"),
            format!("{unit}: not in the sealed frame"),
        ));
    }
    if shown.row.stratum.as_str() != s.id || shown.row.pi_ppb == 0 || shown.row.rank_ppb == 0 {
        rows.push(Fault::new(
            "VER-033",
            format!("{unit} 不是层 {} 中可抽的单元", s.id),
            format!("{unit}: not a unit of this stratum"),
        ));
        return;
    }
    let ticket = maker.ticket(unit);
    let key = compute_key(ticket, shown.row.rank_ppb);
    if shown.ticket != ticket || shown.key != key_to_hex(key) {
        keys.push(Fault::new(
            "VER-034",
            format!("{unit} 的票号或排序值与重新计算的不一致"),
            format!("{unit}: ticket or key"),
        ));
    } else if (key < limit) != is_selected {
        let what = if is_selected {
            "抽中，排序值却不在界限之内"
        } else {
            "为替换单位，排序值却在界限之内"
        };
        limits.push(Fault::new("VER-035", format!("{unit} {what}"), format!("{unit}: key and threshold")));
    }
}

/// Substitutes come in the order of the reserves, each once, each for a listed unit, with a reason.
fn substitute_faults(s: &CertificateStratum) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut last: Option<(f64, &str)> = None;
    for (i, substitute) in s.substitutes.iter().enumerate() {
        let unit = substitute.row.unit_id.as_str();
        let mut bad = |what: &str| {
            faults.push(Fault::new(
                "VER-038",
                format!("层 {} 的替换单位 {unit} {what}", s.id),
                format!("{unit}: substitute"),
            ));
        };
        let known = s.selected.iter().any(|u| u.row.unit_id.as_str() == substitute.replaces)
            || s.substitutes[..i].iter().any(|u| u.row.unit_id.as_str() == substitute.replaces);
        let again = s.substitutes[..i].iter().any(|u| u.replaces == substitute.replaces);
        if !known || again {
            bad("所替的单元不在名单中，或已被替过");
        }
        if substitute.reason.trim().is_empty() {
            bad("没有写明原因");
        }
        let at = (key_from_hex(&substitute.key).unwrap_or(f64::NAN), unit);
        if last.is_some_and(|before| before.0 > at.0 || (before.0 >= at.0 && before.1 >= at.1)) {
            bad("没有按备选次序");
        }
        last = Some(at);
    }
    faults
}

/// Adds the frame's own steps; true where the frame is the sealed one.
pub(super) fn frame_faults(report: &mut CheckReport, frame: &SamplingFrame, seal: &Seal, opening: &Opening) -> bool {
    let whole = check_draw_steps(frame, seal, opening, None, None);
    let names = ["抽样框各行", "抽样框的根", "层的规模与概率之和", "实际入选概率"];
    report.steps.extend(whole.steps.into_iter().filter(|step| names.contains(&step.name)));
    // The seal's and the opening's own faults stand in the report already.
    let known: Vec<String> = report.faults.iter().map(|fault| fault.detail.clone()).collect();
    let new: Vec<Fault> = whole.faults.into_iter().filter(|fault| !known.contains(&fault.detail)).collect();
    let fits = new.is_empty();
    report.faults.extend(new);
    if !fits {
        report.skip("全部单元", "抽样框没有通过核对");
    }
    fits
}

fn check_against_frame(report: &mut CheckReport, certificate: &Certificate, frame: &SamplingFrame, seed: &DrawSeed) {
    let (seal, opening) = (&certificate.seal, &certificate.opening);
    if !frame_faults(report, frame, seal, opening) {
        return;
    }
    let order = draw_units(frame, seal, seed);
    let wanted = certificate_of(frame, &frame.tree(), seal, opening, seed, &order);
    let mut faults = Vec::new();
    for s in &wanted.strata {
        let same = certificate
            .strata
            .iter()
            .find(|given| given.id == s.id)
            .is_some_and(|given| given.threshold == s.threshold && given.selected == s.selected);
        if !same {
            faults.push(Fault::new(
                "VER-039",
                format!("层 {} 的抽中名单或界限值与由抽样框重新抽取的不一致", s.id),
                format!("stratum {}: selection differs", s.id),
            ));
        }
    }
    report.step("全部单元", format!("{} 个单元中没有被遗漏的", frame.len()), faults);
}
