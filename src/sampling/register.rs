//! `register.csv`: the public register of a body's seals.
//!
//! Append-only lines, one an event: `sealed`, then `opened` or `voided` (with a reason). Rules that a chain
//! keeps: one body; times don't go back; every seal is opened or voided before the next; each seal names the
//! commitment of the one before (of any period); sequences count from 1 within a period, and a period's
//! second seal says why; nothing opens before its public number's time.

use super::hash::{Hash32, hash_from_hex, to_hex};
use super::log_head::LogHead;
use super::seal::Seal;
use super::time::ShanghaiTime;
use crate::diagnostic::{AppError, AppResult};
use crate::domain::Period;

const HEADER: [&str; 9] =
    ["event", "at", "agency", "period", "sequence", "commitment", "previous", "available_at", "reason"];

/// What happened to a seal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RegisterEvent {
    /// The commitment was published.
    Sealed,
    /// The draw was made.
    Opened,
    /// The seal was given up.
    Voided,
}

/// The word of the row in a published register that carries the log's head.
const LOG: &str = "log";

impl RegisterEvent {
    /// The word in the file.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Sealed => "sealed",
            Self::Opened => "opened",
            Self::Voided => "voided",
        }
    }

    /// The Chinese word shown to users.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Sealed => "已封存",
            Self::Opened => "已开封",
            Self::Voided => "已作废",
        }
    }
}

/// A line of the register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisterLine {
    /// What happened.
    pub event: RegisterEvent,
    /// When.
    pub at: ShanghaiTime,
    /// The body, as in the seal.
    pub agency: String,
    /// A month, or a year for its seed.
    pub period: Period,
    /// From 1 within the period.
    pub sequence: u64,
    /// The seal's commitment.
    pub commitment: Hash32,
    /// Commitment of the body's preceding seal.
    pub previous: Option<Hash32>,
    /// When the public number becomes known.
    pub available_at: ShanghaiTime,
    /// Why voided, or why a period is sealed again; may be empty else.
    pub reason: String,
}

/// A body's register. Every value of this type keeps the rules.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SealRegister {
    lines: Vec<RegisterLine>,
}

/// A seal with what became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SealEntry<'a> {
    /// The line of its sealing.
    pub sealed: &'a RegisterLine,
    /// The line that opened or voided it; `None` while it waits.
    pub end: Option<&'a RegisterLine>,
}

impl SealEntry<'_> {
    /// True where it was opened.
    #[must_use]
    pub fn is_opened(&self) -> bool {
        self.end.is_some_and(|end| end.event == RegisterEvent::Opened)
    }

    /// True where it was given up.
    #[must_use]
    pub fn is_voided(&self) -> bool {
        self.end.is_some_and(|end| end.event == RegisterEvent::Voided)
    }
}

fn broken(what: impl Into<String>) -> AppError {
    AppError::new("SEL-020", what)
}

fn period_of(text: &str) -> AppResult<Period> {
    text.parse().map_err(|_| broken("登记簿的期间写法不对").with(|f| f.value(text).expected("如 2027-03")))
}

impl SealRegister {
    /// An empty register.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The lines in order.
    #[must_use]
    pub fn lines(&self) -> &[RegisterLine] {
        &self.lines
    }

    /// The seal that is neither opened nor voided.
    #[must_use]
    pub fn pending(&self) -> Option<&RegisterLine> {
        self.lines.last().filter(|line| line.event == RegisterEvent::Sealed)
    }

    /// What the next seal must carry as `previous`.
    #[must_use]
    pub fn last_commitment(&self) -> Option<Hash32> {
        self.lines.last().map(|line| line.commitment)
    }

    /// What the next seal of a period must carry as `sequence`.
    #[must_use]
    pub fn next_sequence(&self, period: Period) -> u64 {
        1 + self.lines.iter().filter(|l| l.event == RegisterEvent::Sealed && l.period == period).count() as u64
    }

    /// Every seal with what became of it, in the order of sealing.
    pub fn seals(&self) -> impl DoubleEndedIterator<Item = SealEntry<'_>> {
        // a seal ends before the next begins: its end is the next line
        self.lines.iter().enumerate().filter(|(_, line)| line.event == RegisterEvent::Sealed).map(|(at, sealed)| {
            SealEntry { sealed, end: self.lines.get(at + 1).filter(|end| end.commitment == sealed.commitment) }
        })
    }

    /// The seals of a period.
    pub fn seals_of(&self, period: Period) -> impl DoubleEndedIterator<Item = SealEntry<'_>> {
        self.seals().filter(move |seal| seal.sealed.period == period)
    }

    /// A period's last seal that was not given up.
    #[must_use]
    pub fn standing(&self, period: Period) -> Option<SealEntry<'_>> {
        self.seals_of(period).rfind(|seal| !seal.is_voided())
    }

    /// The seals that were opened.
    pub fn opened(&self) -> impl DoubleEndedIterator<Item = SealEntry<'_>> {
        self.seals().filter(SealEntry::is_opened)
    }

    /// The opened seals of a period.
    pub fn opened_of(&self, period: Period) -> impl DoubleEndedIterator<Item = SealEntry<'_>> {
        self.seals_of(period).filter(SealEntry::is_opened)
    }

    /// Sequence of a period's last opened seal; `None` where none was opened.
    #[must_use]
    pub fn last_opened_of(&self, period: Period) -> Option<u64> {
        self.opened_of(period).next_back().map(|seal| seal.sealed.sequence)
    }

    /// True where a seal of the period was opened.
    #[must_use]
    pub fn is_opened(&self, period: Period) -> bool {
        self.last_opened_of(period).is_some()
    }

    /// The register with other words for its reasons: what its public copy needs. Nothing else changes.
    #[must_use]
    pub fn with_reasons(&self, mut words: impl FnMut(&RegisterLine) -> String) -> Self {
        let lines = self.lines.iter().map(|line| RegisterLine { reason: words(line), ..line.clone() });
        Self { lines: lines.collect() }
    }

    /// Adds a seal; `reason` must say why where the period was sealed before.
    ///
    /// # Errors
    /// `SEL-020` where a rule of the register would be broken; nothing is added then.
    pub fn append_sealed(&mut self, seal: &Seal, reason: &str) -> AppResult<()> {
        let time = |text: &str| ShanghaiTime::new(text).map_err(broken);
        self.append(RegisterLine {
            event: RegisterEvent::Sealed,
            at: time(&seal.sealed_at)?,
            agency: seal.agency.clone(),
            period: period_of(&seal.period)?,
            sequence: seal.sequence,
            commitment: seal.commitment(),
            previous: if seal.previous.is_empty() {
                None
            } else {
                Some(hash_from_hex(&seal.previous).ok_or_else(|| broken("封签的 previous 写法不对"))?)
            },
            available_at: time(&seal.entropy.available_at)?,
            reason: reason.to_owned(),
        })
    }

    /// Notes that the pending seal was opened.
    ///
    /// # Errors
    /// `SEL-020` where that is not the pending seal or it is too early.
    pub fn append_opened(&mut self, commitment: &Hash32, at: ShanghaiTime) -> AppResult<()> {
        self.append_end(RegisterEvent::Opened, commitment, at, "")
    }

    /// Notes that the pending seal was given up.
    ///
    /// # Errors
    /// `SEL-020` where that is not the pending seal or no reason is given.
    pub fn append_voided(&mut self, commitment: &Hash32, at: ShanghaiTime, reason: &str) -> AppResult<()> {
        self.append_end(RegisterEvent::Voided, commitment, at, reason)
    }

    fn append_end(
        &mut self,
        event: RegisterEvent,
        commitment: &Hash32,
        at: ShanghaiTime,
        reason: &str,
    ) -> AppResult<()> {
        let pending = self
            .pending()
            .filter(|line| line.commitment == *commitment)
            .cloned()
            .ok_or_else(|| broken("这不是登记簿上待开封的封签").with(|f| f.value(to_hex(commitment))))?;
        self.append(RegisterLine { event, at, reason: reason.to_owned(), ..pending })
    }

    /// Adds a line that keeps the rules.
    ///
    /// # Errors
    /// `SEL-020` with the rule that would be broken; nothing is added then.
    pub fn append(&mut self, line: RegisterLine) -> AppResult<()> {
        self.check_next(&line)?;
        self.lines.push(line);
        Ok(())
    }

    fn check_next(&self, line: &RegisterLine) -> AppResult<()> {
        if line.reason.chars().any(char::is_control) {
            return Err(broken("登记簿的原因不能有换行等控制字符").with(|f| f.value(&line.reason)));
        }
        let last = self.lines.last();
        if let Some(last) = last {
            if last.agency != line.agency {
                return Err(
                    broken("登记簿只能记一个机关的封签").with(|f| f.value(&line.agency).expected(last.agency.clone()))
                );
            }
            if line.at < last.at {
                return Err(broken("登记簿的时间倒退")
                    .with(|f| f.value(line.at.as_str()).expected(format!("不早于 {}", last.at))));
            }
        }
        match line.event {
            RegisterEvent::Sealed => self.check_sealed(line, last),
            RegisterEvent::Opened | RegisterEvent::Voided => check_end(line, last),
        }
    }

    fn check_sealed(&self, line: &RegisterLine, last: Option<&RegisterLine>) -> AppResult<()> {
        if let Some(pending) = self.pending() {
            return Err(broken(format!("{} 的封签尚未开封或作废，不能再封存", pending.period))
                .with(|f| f.value(to_hex(&pending.commitment)).hint("请先开封该封签，或写明原因作废")));
        }
        if line.previous != last.map(|l| l.commitment) {
            return Err(broken("封签没有接上前一个封签").with(|f| {
                f.value(line.previous.map(|h| to_hex(&h)).unwrap_or_default())
                    .expected(last.map_or_else(|| "空".to_owned(), |l| to_hex(&l.commitment)))
            }));
        }
        let sequence = self.next_sequence(line.period);
        if line.sequence != sequence {
            return Err(broken(format!("{} 的封签序号不对", line.period))
                .with(|f| f.value(line.sequence.to_string()).expected(sequence.to_string())));
        }
        if sequence > 1 && line.reason.trim().is_empty() {
            return Err(broken(format!("{} 已经封存过，再次封存必须写明原因", line.period)));
        }
        if line.available_at <= line.at {
            return Err(broken("封存时间不早于公开数的公布时间")
                .with(|f| f.value(line.at.as_str()).expected(format!("早于 {}", line.available_at))));
        }
        if self.lines.iter().any(|l| l.commitment == line.commitment) {
            return Err(broken("同一承诺值已经登记过").with(|f| f.value(to_hex(&line.commitment))));
        }
        Ok(())
    }

    /// The bytes of `register.csv`: UTF-8, LF.
    #[must_use]
    pub fn to_csv(&self) -> Vec<u8> {
        let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::Any(b'\n')).from_writer(Vec::new());
        // Writing to memory can't fail; a failure would show as a shorter file, which no check accepts.
        let _ = writer.write_record(HEADER);
        for line in &self.lines {
            let previous = line.previous.map(|hash| to_hex(&hash)).unwrap_or_default();
            let _ = writer.write_record([
                line.event.id(),
                line.at.as_str(),
                &line.agency,
                &line.period.to_string(),
                &line.sequence.to_string(),
                &to_hex(&line.commitment),
                &previous,
                line.available_at.as_str(),
                &line.reason,
            ]);
        }
        writer.into_inner().unwrap_or_default()
    }

    /// The register as it is published: one row more, `log`, with the log's head at that time (`sequence` its lines,
    /// `commitment` its root), so that a copy of it and the log contradict each other where the log is written anew.
    #[must_use]
    pub fn to_published_csv(&self, at: &str, agency: &str, log: &LogHead) -> Vec<u8> {
        let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::Any(b'\n')).from_writer(Vec::new());
        let _ = writer.write_record([LOG, at, agency, "", &log.size.to_string(), &log.root, "", "", ""]);
        [self.to_csv(), writer.into_inner().unwrap_or_default()].concat()
    }

    /// Reads `register.csv` and checks its chain from the first line. A published copy ends with the log's head, which is
    /// read over.
    ///
    /// # Errors
    /// `SEL-021` for a line that can't be read, `SEL-020` for one that breaks a rule, with the row's number.
    pub fn parse_csv(bytes: &[u8]) -> AppResult<Self> {
        let unreadable = |row: u64, column: &str, value: &str, expected: &str| {
            AppError::new("SEL-021", "登记簿的一行无法读取")
                .with(|f| f.row(row).column(column).value(value).expected(expected))
        };
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes);
        let mut register = Self::new();
        let (mut with_header, mut ended) = (false, false);
        for (i, record) in reader.records().enumerate() {
            let record = record.map_err(|error| unreadable(i as u64 + 1, "", &error.to_string(), "UTF-8 的 csv"))?;
            let row = record.position().map_or(i as u64 + 1, csv::Position::line);
            if i == 0 {
                if record != HEADER[..] {
                    return Err(unreadable(row, "", &record.iter().collect::<Vec<_>>().join(","), &HEADER.join(",")));
                }
                with_header = true;
                continue;
            }
            let fields: Vec<&str> = record.iter().collect();
            let [event, at, agency, period, sequence, commitment, previous, available_at, reason] = fields[..] else {
                return Err(unreadable(row, "", &fields.join(","), &format!("9 列，实际 {} 列", fields.len())));
            };
            if ended {
                return Err(unreadable(row, "event", event, "日志根值之后没有别的行"));
            }
            if event == LOG {
                let head = hash_from_hex(commitment).is_some() && sequence.parse::<u64>().is_ok();
                if !head || [period, previous, available_at, reason].iter().any(|text| !text.is_empty()) {
                    return Err(unreadable(row, "event", event, "日志的行数与根值"));
                }
                ended = true;
                continue;
            }
            let event = [RegisterEvent::Sealed, RegisterEvent::Opened, RegisterEvent::Voided]
                .into_iter()
                .find(|known| known.id() == event)
                .ok_or_else(|| unreadable(row, "event", event, "sealed、opened 或 voided"))?;
            let time = |column: &str, text: &str| {
                ShanghaiTime::new(text).map_err(|_| unreadable(row, column, text, "如 2027-02-28T21:15:00+08:00"))
            };
            let hash = |column: &str, text: &str| {
                hash_from_hex(text).ok_or_else(|| unreadable(row, column, text, "64 位小写十六进制数字"))
            };
            let number: Option<u64> = sequence.parse().ok().filter(|n: &u64| n.to_string() == sequence);
            let line = RegisterLine {
                event,
                at: time("at", at)?,
                agency: agency.to_owned(),
                period: period_of(period).map_err(|error| error.with(|f| f.row(row)))?,
                sequence: number.ok_or_else(|| unreadable(row, "sequence", sequence, "从 1 起的整数"))?,
                commitment: hash("commitment", commitment)?,
                previous: if previous.is_empty() { None } else { Some(hash("previous", previous)?) },
                available_at: time("available_at", available_at)?,
                reason: reason.to_owned(),
            };
            register.append(line).map_err(|error| error.with(|f| f.row(row)))?;
        }
        if with_header {
            return Ok(register);
        }
        Err(unreadable(1, "", "", &HEADER.join(",")))
    }
}

fn check_end(line: &RegisterLine, last: Option<&RegisterLine>) -> AppResult<()> {
    let pending = last.filter(|l| l.event == RegisterEvent::Sealed).ok_or_else(|| broken("没有待开封的封签"))?;
    let same =
        RegisterLine { event: pending.event, at: pending.at.clone(), reason: pending.reason.clone(), ..line.clone() };
    if same != *pending {
        return Err(broken("这一行与它所开封或作废的封签不一致").with(|f| f.value(to_hex(&line.commitment))));
    }
    if line.event == RegisterEvent::Opened && line.at < line.available_at {
        return Err(broken("开封早于公开数的公布时间")
            .with(|f| f.value(line.at.as_str()).expected(format!("不早于 {}", line.available_at))));
    }
    if line.event == RegisterEvent::Voided && line.reason.trim().is_empty() {
        return Err(broken("作废封签必须写明原因"));
    }
    Ok(())
}
