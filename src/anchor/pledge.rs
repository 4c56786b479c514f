//! The pledge of a public number: what an office types becomes what is sealed, or is refused with what was expected.
//!
//! A drand round and a lottery issue have an hour of their own, so that `available_at` is computed and not believed.
//! A number that can be guessed or steered is refused alone; several sources in one seal add up.

use chrono::{Duration, NaiveDateTime};

use super::beacon::{DrandChain, pledged_round};
use super::lottery::{self, Pause, Told};
use super::moment::local;
use crate::diagnostic::{AppError, AppResult, Finding};
use crate::policy::AnchorRule;
use crate::sampling::{EntropyFormat, MIXED_SEPARATOR, ShanghaiTime};

/// A pledge as it is sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettledPledge {
    /// Whose number it is.
    pub source: String,
    /// Which issue or round.
    pub reference: String,
    /// When it becomes known.
    pub available_at: ShanghaiTime,
}

/// Bits of a number that nobody can foresee, rounded down.
#[must_use]
pub fn entropy_bits(format: EntropyFormat, source: &str) -> u32 {
    match format {
        // C(33, 6) · 16 outcomes
        EntropyFormat::Ssq => 24,
        // the last digits of a day's close, the rest being foreseeable
        EntropyFormat::Index => 0,
        // at least sixteen throws
        EntropyFormat::Dice => 41,
        EntropyFormat::Drand => 256,
        EntropyFormat::Mixed => parts_of(source).iter().map(|(format, source)| entropy_bits(*format, source)).sum(),
    }
}

/// The formats and sources of a mixed source, in order: `ssq:中国福利彩票双色球;drand:52db…`.
#[must_use]
pub fn parts_of(source: &str) -> Vec<(EntropyFormat, String)> {
    source
        .split(MIXED_SEPARATOR)
        .filter_map(|part| {
            let (id, rest) = part.split_once(':')?;
            let format = EntropyFormat::from_id(id.trim()).filter(|format| *format != EntropyFormat::Mixed)?;
            // a chain is named `drand:HASH` in a mixed source as alone
            let source = if format == EntropyFormat::Drand { part.trim() } else { rest.trim() };
            Some((format, source.to_owned()))
        })
        .collect()
}

/// Source and reference in words: a round by its chain's name and its number, anything else as it was sealed.
#[must_use]
pub fn pledge_words(source: &str, reference: &str) -> (String, String) {
    let one = |source: &str, reference: &str| match pledged_round(source, reference) {
        Some((chain, round)) => (format!("drand {}", chain.name), format!("第 {round} 轮")),
        None => (source.to_owned(), reference.to_owned()),
    };
    // a part's format is told beside it
    let of_part = |source: &str| {
        let named = source.split_once(':').filter(|(id, _)| EntropyFormat::from_id(id.trim()).is_some());
        named.map_or(source, |(_, rest)| rest).trim().to_owned()
    };
    let sources: Vec<&str> = source.split(MIXED_SEPARATOR).collect();
    let references: Vec<&str> = reference.split(MIXED_SEPARATOR).collect();
    if sources.len() != references.len() {
        return one(source, reference);
    }
    let (sources, references): (Vec<String>, Vec<String>) =
        sources.into_iter().zip(references).map(|(source, reference)| one(source.trim(), reference.trim())).unzip();
    if sources.len() == 1 {
        return (sources.concat(), references.concat());
    }
    (sources.iter().map(|source| of_part(source)).collect::<Vec<_>>().join("；"), references.join("；"))
}

/// The same in one line: source and reference.
#[must_use]
pub fn pledge_line(source: &str, reference: &str) -> String {
    let (source, reference) = pledge_words(source, reference);
    format!("{source}　{reference}")
}

/// The local hour of a round as it is typed; `None` where chain or round is not named.
#[must_use]
pub fn hour_of_round(source: &str, reference: &str) -> Option<NaiveDateTime> {
    settle_one(EntropyFormat::Drand, source, reference, &[]).ok()?.2
}

fn refused(code: &'static str, what: &str, got: &str, expected: impl Into<String>, hint: &str) -> AppError {
    Finding::error(code, what).value(got).expected(expected.into()).hint(hint).into()
}

/// What to do about an hour that isn't the reference's: which issue is drawn on the day that was told.
fn told_hint(format: EntropyFormat, told: &ShanghaiTime, pauses: &[Pause]) -> String {
    let issue = local(told.as_str()).filter(|_| format == EntropyFormat::Ssq);
    match issue.and_then(|told| lottery::issue_on(told.date(), pauses)) {
        Some(issue) => format!("该日开奖的是第{issue}期；时间由期号算出，可以不写"),
        None => "时间由期号或轮次算出，可以不写".to_owned(),
    }
}

/// One source alone: source and reference as sealed, and its hour where it follows from the reference.
fn settle_one(
    format: EntropyFormat,
    source: &str,
    reference: &str,
    pauses: &[Pause],
) -> AppResult<(String, String, Option<NaiveDateTime>)> {
    let (source, reference) = (source.trim(), reference.trim());
    match format {
        EntropyFormat::Drand => {
            let Some(chain) = DrandChain::meant(source) else {
                return Err(refused(
                    "ANC-020",
                    "drand 的链没有写明",
                    source,
                    "quicknet、default，或 drand: 后接链的散列值",
                    "请在来源中写明是哪一条链",
                ));
            };
            let digits: String = reference.chars().filter(char::is_ascii_digit).collect();
            let round = digits.parse::<u64>().ok();
            let Some((round, at)) = round.and_then(|round| Some((round, local(chain.time_of(round)?.as_str())?)))
            else {
                return Err(refused(
                    "ANC-021",
                    "drand 的轮次没有写明",
                    reference,
                    "轮次号，如 38212345",
                    "轮次决定公布时间",
                ));
            };
            Ok((chain.source(), round.to_string(), Some(at)))
        }
        EntropyFormat::Ssq => {
            let Some(told) = lottery::read_reference(reference) else {
                return Err(refused(
                    "ANC-022",
                    "双色球的期号没有写明",
                    reference,
                    "「第2027025期」，或「2027-02-28（周日）开奖的一期」",
                    "期号与开奖日期须对得上",
                ));
            };
            let day = match told {
                Told::Day(day) => Some(day),
                Told::Issue(issue) => lottery::day_of_issue(issue, pauses),
            };
            let Some(day) = day.filter(|day| lottery::is_drawn_on(*day, pauses)) else {
                return Err(refused(
                    "ANC-018",
                    "这一期双色球不存在，或当日不开奖",
                    reference,
                    "周二、周四、周日 21:15 开奖，休市日除外",
                    "请核对期号；春节等休市日写在规则的 anchors.lottery_pauses",
                ));
            };
            Ok((source.to_owned(), reference.to_owned(), Some(lottery::drawing_on(day))))
        }
        _ => Ok((source.to_owned(), reference.to_owned(), None)),
    }
}

/// Turns what was typed into what is sealed. `available_at` may be empty where the reference has an hour of its own;
/// where it is given it must be that hour.
///
/// # Errors
/// `ANC-013`/`ANC-014`/`ANC-026` hour, `ANC-018`/`ANC-022` issue, `ANC-020` chain, `ANC-021` round, `ANC-025` an index alone, `ANC-027` entropy,
/// `ANC-028` gap, `ANC-029` parts of a mixed source.
pub fn settle_pledge(
    (format, source, reference): (EntropyFormat, &str, &str),
    available_at: Option<&ShanghaiTime>,
    sealed_at: &ShanghaiTime,
    rule: &AnchorRule,
) -> AppResult<SettledPledge> {
    let pauses: Vec<Pause> = rule.lottery_pauses.iter().map(|pause| (pause.from, pause.to)).collect();
    let (source, reference, hour, least) = if format == EntropyFormat::Mixed {
        settle_mixed(source, reference, &pauses)?
    } else {
        let (source, reference, hour) = settle_one(format, source, reference, &pauses)?;
        (source, reference, hour, None)
    };
    if format == EntropyFormat::Index {
        return Err(refused(
            "ANC-025",
            "单独的股票指数不能作公开数",
            "index",
            "双色球、掷骰、drand，或几种合用（mixed）",
            "收盘点位可以预估，又没有签名可核对",
        ));
    }
    let bits = entropy_bits(format, &source);
    if bits < rule.least_entropy_bits {
        return Err(refused(
            "ANC-027",
            "公开数的不确定性不够",
            &format!("约 {bits} 比特"),
            format!("至少 {} 比特（规则 anchors.least_entropy_bits）", rule.least_entropy_bits),
            "请改用掷骰或 drand，或几种合用：格式 mixed，如双色球接连两期",
        ));
    }
    let computed = hour.map(ShanghaiTime::of_local);
    let available = match (computed, available_at) {
        (Some(computed), Some(told)) if *told != computed => {
            return Err(refused(
                "ANC-026",
                "公开数的产生时间与期号（轮次）不符",
                told.as_str(),
                computed.as_str().to_owned(),
                &told_hint(format, told, &pauses),
            ));
        }
        (Some(computed), _) => computed,
        (None, Some(told)) if least.as_ref().is_some_and(|least| told < least) => {
            return Err(refused(
                "ANC-014",
                "公开数的产生时间早于其中一种的时间",
                told.as_str(),
                format!("不早于 {}", least.map_or_else(String::new, |least| least.to_string())),
                "几种合用的，以最晚的一种为准",
            ));
        }
        (None, Some(told)) => told.clone(),
        (None, None) => {
            return Err(refused("ANC-013", "没有写明公开数的产生时间", "", "如 2027-02-28T21:15:00+08:00", "请写明"));
        }
    };
    let gap = local(available.as_str()).zip(local(sealed_at.as_str())).map(|(later, sooner)| later - sooner);
    if gap.is_none_or(|gap| gap < Duration::hours(i64::from(rule.least_gap_hours))) {
        return Err(refused(
            "ANC-028",
            "封存与公开数产生之间的时间太短",
            available.as_str(),
            format!("封存（{sealed_at}）之后至少 {} 小时（规则 anchors.least_gap_hours）", rule.least_gap_hours),
            "承诺值要有时间公布并盖时间戳；请改用下一期",
        ));
    }
    Ok(SettledPledge { source, reference, available_at: available })
}

type Mixed = (String, String, Option<NaiveDateTime>, Option<ShanghaiTime>);

/// Sources in their order; the hour where every part has its own, and the earliest that is possible where not.
fn settle_mixed(source: &str, reference: &str, pauses: &[Pause]) -> AppResult<Mixed> {
    let parts = parts_of(source);
    let references: Vec<&str> = reference.split(MIXED_SEPARATOR).collect();
    let all = source.split(MIXED_SEPARATOR).count();
    if parts.len() != all || !(2..=4).contains(&all) || references.len() != all {
        return Err(refused(
            "ANC-029",
            "合用的公开数写法不对",
            source,
            "来源如「ssq:中国福利彩票双色球;drand:quicknet」，期号同样以分号分隔，二至四种，个数一致",
            "每种来源前写明格式：ssq、index、dice、drand",
        ));
    }
    let (mut sources, mut kept, mut hours) = (Vec::new(), Vec::new(), Vec::new());
    for ((format, source), reference) in parts.into_iter().zip(references) {
        let (source, reference, hour) = settle_one(format, &source, reference, pauses)?;
        sources.push(if format == EntropyFormat::Drand { source } else { format!("{}:{source}", format.id()) });
        kept.push(reference);
        hours.push(hour);
    }
    let whole = hours.iter().all(Option::is_some);
    let latest = hours.into_iter().flatten().max();
    let least = latest.map(ShanghaiTime::of_local);
    Ok((sources.join(MIXED_SEPARATOR), kept.join(MIXED_SEPARATOR), latest.filter(|_| whole), least))
}
