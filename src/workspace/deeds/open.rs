//! Opening a sealed period with the public number, and giving one up.
//!
//! The draw follows from the seal, the secret and the public number, the pairing from the same seed. All files of an
//! opening and its line in the register come to be together ([`Change`]): before, the period is still waiting.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::anchor::bundle::NumberRecord;
use crate::anchor::number::{needs_two_people, settle_number};
use crate::diagnostic::{AppError, AppResult, Finding};
use crate::disclosure::{check_public_words, is_same_person};
use crate::domain::{Period, PlanMonth, UnitId};
use crate::plan::reason::Exclusion;
use crate::sampling::{
    OffSitePace, OpeningClock, SECRET_LOST, SealRegister, Secret, as_written, compute_off_site, compute_opening,
    compute_roster_sha256, draw_units, sha256, to_hex,
};
use crate::staffing::check_staffing;
use crate::workspace::deeds::anchors::{load_anchors, put_anchors};
use crate::workspace::deeds::certificate::{public_words, put_certificate};
use crate::workspace::deeds::disclose::put_voided;
use crate::workspace::deeds::seal::read_inputs;
use crate::workspace::deeds::{check_reason, time};
use crate::workspace::inputs::month_frame::staffing_names;
use crate::workspace::store::command_id::CommandId;
use crate::workspace::store::draws::{DrawNotes, OFF_SITE, OffSiteTurns, SECRET_FILE, StoredDraw, json_bytes};
use crate::workspace::store::frames::hash_file;
use crate::workspace::store::log::put_head;
use crate::workspace::store::project::{CommandContext, Project, load_bytes};
use crate::workspace::store::register::{load_off_site_turns, load_register};
use crate::workspace::store::staged::Change;

/// The second person's entry of a number that is read off a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecondEntry {
    /// Who typed it again; another than the operator.
    pub name: String,
    /// The number, typed again.
    pub entropy: String,
}

/// What is typed at an opening. A text alone is the public number, the secret being in its file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TypedOpening {
    /// The public number in its sealed format.
    pub entropy: String,
    /// The secret from its envelope, where `secret.json` is lost or damaged.
    pub secret: Option<String>,
    /// The same number typed by another person; needed for a lottery's.
    pub second: Option<SecondEntry>,
    /// The page or picture that the number was read from: a copy is kept with the draw.
    pub source_file: Option<PathBuf>,
}

impl From<String> for TypedOpening {
    fn from(entropy: String) -> Self {
        Self { entropy, ..Self::default() }
    }
}

impl From<&str> for TypedOpening {
    fn from(entropy: &str) -> Self {
        entropy.to_owned().into()
    }
}

impl From<&String> for TypedOpening {
    fn from(entropy: &String) -> Self {
        entropy.as_str().into()
    }
}

/// What an opening gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// Period.
    pub period: Period,
    /// Sequence.
    pub sequence: u64,
    /// Seed, hexadecimal.
    pub seed: String,
    /// Units drawn.
    pub drawn: usize,
    /// Pairs assigned; `None` where there is no roster, or the sealed roster could not staff the draw.
    pub pairs: Option<usize>,
    /// Units of the positive list whose turn it is to be checked off-site.
    pub off_site: usize,
    /// Why nobody was paired, in words.
    pub unpaired: Option<String>,
    /// Why the secret came from its envelope; `None` where its file was whole.
    pub secret_lost: Option<String>,
}

/// The seal of a period that waits for its opening.
pub(in crate::workspace) fn pending_draw(
    project: &Project,
    register: &SealRegister,
    period: Period,
) -> AppResult<StoredDraw> {
    match register.pending() {
        Some(line) if line.period == period => StoredDraw::load(project, line.period, line.sequence),
        Some(line) => {
            Err(Finding::error("SEL-034", format!("等待开封的是{}，不是{}", line.period.label(), period.label()))
                .into())
        }
        None => Err(Finding::error("SEL-035", format!("{}没有等待开封的封存", period.label())).hint("请先封存").into()),
    }
}

/// Refuses to open where a file is not the one that was sealed: an opening can't be taken back.
pub(in crate::workspace) fn check_sealed_files(draw: &StoredDraw, register: &SealRegister) -> AppResult<()> {
    let changed = |name: &str| -> AppResult<()> {
        Err(Finding::error("SEL-043", format!("{} 的 {name} 不是封存时的文件，不能开封", draw.period))
            .hint("请用备份恢复抽取文件夹；无法恢复的，写明理由作废后重新封存")
            .file(draw.folder.join(name).display().to_string())
            .into())
    };
    if register.pending().is_none_or(|line| line.commitment != draw.seal.commitment()) {
        return changed("seal.json");
    }
    match unbound_file(draw)? {
        Some(name) => changed(name),
        None => Ok(()),
    }
}

/// The first file of a draw that is not the one that its seal binds.
///
/// # Errors
/// `IO-…`.
pub(in crate::workspace) fn unbound_file(draw: &StoredDraw) -> AppResult<Option<&'static str>> {
    if to_hex(&draw.frame.root()) != draw.seal.frame_root {
        return Ok(Some("frame.csv"));
    }
    // Saved anew by another program, the files still say what was sealed.
    let bytes = |name: &str| load_bytes(&draw.folder.join(name)).map(|bytes| as_written(&bytes).into_owned());
    if to_hex(&compute_roster_sha256(&bytes("roster.csv")?, &bytes("needs.csv")?)) != draw.seal.roster_sha256 {
        return Ok(Some("roster.csv"));
    }
    for (name, sealed) in [("policy.ron", &draw.seal.policy_sha256), ("inputs.txt", &draw.seal.inputs_sha256)] {
        let path = draw.folder.join(name);
        let is = |bytes: &[u8]| to_hex(&sha256(&[bytes])) == *sealed;
        if !path.exists() || !is(&load_bytes(&path)?) && !is(&bytes(name)?) {
            return Ok(Some(name));
        }
    }
    Ok(None)
}

/// Refuses to open where a file of the register is not the one that the seal's inputs name: while a seal waits there is
/// no other register.
fn check_register_files(project: &Project, draw: &StoredDraw) -> AppResult<()> {
    let inputs = load_bytes(&draw.folder.join("inputs.txt"))?;
    for (hash, name) in read_inputs(&inputs).into_iter().filter(|(_, name)| name.starts_with("frames/")) {
        let path = project.root().join(&name);
        if !path.is_file() || hash_file(&path)?.0 != hash {
            return Err(Finding::error("SEL-043", format!("{} 的 {name} 不是封存时的文件，不能开封", draw.period))
                .hint("请用备份恢复抽取文件夹；无法恢复的，写明理由作废后重新封存")
                .file(path.display().to_string())
                .into());
        }
    }
    Ok(())
}

/// The secret of a waiting seal, and why it is the envelope's where its file is of no use. What is typed must fit the
/// seal, whether the file is whole or not.
fn secret_of(draw: &StoredDraw, typed: Option<&str>) -> AppResult<(Secret, Option<String>)> {
    let kept = draw.load_secret();
    let Some(typed) = typed.map(str::trim).filter(|text| !text.is_empty()) else {
        return kept.map(|secret| (secret, None));
    };
    let secret = Secret::from_envelope(typed)?;
    if !draw.seal.binds(&secret) {
        return Err(AppError::new("SEL-050", format!("录入的秘密不是{}这次封存的秘密", draw.period.label())).with(
            |f| {
                f.expected(format!("第 {} 次封存时装入信封的秘密", draw.sequence))
                    .hint("请核对信封上的期间、封存次数与承诺值，逐组重新录入；确已遗失的，写明理由作废后重新封存")
            },
        ));
    }
    Ok((secret, kept.err().map(|error| error.to_string())))
}

/// A number that is read off a page counts when two people typed the same.
fn check_second(
    draw: &StoredDraw,
    entropy: &str,
    second: Option<&SecondEntry>,
    context: &CommandContext,
) -> AppResult<()> {
    if !needs_two_people(&draw.seal) {
        return Ok(());
    }
    let expected = format!("{}之外的另一人", context.operator);
    let hint = "请另一人对照公布的页面再录入一次（命令行用 --second 与 --second-name）";
    let Some(second) = second.filter(|second| !second.name.trim().is_empty()) else {
        return Err(Finding::error("ANC-035", "开奖号码要由两人分别录入").expected(expected).hint(hint).into());
    };
    // with the certificate's other evidence it becomes public
    check_public_words("另一人的姓名", &second.name)?;
    if is_same_person(&second.name, &context.operator) {
        return Err(Finding::error("ANC-044", "第二次录入的是同一人")
            .value(&second.name)
            .expected(expected)
            .hint(hint)
            .into());
    }
    let again = settle_number(&draw.seal, &second.entropy)?.value;
    if again != entropy {
        return Err(Finding::error("ANC-036", "两人录入的公开数不一致")
            .value(again)
            .expected(entropy)
            .hint("请两人一起对照公布的页面")
            .into());
    }
    Ok(())
}

/// Largest page or picture that is kept, in bytes.
const LARGEST_SOURCE: usize = 20 * 1024 * 1024;

/// Keeps a copy of the page that the number was read from, and who typed it.
fn keep_source(
    (change, folder): (&Change<'_>, &Path),
    second: Option<&SecondEntry>,
    source: Option<&Path>,
    context: &CommandContext,
) -> AppResult<Option<NumberRecord>> {
    let mut record = NumberRecord {
        first: public_words(context.operator.trim()),
        second: second.map(|second| second.name.trim().to_owned()).unwrap_or_default(),
        ..NumberRecord::default()
    };
    if let Some(path) = source {
        let bytes = load_bytes(path)?;
        if bytes.len() > LARGEST_SOURCE {
            return Err(Finding::error("ANC-037", "公开数的原件过大")
                .value(format!("{} MB", bytes.len() / 1024 / 1024))
                .expected("不超过 20 MB")
                .hint("请截取开奖公告的页面或图片")
                .file(path.display().to_string())
                .into());
        }
        let ending = path.extension().map(|e| e.to_string_lossy().to_lowercase());
        let ending = ending.filter(|e| e.len() <= 5 && e.bytes().all(|b| b.is_ascii_alphanumeric()));
        record.source_file = format!("number-source.{}", ending.as_deref().unwrap_or("bin"));
        record.source_sha256 = to_hex(&sha256(&[&bytes]));
        change.put(&folder.join(&record.source_file), &bytes)?;
    } else if second.is_none() {
        return Ok(None);
    }
    Ok(Some(record))
}

/// The members of the positive list, as the month was sealed, whose turn it is by the year's seed; `None` without one.
fn off_site_turns(
    project: &Project,
    draw: &StoredDraw,
    month: PlanMonth,
    register: &SealRegister,
) -> AppResult<Option<OffSiteTurns>> {
    let year = Period::Year(project.file.year);
    let Some(sequence) = register.last_opened_of(year) else { return Ok(None) };
    let Some(seed) = StoredDraw::load(project, year, sequence)?.seed() else { return Ok(None) };
    let share = project.policy.positive_list.off_site_share.0;
    let earlier = load_off_site_turns(project, register, month)?;
    let first = earlier.first().map_or(month, |(first, _)| *first);
    let had: BTreeSet<&str> = earlier.iter().flat_map(|(_, turns)| turns.units.iter().map(UnitId::as_str)).collect();
    let listed = Exclusion::PositiveList.id();
    let on_list = draw.frame.rows().filter(|row| row.reason == listed);
    let members: Vec<(&str, &str)> = on_list.map(|row| (row.stratum.body(), row.unit_id)).collect();
    let pace = OffSitePace {
        share: u32::try_from(share).unwrap_or(0),
        at: month.month() - first.month() + 1,
        of: 12 - first.month() + 1,
    };
    let units = compute_off_site(&seed, &members, &had, pace);
    let units = units.into_iter().filter_map(|unit| UnitId::new(unit).ok()).collect();
    Ok(Some(OffSiteTurns { share: pace.share, at: pace.at, of: pace.of, units }))
}

/// Opens a pending seal with the public number and draws units and inspectors.
///
/// # Errors
/// `SEL-043` a file is not the sealed one, `SEL-011` too early, `VER-011` the number's spelling, `SEL-034`/`SEL-035`
/// nothing to open, `DRW-003`/`SEL-003`/`VER-014` the secret's file is of no use and none was typed, `SEL-002`/`SEL-050`
/// the typed one is none or not the sealed one, `ANC-023`/`ANC-024` a beacon's signature, `ANC-035`/`ANC-036`/`ANC-044` two
/// people, `IO-…`.
pub fn open_period(
    project: &Project,
    period: Period,
    typed: impl Into<TypedOpening>,
    context: &CommandContext,
) -> AppResult<Opened> {
    let TypedOpening { entropy, secret, second, source_file } = typed.into();
    project.check_writable()?;
    let mut register = load_register(project)?;
    let mut draw = pending_draw(project, &register, period)?;
    check_sealed_files(&draw, &register)?;
    check_register_files(project, &draw)?;
    let (secret, secret_lost) = secret_of(&draw, secret.as_deref())?;
    let clock = if draw.demonstration {
        OpeningClock::Demonstration
    } else {
        OpeningClock::At(time(&context.now.to_string())?)
    };
    let settled = settle_number(&draw.seal, &entropy)?;
    let entropy = settled.value;
    let (opening, seed) = compute_opening(&draw.seal, &secret, &entropy, &clock)?;
    draw.opening = Some(opening.clone());
    check_second(&draw, &entropy, second.as_ref(), context)?;
    let mut anchors = load_anchors(&draw.folder)?;
    let mut change = Change::begin(project)?;
    let put = |name: &str, bytes: &[u8]| change.put(&draw.folder.join(name), bytes);
    anchors.number = keep_source((&change, &draw.folder), second.as_ref(), source_file.as_deref(), context)?;
    anchors.beacons = settled.beacons;
    if !anchors.beacons.is_empty() || anchors.number.is_some() {
        put_anchors(&change, &draw, &anchors)?;
    }
    put("opening.json", &opening.to_json())?;
    // when it was opened; a demonstration may be opened before its number's hour, which the register can't hold
    let (now, available) = (time(&context.now.to_string())?, time(&draw.seal.entropy.available_at)?);
    let at = if draw.demonstration { now.max(available) } else { now };
    register.append_opened(&draw.seal.commitment(), at.clone())?;
    let order = draw_units(&draw.frame, &draw.seal, &seed);
    let drawn: usize = order.strata.iter().map(|s| s.selected().len()).sum();
    let (mut unpaired, mut pairs, mut off_site) = (None, None, 0);
    if let Period::Month(month) = period {
        if draw.roster.inspectors().is_empty() {
            unpaired = Some("没有执法人员名册，已抽取检查对象，未配对执法人员".to_owned());
        } else if let Some(assignment) = draw.assignment(&order)? {
            pairs = Some(assignment.rows().len());
            put("assignment.csv", &assignment.write_csv())?;
        } else if let Err(shortage) = check_staffing(&draw.roster, &draw.drawn_needs(&order)?) {
            unpaired = Some(shortage.to_error(month, &staffing_names(&project.policy)).to_string());
        }
        draw.heads = put_head(&change, project, &draw.folder, CommandId::Open, context)?;
        put_certificate(&change, &draw, &order, &register)?;
        let result = order.to_result(&draw.frame, usize::MAX);
        put("result.json", &result.to_json())?;
        if let Some(turns) = off_site_turns(project, &draw, month, &register)? {
            off_site = turns.units.len();
            put(OFF_SITE, &json_bytes(&turns)?)?;
        }
    }
    put("notes.json", &json_bytes(&DrawNotes { opened_at: Some(at.to_string()), voided_at: None })?)?;
    change.put(&project.root().join("register.csv"), &register.to_csv())?;
    if draw.period.month().is_none() {
        put_head(&change, project, &draw.folder, CommandId::Open, context)?;
    }
    let opened = Opened {
        period: draw.period,
        sequence: draw.sequence,
        seed: to_hex(&seed.0),
        drawn,
        pairs,
        off_site,
        unpaired,
        secret_lost,
    };
    // the opening holds the secret now
    change.remove_file(&draw.folder.join(SECRET_FILE));
    change.commit(
        context,
        CommandId::Open,
        serde_json::json!({
            "period": opened.period, "sequence": opened.sequence, "entropy": entropy, "seed": opened.seed,
            "drawn": opened.drawn, "pairs": opened.pairs, "off_site": opened.off_site, "unpaired": opened.unpaired,
            "secret_lost": opened.secret_lost, "secret_wiped": true, "number": anchors.number,
        }),
    )?;
    Ok(opened)
}

/// Gives up a pending seal: before its number exists, or where its secret is lost for good. Whoever knows the number
/// knows the list, so that giving up then would be choosing among draws.
///
/// # Errors
/// `SEL-034`, `SEL-035`, `SEL-038`, `DIS-063`, `DIS-064` where the reason can't stand in public, `ANC-080` after the
/// number, `IO-…`.
pub fn void_period(project: &Project, period: Period, reason: &str, context: &CommandContext) -> AppResult<()> {
    project.check_writable()?;
    check_reason(reason)?;
    check_public_words("作废理由", reason)?;
    let mut register = load_register(project)?;
    let draw = pending_draw(project, &register, period)?;
    let after = !draw.demonstration && context.now.to_string().as_str() >= draw.seal.entropy.available_at.as_str();
    if after && draw.load_secret().is_ok() {
        return Err(Finding::error("ANC-080", format!("{}的公开数已经产生，只能开封，不能作废", period.label()))
            .value(context.now.to_string())
            .expected(format!("在 {} 之前作废", draw.seal.entropy.available_at))
            .hint("公开数产生之后，名单已经确定；请录入公开数开封")
            .into());
    }
    let reason = if after {
        format!("公开数产生之后作废（{SECRET_LOST}）：{}", reason.trim())
    } else {
        reason.trim().to_owned()
    };
    register.append_voided(&draw.seal.commitment(), time(&context.now.to_string())?, &reason)?;
    let mut change = Change::begin(project)?;
    put_voided(&change, &draw, &context.now.to_string(), &reason)?;
    change.put(&project.root().join("register.csv"), &register.to_csv())?;
    let notes = DrawNotes { opened_at: None, voided_at: Some(context.now.to_string()) };
    change.put(&draw.folder.join("notes.json"), &json_bytes(&notes)?)?;
    put_head(&change, project, &draw.folder, CommandId::Void, context)?;
    change.remove_file(&draw.folder.join(SECRET_FILE));
    change.commit(
        context,
        CommandId::Void,
        serde_json::json!({
            "period": draw.period, "sequence": draw.sequence, "reason": reason, "secret_disclosed": true,
        }),
    )?;
    Ok(())
}
