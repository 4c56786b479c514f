//! A month's frame built again from the inputs that its seal binds: whether what was sealed follows from them.
//!
//! At the sealing a copy of every input is kept under its hash. Here they are laid out as they were, the register ends
//! before the seal, and the plan is made again: frame, roster, needs, targets and quotas must come out byte for byte (but
//! for the salts, which are random and taken from the sealed frame).

use std::collections::BTreeSet;
use std::path::Path;

use crate::diagnostic::{AppError, AppResult, Finding, Progress};
use crate::domain::{Period, PlanMonth};
use crate::export::write_atomic;
use crate::sampling::{FrameRow, SamplingFrame, SealRegister, hash_from_hex, sha256, to_hex};
use crate::workspace::deeds::seal::{SEALED_FOLDER, read_inputs, year_seed};
use crate::workspace::inputs::analysis::compute_analysis;
use crate::workspace::inputs::month_frame::compute_month_frame;
use crate::workspace::inputs::quotas::QUOTAS_FILE;
use crate::workspace::inputs::schedule::SCHEDULE_FILE;
use crate::workspace::store::draws::StoredDraw;
use crate::workspace::store::frames::load_project_data;
use crate::workspace::store::project::{Project, create_folder, load_bytes};
use crate::workspace::store::register::load_register;

/// Rows named where they differ.
const MOST_ROWS: usize = 20;

/// What building a frame again gave.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rederived {
    /// Which seal of the month.
    pub sequence: u64,
    /// Inputs that are no more as they were sealed, in words; nothing is built then.
    pub missing: Vec<String>,
    /// Rows of the frame.
    pub rows: usize,
    /// What differs, in words.
    pub differs: Vec<String>,
}

/// Builds the frame of a month's seal again, by the rules of the seal's own method: that of this sequence, the last one
/// that stands for `None`.
///
/// # Errors
/// `SEL-054` where the month has no such seal, or one of format 1, `VER-004` where its method is unknown, those of making
/// the plan, `IO-…`.
pub fn rederive_month(
    project: &Project,
    month: PlanMonth,
    sequence: Option<u64>,
    progress: &Progress,
) -> AppResult<Rederived> {
    let register = load_register(project)?;
    let period = Period::Month(month);
    let entry = match sequence {
        None => register.standing(period),
        Some(sequence) => register.seals_of(period).find(|seal| seal.sealed.sequence == sequence),
    };
    let entry = entry.ok_or_else(|| none_sealed(month))?;
    let draw = StoredDraw::load(project, period, entry.sealed.sequence)?;
    if draw.seal.is_format_1() {
        return Err(none_sealed(month));
    }
    let unknown = || AppError::new("VER-004", format!("抽样方法「{}」无法识别", draw.seal.method));
    let method = draw.seal.method().ok_or_else(unknown)?;
    let place = tempfile::tempdir().map_err(|cause| AppError::io("建立临时文件夹", Path::new("."), cause))?;
    let mut told = Rederived { sequence: draw.sequence, rows: draw.frame.len(), ..Rederived::default() };
    told.missing = lay_out(project, &draw, &register, place.path())?;
    if !told.missing.is_empty() {
        return Ok(told);
    }
    let then = Project::open(place.path(), None)?;
    let (registry, _) = load_project_data(&then)?;
    let analysis = compute_analysis(&then, &registry, month, progress)?;
    let made = compute_month_frame(method, &then, &registry, &analysis, &year_seed(&then)?)?;
    told.differs = frame_differences(&draw.frame, &made.built.frame);
    for (name, bytes) in [
        ("roster.csv", made.roster.write_csv()),
        ("needs.csv", made.needs.write_csv()),
        ("targets.csv", made.targets),
        (SCHEDULE_FILE, made.schedule),
        (QUOTAS_FILE, made.quotas),
    ] {
        if load_bytes(&draw.folder.join(name))? != bytes {
            told.differs.push(format!("{name} 与重新生成的不同"));
        }
    }
    Ok(told)
}

fn none_sealed(month: PlanMonth) -> AppError {
    Finding::error("SEL-054", format!("{month} 没有可以重新生成的封存"))
        .hint("从第 2 版格式起，封存时留存全部输入；以前的封存没有留存")
        .into()
}

/// Lays the project out as it was when the seal was made; what can't be had any more, in words.
fn lay_out(project: &Project, draw: &StoredDraw, register: &SealRegister, to: &Path) -> AppResult<Vec<String>> {
    let (root, mut missing, mut placed) = (project.root(), Vec::new(), BTreeSet::new());
    let put = |name: &str, bytes: &[u8]| -> AppResult<()> {
        let path = to.join(name);
        if let Some(folder) = path.parent() {
            create_folder(folder)?;
        }
        write_atomic(&path, bytes)
    };
    let inputs = load_bytes(&draw.folder.join("inputs.txt"))?;
    let policy = load_bytes(&draw.folder.join("policy.ron"))?;
    for (name, bytes, sealed) in
        [("inputs.txt", &inputs, &draw.seal.inputs_sha256), ("policy.ron", &policy, &draw.seal.policy_sha256)]
    {
        if hash_from_hex(sealed) != Some(sha256(&[bytes])) {
            missing.push(format!("{name} 不是封存的那一份"));
        }
    }
    put("policy.ron", &policy)?;
    let own = format!("draws/{}/{}/", draw.period, draw.sequence);
    for (hash, name) in read_inputs(&inputs).into_iter().filter(|(_, name)| !name.starts_with(&own)) {
        let found = [root.join(SEALED_FOLDER).join(&hash), root.join(&name)].into_iter().find_map(|path| {
            let bytes = load_bytes(&path).ok()?;
            (to_hex(&sha256(&[&bytes])) == hash).then_some(bytes)
        });
        match found {
            Some(bytes) => put(&name, &bytes)?,
            None => missing.push(format!("{name} 已不是封存时的内容，也没有留存")),
        }
        placed.insert(name);
    }
    let mut before = SealRegister::new();
    for line in register.lines().iter().take_while(|line| line.commitment != draw.seal.commitment()) {
        before.append(line.clone())?;
    }
    put("register.csv", &before.to_csv())?;
    for entry in before.opened() {
        let (period, sequence) = (entry.sealed.period, entry.sealed.sequence);
        for name in ["seal.json", "frame.csv", "roster.csv", "needs.csv", "notes.json", "off_site.json", "plan.json"] {
            let name = format!("draws/{period}/{sequence}/{name}");
            if !placed.contains(&name) && root.join(&name).exists() {
                put(&name, &load_bytes(&root.join(&name))?)?;
            }
        }
    }
    copy_rest(root, to, &placed)?;
    Ok(missing)
}

/// The map and other files of the project's folder that no seal names.
fn copy_rest(root: &Path, to: &Path, placed: &BTreeSet<String>) -> AppResult<()> {
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        let io = |cause| AppError::io("读取文件夹", &folder, cause);
        for entry in std::fs::read_dir(&folder).map_err(io)? {
            let path = entry.map_err(io)?.path();
            let Ok(name) = path.strip_prefix(root) else { continue };
            let (target, text) = (to.join(name), name.to_string_lossy().replace('\\', "/"));
            let of_old = ["draws", "frames", "results", SEALED_FOLDER, "kept"].contains(&text.as_str());
            if path.is_dir() && !of_old {
                folders.push(path);
            } else if path.is_file() && !placed.contains(&text) && !target.exists() && !text.starts_with('.') {
                if let Some(folder) = target.parent() {
                    create_folder(folder)?;
                }
                write_atomic(&target, &load_bytes(&path)?)?;
            }
        }
    }
    Ok(())
}

/// Rows that differ but for their salts.
fn frame_differences(sealed: &SamplingFrame, made: &SamplingFrame) -> Vec<String> {
    let words = |row: &FrameRow| format!("{} π={} 原因「{}」", row.stratum, row.pi_ppb, row.reason);
    let mut differs = Vec::new();
    let mut more = 0;
    let ids = |frame: &SamplingFrame| (0..frame.len()).map(|at| frame.unit_id(at).to_owned()).collect::<BTreeSet<_>>();
    for unit in ids(sealed).union(&ids(made)) {
        let of = |frame: &SamplingFrame| frame.position(unit).and_then(|at| frame.to_row(at));
        let (was, is) = (of(sealed), of(made));
        let same = match (&was, &is) {
            (Some(was), Some(is)) => FrameRow { salt: was.salt, ..is.clone() } == *was,
            _ => false,
        };
        if same {
            continue;
        }
        if differs.len() < MOST_ROWS {
            let told = |row: &Option<FrameRow>| row.as_ref().map_or_else(|| "没有".to_owned(), words);
            differs.push(format!("frame.csv {unit}：封存为 {}，重新生成为 {}", told(&was), told(&is)));
        } else {
            more += 1;
        }
    }
    if more > 0 {
        differs.push(format!("frame.csv 另有 {more} 行不同"));
    }
    differs
}
