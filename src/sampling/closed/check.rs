//! The checks of a certificate of format 2 or 3.

use std::collections::{BTreeMap, BTreeSet};

use super::certificate::{CLOSED_FORMAT, CLOSED_FORMAT_2, ClosedCertificate, ClosedStratum, ShownUnit};
use super::changes::{ChangeEntry, ChangeKind};
use super::earlier::{earlier_faults, earlier_words};
use super::intervention::{InterventionEntry, log_faults, log_words};
use crate::sampling::certificate::{CertificateUnit, check_leaf_path, check_path};
use crate::sampling::counts::is_mandatory;
use crate::sampling::draw::draw_units;
use crate::sampling::fault::{CheckReport, Fault};
use crate::sampling::frame::SamplingFrame;
use crate::sampling::hash::to_hex;
use crate::sampling::opening::DrawSeed;
use crate::sampling::ticket::{TicketMaker, compute_key, key_to_hex};
use crate::sampling::verify::{as_typed, check_sealed, check_statement, frame_faults, strata_words};

/// What a check says that was given no published head of the changes.
pub const NOT_HEAD: &str = "未与公布的变更摘要核对";

/// Steps that need the seed.
const LATER: [&str; 8] =
    ["以往封存", "层", "抽中单元在抽样框中", "票号与排序值", "抽取数与界限", "变更", "变更摘要", "全部单元"];
/// The step of the log, where the format has it.
const LOG: &str = "日志与外部改动";

/// Checks a certificate of format 2 or 3; with the frame also that nobody was left out. `published` is the commitment,
/// `head` a value of the changes' chain, each as it was published.
#[must_use]
pub fn check_closed(
    certificate: &ClosedCertificate,
    frame: Option<&SamplingFrame>,
    published: Option<&str>,
    head: Option<&str>,
) -> CheckReport {
    let mut report = CheckReport::default();
    let (seal, opening) = (&certificate.seal, &certificate.opening);
    let own = if seal.has_log() { CLOSED_FORMAT } else { CLOSED_FORMAT_2 };
    if certificate.format != own || seal.is_format_1() {
        let text = format!("证书格式「{}」与封签格式「{}」不相配", certificate.format, seal.format);
        report.step("证书格式", "", vec![Fault::new("VER-054", text, "certificate: format of another seal")]);
        return report;
    }
    if !certificate.has_own_fields() {
        let wrong = Fault::new("VER-075", "证书的字段与其格式不符", "certificate: unknown or missing fields");
        report.step("证书格式", "", vec![wrong]);
        return report;
    }
    check_sealed(&mut report, seal, opening, published);
    let later: Vec<&str> = if seal.has_log() {
        LATER.iter().take(6).copied().chain([LOG]).chain(LATER.iter().skip(6).copied()).collect()
    } else {
        LATER.to_vec()
    };
    let Some(seed) = opening.seed(seal).filter(|_| report.is_verified()) else {
        return report.skip_all(&later);
    };
    let earlier = &certificate.earlier;
    report.step("以往封存", earlier_words(seal, earlier), earlier_faults(seal, earlier));
    let same = certificate.strata.iter().map(|s| &s.id).eq(seal.strata.iter().map(|s| &s.id));
    let differ = Fault::new("VER-030", "证书中的层与封签不一致", "strata differ from the seal's");
    report.step("层", strata_words(seal), if same { Vec::new() } else { vec![differ] });
    if !same {
        return report.skip_all(later.get(2..).unwrap_or_default());
    }
    Listed::default().check(&mut report, certificate, &seed);
    let changes = change_faults(certificate);
    report.step("变更", change_words(certificate), changes);
    if seal.has_log() {
        report.step(LOG, log_words(certificate), log_faults(certificate));
    }
    check_head(&mut report, certificate, head);
    match frame {
        Some(frame) => check_against_frame(&mut report, certificate, frame, &seed),
        None => report.skip("全部单元", "没有给出抽样框：不能确认没有单元被遗漏"),
    }
    let (masked, unnamed) = (certificate.masked_count(), certificate.unnamed_additions());
    let mut words = Vec::new();
    if masked > 0 {
        words.push(format!("{masked} 个单元尚未检查，已屏蔽：票号、排序值与是否必查未核对"));
    }
    if unnamed > 0 {
        words.push(format!("{unnamed} 项触发式检查没有列出单元：尚未检查，或不在抽样框"));
    }
    if !words.is_empty() {
        report.skip("屏蔽", words.join("；"));
    }
    let by_hand = certificate.interventions.as_deref().unwrap_or_default();
    if !by_hand.is_empty() {
        report.skip("外部改动", by_hand.iter().map(InterventionEntry::words).collect::<Vec<_>>().join("；"));
    }
    check_statement(&mut report, seal, None);
    report
}

/// Faults of the listed units, by step.
#[derive(Default)]
struct Listed {
    rows: Vec<Fault>,
    keys: Vec<Fault>,
    limits: Vec<Fault>,
}

impl Listed {
    fn check(mut self, report: &mut CheckReport, certificate: &ClosedCertificate, seed: &DrawSeed) {
        let maker = TicketMaker::new(seed);
        let (mut drawn, mut reserves) = (0, 0);
        for (s, sealed) in certificate.strata.iter().zip(&certificate.seal.strata) {
            drawn += s.selected.len();
            reserves += s.reserves.len();
            if sealed.draw != s.selected.len() as u64 {
                self.limits.push(Fault::new(
                    "VER-031",
                    format!("层 {} 列出 {} 个抽中单元，封签为 {} 个", s.id, s.selected.len(), sealed.draw),
                    format!("stratum {}: {} selected", s.id, s.selected.len()),
                ));
            }
            for unit in s.selected.iter().chain(&s.reserves) {
                self.unit(unit, s, certificate, &maker);
            }
            self.order(s);
            let most = sealed.size.saturating_sub(sealed.draw);
            if (most > 0 && s.reserves.is_empty()) || s.reserves.len() as u64 > most {
                self.limits.push(Fault::new(
                    "VER-056",
                    format!("层 {} 列出 {} 个备选，应为 1 到 {most} 个", s.id, s.reserves.len()),
                    format!("stratum {}: {} reserves", s.id, s.reserves.len()),
                ));
            }
        }
        for added in &certificate.added {
            if let Err(why) = check_path(&added.row, added.index, &added.path, &certificate.seal) {
                self.rows.push(not_sealed(added.row.unit_id.as_str(), &why));
            }
        }
        let whose = format!("{drawn} 个抽中单元，{reserves} 个备选");
        report.step("抽中单元在抽样框中", whose.clone(), self.rows);
        report.step("票号与排序值", whose, self.keys);
        report.step("抽取数与界限", "抽取数与封签一致，依排序值由小到大，界限为第一备选的排序值", self.limits);
    }

    fn unit(&mut self, shown: &ShownUnit, s: &ClosedStratum, certificate: &ClosedCertificate, maker: &TicketMaker) {
        let unit = match shown {
            ShownUnit::Whole(unit) => unit,
            ShownUnit::Masked(unit) => {
                if let Err(why) = check_leaf_path(&unit.leaf, unit.index, &unit.path, &certificate.seal) {
                    self.rows.push(not_sealed(&unit.leaf, &why));
                }
                return;
            }
        };
        let id = unit.row.unit_id.as_str();
        if let Err(why) = check_path(&unit.row, unit.index, &unit.path, &certificate.seal) {
            self.rows.push(not_sealed(id, &why));
        }
        if unit.row.stratum.as_str() != s.id || unit.row.pi_ppb == 0 || unit.row.rank_ppb == 0 {
            self.rows.push(Fault::new(
                "VER-033",
                format!("{id} 不是层 {} 中可抽的单元", s.id),
                format!("{id}: not a unit of this stratum"),
            ));
            return;
        }
        let ticket = maker.ticket(id);
        if unit.ticket != ticket || unit.key != key_to_hex(compute_key(ticket, unit.row.rank_ppb)) {
            self.keys.push(Fault::new(
                "VER-034",
                format!("{id} 的票号或排序值与重新计算的不一致"),
                format!("{id}: ticket or key"),
            ));
        }
    }

    /// Selected units and reserves in one order by key and id; the first reserve's key is the threshold; nobody twice.
    fn order(&mut self, s: &ClosedStratum) {
        let units: Vec<&ShownUnit> = s.selected.iter().chain(&s.reserves).collect();
        let named: Vec<&CertificateUnit> = units.iter().filter_map(|unit| unit.whole()).collect();
        // keys are spelled so that their order is that of their digits
        let at = |unit: &CertificateUnit| (unit.key.clone(), unit.row.unit_id.to_string());
        let leaves: BTreeSet<String> = units.iter().map(|unit| unit.leaf()).collect();
        if leaves.len() != units.len() {
            self.limits.push(Fault::new(
                "VER-036",
                format!("层 {} 中有单元列出两次", s.id),
                format!("stratum {}: a unit twice", s.id),
            ));
        } else if !named.windows(2).all(|pair| at(pair[0]) < at(pair[1])) {
            self.limits.push(Fault::new(
                "VER-072",
                format!("层 {} 的单元没有按排序值由小到大列出", s.id),
                format!("stratum {}: order", s.id),
            ));
        }
        let fits = match s.reserves.first() {
            None => s.threshold.is_empty(),
            Some(ShownUnit::Whole(unit)) => s.threshold == unit.key,
            // not named yet: between the keys beside it
            Some(ShownUnit::Masked(_)) => {
                let last = s.selected.iter().filter_map(|unit| unit.whole()).map(|unit| unit.key.as_str()).max();
                let next = s.reserves.iter().filter_map(|unit| unit.whole()).map(|unit| unit.key.as_str()).min();
                s.threshold.len() == 16
                    && s.threshold.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
                    && last.is_none_or(|last| last <= s.threshold.as_str())
                    && next.is_none_or(|next| s.threshold.as_str() <= next)
            }
        };
        if !fits {
            self.limits.push(Fault::new(
                "VER-073",
                format!("层 {} 的界限值不是第一备选的排序值", s.id),
                format!("stratum {}: threshold", s.id),
            ));
        }
    }
}

fn not_sealed(unit: &str, why: &str) -> Fault {
    Fault::new("VER-032", format!("{unit} 不在封签的抽样框中：{why}"), format!("{unit}: not in the sealed frame"))
}

/// How many changes of each kind, and how many without an evidence's file.
fn change_words(certificate: &ClosedCertificate) -> String {
    let count = |kind: ChangeKind| certificate.changes.iter().filter(|change| change.kind == kind).count();
    let skipped: usize = certificate.changes.iter().map(|change| change.skipped.len()).sum();
    let bare = certificate.changes.iter().filter(|change| change.evidence.is_empty()).count();
    let without = if bare > 0 { format!("；其中 {bare} 次没有证据文件") } else { String::new() };
    format!(
        "替换 {} 次（略过备选 {skipped} 个），更换人员 {} 次，触发式检查 {} 次{without}",
        count(ChangeKind::Substitute),
        count(ChangeKind::Replace),
        count(ChangeKind::Add)
    )
}

/// A stratum as the changes go by.
struct Course<'a> {
    stratum: &'a ClosedStratum,
    /// Leaves of the reserves.
    reserves: Vec<String>,
    /// How many of them have come in or were passed over.
    used: usize,
}

/// Replays the changes: each substitution takes the very next reserve, those passed over being named with their
/// grounds; mandatory units stay; nothing is done to a unit that is not on the list.
fn change_faults(certificate: &ClosedCertificate) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut bad = |at: usize, what: &str| {
        faults.push(Fault::new("VER-064", format!("第 {} 项变更{what}", at + 1), format!("change {}: {what}", at + 1)));
    };
    let mut courses: Vec<Course<'_>> = certificate
        .strata
        .iter()
        .map(|s| Course { stratum: s, reserves: s.reserves.iter().map(ShownUnit::leaf).collect(), used: 0 })
        .collect();
    // who is on the list: the stratum, none for triggered checks; and whether a reserve may take the place
    let mut listed: BTreeMap<String, (Option<usize>, bool)> = BTreeMap::new();
    for (i, s) in certificate.strata.iter().enumerate() {
        for unit in &s.selected {
            let duty = unit.whole().is_some_and(|unit| is_mandatory(unit.row.pi_ppb, &unit.row.reason));
            listed.insert(unit.leaf(), (Some(i), duty));
        }
    }
    let opens_at = &certificate.seal.entropy.available_at;
    let mut before = if certificate.seal.is_demonstration() { "" } else { opens_at.as_str() };
    for (at, change) in certificate.changes.iter().enumerate() {
        if let Some(what) = change.fault() {
            bad(at, what);
            continue;
        }
        if change.at.as_str() < before {
            bad(at, "的时间早于公开数或前一项变更");
        }
        before = &change.at;
        match change.kind {
            ChangeKind::Substitute => {
                if let Err(what) = substitute(change, &mut listed, &mut courses) {
                    bad(at, what);
                }
            }
            ChangeKind::Replace => {
                if !listed.contains_key(&change.unit) {
                    bad(at, "更换人员的单元不在名单中");
                }
            }
            ChangeKind::Add => {
                if listed.insert(change.unit.clone(), (None, false)).is_some() {
                    bad(at, "列入的单元已在名单中");
                }
            }
        }
    }
    for course in &courses {
        if course.used.max(usize::from(!course.reserves.is_empty())) != course.reserves.len() {
            faults.push(Fault::new(
                "VER-057",
                format!("层 {} 列出的备选多于变更所用的", course.stratum.id),
                format!("stratum {}: reserves that no change used", course.stratum.id),
            ));
        }
    }
    let additions: BTreeSet<&str> =
        certificate.changes.iter().filter(|change| change.is_addition()).map(|change| change.unit.as_str()).collect();
    let shown: Vec<String> = certificate.added.iter().map(|unit| to_hex(&unit.row.view().leaf())).collect();
    let distinct: BTreeSet<&str> = shown.iter().map(String::as_str).collect();
    if distinct.len() != shown.len() || !distinct.is_subset(&additions) {
        faults.push(Fault::new("VER-074", "触发式检查的单元与变更所列的不一致", "added units"));
    }
    faults
}

fn substitute(
    change: &ChangeEntry,
    listed: &mut BTreeMap<String, (Option<usize>, bool)>,
    courses: &mut [Course<'_>],
) -> Result<(), &'static str> {
    let (Some(at), duty) = listed.remove(&change.unit).ok_or("所替的单元不在名单中，或已被替过")?
    else {
        return Err("所替的是触发式检查的单元");
    };
    if duty {
        return Err("所替的是必查单元：必查不能由备选替换");
    }
    let Some(course) = courses.get_mut(at) else { return Err("所替的单元不在名单中，或已被替过") };
    let left = course.reserves.get(course.used..).unwrap_or_default();
    let passed = change.skipped.len();
    let named = change.skipped.iter().map(|one| one.unit.as_str()).eq(left.iter().take(passed).map(String::as_str));
    if !named || left.get(passed) != Some(&change.by) {
        return Err("用的不是下一个备选，或略过的备选没有逐个列出");
    }
    course.used += passed + 1;
    if listed.insert(change.by.clone(), (Some(at), false)).is_some() {
        return Err("替换单元已在名单中");
    }
    Ok(())
}

fn check_head(report: &mut CheckReport, certificate: &ClosedCertificate, published: Option<&str>) {
    const PUBLISHED: &str = "公布的变更摘要";
    let heads: Vec<String> = certificate.heads().iter().map(|head| to_hex(head)).collect();
    let last = heads.last().cloned().unwrap_or_default();
    let wrong = Fault::new("VER-058", format!("由开封、抽中单元与各项变更算出的摘要为 {last}"), "head");
    report.step("变更摘要", last.clone(), if certificate.head == last { Vec::new() } else { vec![wrong] });
    let Some(published) = published.map(as_typed) else {
        report.skip(PUBLISHED, NOT_HEAD);
        return;
    };
    let after = heads.iter().rev().position(|head| *head == published);
    let unknown = Fault::new(
        "VER-059",
        format!("公布的变更摘要（{published}）不在证书的变更链上"),
        "head: not the published one",
    );
    let words = match after {
        Some(0) | None => "与公布的变更摘要一致".to_owned(),
        Some(later) => format!("公布之后另有 {later} 项变更"),
    };
    report.step(PUBLISHED, words, if after.is_some() { Vec::new() } else { vec![unknown] });
}

fn check_against_frame(
    report: &mut CheckReport,
    certificate: &ClosedCertificate,
    frame: &SamplingFrame,
    seed: &DrawSeed,
) {
    if !frame_faults(report, frame, &certificate.seal, &certificate.opening) {
        return;
    }
    let order = draw_units(frame, &certificate.seal, seed);
    let leaf = |row: u32| frame.leaf_hex(row as usize).unwrap_or_default();
    let mut faults = Vec::new();
    for (s, drawn) in certificate.strata.iter().zip(&order.strata) {
        let same = |given: &[ShownUnit], wanted: &[crate::sampling::draw::RankedUnit]| {
            given.iter().map(ShownUnit::leaf).eq(wanted.iter().map(|unit| leaf(unit.row)))
        };
        let reserves = drawn.reserves();
        let upto = s.reserves.len().min(reserves.len());
        if s.threshold != drawn.threshold()
            || !same(&s.selected, drawn.selected())
            || s.reserves.len() > reserves.len()
            || !same(&s.reserves, &reserves[..upto])
        {
            faults.push(Fault::new(
                "VER-065",
                format!("层 {} 的抽中名单、备选次序或界限值与由抽样框重新抽取的不一致", s.id),
                format!("stratum {}: selection differs", s.id),
            ));
        }
    }
    report.step("全部单元", format!("{} 个单元中没有被遗漏的", frame.len()), faults);
}
