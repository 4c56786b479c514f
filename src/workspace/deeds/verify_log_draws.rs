//! The log against the draws: register, seals, openings, changes, certificates, and what each seal binds.

use std::collections::BTreeSet;

use serde_json::Value;

use super::verify_log::{fault, folders_in, items, lines_on, load_value};
use crate::diagnostic::AppResult;
use crate::sampling::{CheckReport, Fault, RegisterEvent, RegisterLine, Seal, SealRegister, to_hex};
use crate::workspace::deeds::open::unbound_file;
use crate::workspace::store::command_id::CommandId;
use crate::workspace::store::draws::StoredDraw;
use crate::workspace::store::frames::hash_file;
use crate::workspace::store::journal::JournalEntry;
use crate::workspace::store::project::Project;
use crate::workspace::store::register::load_register;

fn command_of(event: RegisterEvent) -> CommandId {
    match event {
        RegisterEvent::Sealed => CommandId::Seal,
        RegisterEvent::Opened => CommandId::Open,
        RegisterEvent::Voided => CommandId::Void,
    }
}

/// Register, folders and changes against the journal.
pub(super) fn check_draws(project: &Project, entries: &[JournalEntry], report: &mut CheckReport) -> AppResult<()> {
    let register = match load_register(project) {
        Ok(register) => register,
        Err(error) => {
            report.step("登记簿", "", vec![fault("LOG-011", format!("登记簿不能使用：{error}"))]);
            return Ok(());
        }
    };
    report.step("登记簿与日志", format!("{} 行逐行相符", register.lines().len()), check_register(&register, entries));
    let (mut folders, mut changes, mut bound, mut certificates) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut known = BTreeSet::new();
    for seal in register.seals() {
        let line = seal.sealed;
        let folder = project.draw_folder(line.period, line.sequence);
        known.insert(folder.clone());
        let place = format!("draws/{}/{}", line.period, line.sequence);
        match StoredDraw::load(project, line.period, line.sequence) {
            Err(error) => folders.push(fault("LOG-013", format!("{place} 不能读取：{error}"))),
            Ok(draw) => {
                folders.extend(check_folder(line, seal.end, &draw, &place));
                bound.extend(
                    unbound_file(&draw)?.map(|name| fault("LOG-020", format!("{place}/{name} 不是封签所封存的那一份"))),
                );
                if seal.is_opened() {
                    certificates.extend(check_stored_certificate(&draw, &place)?);
                }
            }
        }
        changes.extend(check_changes(&folder.join("changes.json"), line, entries, &place)?);
    }
    for period in folders_in(&project.root().join("draws"))? {
        for folder in folders_in(&period)? {
            if !known.contains(&folder) {
                let name = folder.strip_prefix(project.root()).unwrap_or(&folder).display().to_string();
                folders.push(fault("LOG-013", format!("{name} 没有登记：登记簿中的行被删去，或文件夹是另外放入的")));
            }
        }
    }
    report.step("登记簿与抽取文件夹", "封签、开封与作废相符", folders);
    report.step("封存的文件", "抽样框、名册、规则与输入清单都是封存的那一份", bound);
    report.step("变更与日志", "替换、更换与新增都在日志中", changes);
    report.step("证书与抽取文件夹", "封签与开封相符", certificates);
    Ok(())
}

/// Each row of the register has its line of the journal, with the same time and reason, in the same order, and each
/// line its row.
fn check_register(register: &SealRegister, entries: &[JournalEntry]) -> Vec<Fault> {
    let of_draws = [CommandId::Seal, CommandId::Open, CommandId::Void].map(CommandId::id);
    let mut lines = entries.iter().filter(|entry| of_draws.contains(&entry.command.as_str())).peekable();
    let mut faults = Vec::new();
    for row in register.lines() {
        let what = format!("{} 第 {} 次{}", row.period, row.sequence, row.event.label());
        let is_same = |entry: &&JournalEntry| {
            entry.command == command_of(row.event).id()
                && entry.detail["period"] == row.period.to_string().as_str()
                && entry.detail["sequence"] == row.sequence
        };
        let Some(entry) = lines.next_if(is_same) else {
            let there = entries.iter().any(|entry| is_same(&entry));
            let why = if there { "在日志中的次序不同" } else { "不在日志中" };
            faults.push(fault("LOG-011", format!("登记簿的「{what}」{why}")));
            if there {
                while lines.next_if(|entry| !is_same(entry)).is_some() {}
                lines.next();
            }
            continue;
        };
        let shifted = row.at == row.available_at;
        if row.at.as_str() != entry.at
            && !(row.event == RegisterEvent::Opened && shifted && is_demonstration(entries, row))
        {
            faults.push(fault("LOG-011", format!("登记簿的「{what}」时间为 {}，日志为 {}", row.at, entry.at)));
        }
        if row.event == RegisterEvent::Sealed && entry.detail["commitment"] != to_hex(&row.commitment).as_str() {
            faults.push(fault("LOG-011", format!("登记簿的「{what}」承诺值与日志不符")));
        }
        let told = match row.event {
            RegisterEvent::Sealed => entry.detail["again"].as_str().unwrap_or_default(),
            RegisterEvent::Voided => entry.detail["reason"].as_str().unwrap_or_default(),
            RegisterEvent::Opened => "",
        };
        if row.event != RegisterEvent::Opened && told.trim() != row.reason.trim() {
            faults.push(fault("LOG-011", format!("登记簿的「{what}」理由为「{}」，日志为「{told}」", row.reason)));
        }
    }
    for entry in lines {
        let label = CommandId::from_id(&entry.command).map_or("", CommandId::label);
        let period = entry.detail["period"].as_str().unwrap_or_default();
        let what = format!("日志第 {} 行的「{label} {period}」不在登记簿中：登记簿的行被删去或改写", entry.sequence);
        faults.push(fault("LOG-012", what));
    }
    faults
}

/// A demonstration may be opened before its number's hour, which the register can't hold.
fn is_demonstration(entries: &[JournalEntry], row: &RegisterLine) -> bool {
    let (period, sequence) = (Value::from(row.period.to_string()), Value::from(row.sequence));
    lines_on(entries, (&period, &sequence), &[CommandId::Seal]).any(|entry| entry.detail["demonstration"] == true)
}

/// A draw's folder against its rows of the register.
fn check_folder(sealed: &RegisterLine, end: Option<&RegisterLine>, draw: &StoredDraw, place: &str) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut wrong = |what: String| faults.push(fault("LOG-013", format!("{place}：{what}")));
    let seal: &Seal = &draw.seal;
    if seal.commitment() != sealed.commitment {
        wrong("封签的承诺值与登记簿不符".to_owned());
    }
    if seal.sealed_at != sealed.at.as_str() {
        wrong(format!("封签的封存时间 {} 与登记簿的 {} 不符", seal.sealed_at, sealed.at));
    }
    if seal.entropy.available_at != sealed.available_at.as_str() {
        wrong(format!("封签的公开数时间 {} 与登记簿的 {} 不符", seal.entropy.available_at, sealed.available_at));
    }
    let event = end.map(|end| end.event);
    match (&draw.opening, event) {
        (Some(_), Some(RegisterEvent::Opened)) | (None, Some(RegisterEvent::Voided) | None) => {}
        (Some(_), _) => wrong("文件夹中有开封文件，登记簿没有开封的行".to_owned()),
        (None, _) => wrong("登记簿有开封的行，文件夹中没有开封文件".to_owned()),
    }
    faults
}

/// Changes by hand against the journal, in order.
fn check_changes(
    path: &std::path::Path,
    sealed: &RegisterLine,
    entries: &[JournalEntry],
    place: &str,
) -> AppResult<Vec<Fault>> {
    let file = if path.exists() { load_value(path)? } else { Value::Null };
    let listed = items(&file);
    let (period, sequence) = (Value::from(sealed.period.to_string()), Value::from(sealed.sequence));
    let commands = [CommandId::Substitute, CommandId::ReplaceInspector, CommandId::AddCheck];
    let told: Vec<&Value> =
        lines_on(entries, (&period, &sequence), &commands).map(|entry| &entry.detail["change"]).collect();
    let name = |change: &Value| {
        let unit = change["unit"].as_str().or_else(|| change["need"]["unit_id"].as_str()).unwrap_or_default();
        format!("{} {unit}", change["kind"].as_str().unwrap_or_default())
    };
    let mut faults = Vec::new();
    for change in listed.iter().filter(|change| !told.contains(change)) {
        faults.push(fault(
            "LOG-014",
            format!("{place}/changes.json 的「{}」不在日志中：是另外加入或改写的", name(change)),
        ));
    }
    for change in told.iter().filter(|change| !listed.contains(change)) {
        faults.push(fault(
            "LOG-014",
            format!("日志所记的「{}」不在 {place}/changes.json 中：被删去或改写", name(change)),
        ));
    }
    if faults.is_empty() && !listed.iter().eq(told.iter().copied()) {
        faults.push(fault("LOG-014", format!("{place}/changes.json 的次序与日志不同")));
    }
    Ok(faults)
}

/// The certificate in a draw's folder is of this seal and opening.
fn check_stored_certificate(draw: &StoredDraw, place: &str) -> AppResult<Vec<Fault>> {
    let path = draw.folder.join("certificate.json");
    if !path.exists() {
        return Ok(Vec::new());
    }
    let certificate = load_value(&path)?;
    let mut faults = Vec::new();
    for part in ["seal", "opening"] {
        let own = load_value(&draw.folder.join(format!("{part}.json")))?;
        if certificate[part] != own {
            let hash = hash_file(&path)?.0;
            let short = hash.get(..12).unwrap_or_default();
            faults
                .push(fault("LOG-013", format!("{place}/certificate.json（{short}…）的 {part} 不是文件夹中的那一份")));
        }
    }
    Ok(faults)
}
