//! The command `backtest`: what a weighting would have found on checks whose outcome is known.

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::Args;

use super::Finish;
use super::output::{json, line, say};
use crate::diagnostic::{AppError, AppResult, Diagnostics, Finding};
use crate::registry::columns::text_cells;
use crate::registry::parse::parse_number;
use crate::tabular::{ReadOptions, load_raw};
use crate::text::day::parse_time;
use crate::workspace::reports::backtest::{BacktestUnit, compute_backtest};
use crate::workspace::store::project::CommandContext;

/// `backtest`.
#[derive(Debug, Args)]
pub struct BacktestArgs {
    /// 带评分与结果的 csv
    pub file: PathBuf,
    /// 评分列
    #[arg(long)]
    pub score: String,
    /// 结果列（0/1 或 True/False）
    #[arg(long)]
    pub outcome: String,
    /// 时间列
    #[arg(long)]
    pub time: String,
    /// 检查量
    #[arg(long)]
    pub budget: usize,
    /// 只取此列等于此值的行，如 Test=True
    #[arg(long = "where", value_name = "列=值")]
    pub filter: Option<String>,
    /// 最低概率
    #[arg(long, value_delimiter = ',', default_values_t = [0.0, 0.05, 0.1, 0.2])]
    pub floors: Vec<f64>,
}

/// The times of a column as numbers that grow with time: dates, or plain numbers, all of one kind.
///
/// Day and month in either order before the year are told apart by the column: one of them must pass 12 somewhere.
///
/// # Errors
/// Index of the first time that can't be read, and what would have been right.
fn read_times(texts: &[&str]) -> Result<Vec<f64>, (usize, &'static str)> {
    const DATES: &str = "同一种写法的日期（如 2014-02-01）或序号";
    let days = |text: &&str| {
        let date = parse_time(text).ok().flatten()?;
        Some(f64::from(date.day) + f64::from(date.minute.unwrap_or(0)) / 1440.0)
    };
    let mut fault = None;
    let mut all = |read: &dyn Fn(&&str) -> Option<f64>| {
        let found: Vec<f64> = texts.iter().map_while(read).collect();
        if found.len() == texts.len() {
            return Some(found);
        }
        fault = fault.max(Some(found.len()));
        None
    };
    // A column of nothing but numbers below 20 000 counts something; five digits are the days of a spreadsheet.
    if let Some(found) = all(&|text| text.trim().parse::<f64>().ok().filter(|n| n.is_finite() && n.abs() < 20_000.0)) {
        return Ok(found);
    }
    if let Some(found) = all(&days) {
        return Ok(found);
    }
    let parts = |text: &&str| {
        let figures: Vec<i32> =
            text.trim().split(['/', '.', '-']).map(|part| part.parse().ok()).collect::<Option<_>>()?;
        <[i32; 3]>::try_from(figures)
            .ok()
            .filter(|[a, b, year]| (1..=31).contains(a) && (1..=31).contains(b) && *year > 999)
    };
    let figures: Vec<[i32; 3]> = texts.iter().map_while(parts).collect();
    if figures.len() < texts.len() {
        return Err((fault.unwrap_or(0).max(figures.len()), DATES));
    }
    let day_first = figures.iter().any(|[first, _, _]| *first > 12);
    let month_first = figures.iter().any(|[_, second, _]| *second > 12);
    if day_first == month_first {
        return Err((0, "年份在前的日期（如 2014-02-01）：日与月的先后看不出来"));
    }
    figures
        .iter()
        .enumerate()
        .map(|(i, [first, second, year])| {
            let (month, day) = if day_first { (second, first) } else { (first, second) };
            days(&format!("{year}-{month}-{day}").as_str()).ok_or((i, DATES))
        })
        .collect()
}

pub(super) fn backtest(args: &BacktestArgs, as_json: bool, context: &CommandContext) -> AppResult<Finish> {
    let mut diagnostics = Diagnostics::new();
    let tables = load_raw(&args.file, &ReadOptions::default(), &mut diagnostics, &context.progress)?;
    let table = tables.first().ok_or_else(|| AppError::new("BCK-002", "文件里没有表格"))?;
    let frame = &table.cells;
    let names: Vec<String> = frame.get_column_names().iter().map(ToString::to_string).collect();
    let columns = text_cells(frame)?;
    let headings: Vec<String> = if table.named {
        names.clone()
    } else {
        columns.iter().map(|c| c.get(0).unwrap_or_default().trim().to_owned()).collect()
    };
    let find = |wanted: &str| {
        headings.iter().position(|h| h == wanted).ok_or_else(|| {
            AppError::from(
                Finding::error("BCK-003", "文件没有这一列")
                    .value(wanted)
                    .expected(headings.join("、"))
                    .file(table.file.clone()),
            )
        })
    };
    let (score, outcome, time) = (find(&args.score)?, find(&args.outcome)?, find(&args.time)?);
    let filter = match &args.filter {
        None => None,
        Some(text) => {
            let (column, value) = text.split_once('=').ok_or_else(|| {
                AppError::from(
                    Finding::error("BCK-004", "筛选条件写法不对").value(text).expected("列=值，如 Test=True"),
                )
            })?;
            Some((find(column)?, value.to_owned()))
        }
    };
    let first = usize::from(!table.named);
    let taken = |row: &usize| {
        let cell = |column: usize| columns[column].get(*row).unwrap_or_default().trim();
        filter.as_ref().is_none_or(|(column, value)| cell(*column).eq_ignore_ascii_case(value))
    };
    let rows: Vec<usize> = (first..frame.height()).filter(taken).collect();
    let written: Vec<&str> = rows.iter().map(|row| columns[time].get(*row).unwrap_or_default()).collect();
    let times = read_times(&written).map_err(|(at, expected)| {
        AppError::from(
            Finding::error("BCK-006", "时间不能按先后排列")
                .row(u64::from(table.rows[rows[at]]))
                .column(&args.time)
                .value(written[at])
                .expected(expected)
                .file(table.file.clone()),
        )
    })?;
    let mut units = Vec::new();
    for (row, time) in rows.into_iter().zip(times) {
        let cell = |column: usize| columns[column].get(row).unwrap_or_default().trim();
        let number = |column: usize, name: &str| -> AppResult<f64> {
            let text = cell(column);
            match text.to_ascii_lowercase().as_str() {
                "true" | "是" => return Ok(1.0),
                "false" | "否" => return Ok(0.0),
                _ => {}
            }
            let number = parse_number(text).ok().flatten().map(|number| number.value);
            number.ok_or_else(|| {
                Finding::error("BCK-005", "不是数字")
                    .row(u64::from(table.rows[row]))
                    .column(name)
                    .value(text)
                    .file(table.file.clone())
                    .into()
            })
        };
        units.push(BacktestUnit { score: number(score, &args.score)?, outcome: number(outcome, &args.outcome)?, time });
    }
    let result = compute_backtest(&units, args.budget, &args.floors)?;
    if as_json {
        json(&result)?;
        return Ok(Finish::Done);
    }
    line(&format!("单位 {} 个，检查 {} 次，共有 {} 个问题", result.units, result.budget, result.total))?;
    line(&format!("按业务次序（时间在前）：{}", result.business_order))?;
    line(&format!("简单随机：{:.1}", result.random))?;
    line(&format!("只查最高分：{}", result.top_score))?;
    line("最低概率,按评分,按评分平方")?;
    for point in &result.curve {
        line(&format!("{},{:.1},{:.1}", point.floor, point.by_score, point.by_score_squared))?;
    }
    let most: BTreeSet<u64> = units.iter().map(|u| u.time.to_bits()).collect();
    say(&format!("时间取值 {} 种，同时的机会均等；每一行最低概率下的预计发现数为 Σπ·结果，不是模拟", most.len()));
    Ok(Finish::Done)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_in_one_spelling_or_not_at_all() {
        let order = |texts: &[&str]| {
            read_times(texts).map(|times| {
                let mut order: Vec<usize> = (0..times.len()).collect();
                order.sort_by(|a, b| times[*a].total_cmp(&times[*b]));
                order
            })
        };
        for texts in [
            ["2014-2-1", "2014-10-1", "2014-9-30"],
            ["1", "10", "9"],
            ["2014/2/1", "2014/10/1", "2014/9/30"],
            ["2014年2月1日", "2014年10月1日", "2014年9月30日"],
            ["41671", "41913", "41912"],
            ["02/01/2014", "10/01/2014", "09/30/2014"],
            ["01.02.2014", "01.10.2014", "30.09.2014"],
            ["11/01/2013", "02/01/2014", "01/30/2014"],
            ["2014-02-01 9:30", "2014-10-01 9:30", "2014-09-30 9:30"],
        ] {
            assert_eq!(order(&texts), Ok(vec![0, 2, 1]), "{texts:?}");
        }
        for (texts, at) in [
            (["2014-02-01", "", "2014-02-03"], 1),
            (["01/02/2014", "03/04/2014", "05/06/2014"], 0),
            (["2014-02-01", "明天", "2014-02-03"], 1),
            (["13/01/2014", "01/13/2014", "01/01/2014"], 0),
            (["1", "2014-02-01", "3"], 1),
        ] {
            assert_eq!(read_times(&texts).unwrap_err().0, at, "{texts:?}");
        }
    }
}
