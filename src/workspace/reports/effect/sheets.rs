//! What is told as tables: for the command line and the workbook.

use super::firms::FirmKind;
use super::rates::{Rate, Standing};
use super::{Effect, PricePoint};
use crate::diagnostic::AppResult;
use crate::disclosure::Audience;
use crate::export::{BookMeta, Cell, CellKind, CellMark, Emphasis, SheetColumn, SheetSpec, render_workbook};
use crate::workspace::deeds::seal::PROGRAM;
use crate::workspace::reports::export::{synthetic_mark, workbook_date};
use crate::workspace::store::project::{CommandContext, Project};

/// A table with the id by which the command line names it.
#[derive(Debug, Clone, PartialEq)]
pub struct EffectSheet {
    /// Id.
    pub id: &'static str,
    /// The table.
    pub sheet: SheetSpec,
}

fn sheet(name: &str, title: String, notes: Vec<String>, columns: Vec<SheetColumn>, rows: Vec<Vec<Cell>>) -> SheetSpec {
    SheetSpec {
        name: name.to_owned(),
        title,
        notes,
        columns,
        rows,
        marks: Vec::new(),
        frozen_columns: 2,
        filter: true,
        spare_rows: 0,
    }
}

/// All tables in one workbook.
///
/// # Errors
/// As [`render_workbook`].
pub fn render_effect(project: &Project, effect: &Effect, context: &CommandContext) -> AppResult<Vec<u8>> {
    let sheets: Vec<SheetSpec> = effect_sheets(effect).into_iter().map(|of| of.sheet).collect();
    let meta = BookMeta {
        title: format!("{} {} 年成效", project.policy.agency_name, effect.year),
        agency: project.policy.agency_name.clone(),
        program: PROGRAM.to_owned(),
        created: workbook_date(context.now),
        audience: Audience::Internal,
        data_mark: synthetic_mark(project),
    };
    render_workbook(&sheets, &meta)
}

/// The findings in sentences, the most important first; one that says so where there are no results.
#[must_use]
pub fn effect_sentences(effect: &Effect) -> Vec<String> {
    let Some(city) = effect.city() else {
        return vec!["还没有可用于估计的检查结果：抽取并录入结果后再看".to_owned()];
    };
    let percent = |share: f64| format!("{:.1}%", share * 100.0);
    let mut lines = vec![format!(
        "{}，全市合规率 {}（95% 区间 {} 至 {}），据 {} 个在产单位的检查结果{}",
        effect.span(),
        percent(city.compliance),
        percent(city.interval.0),
        percent(city.interval.1),
        city.observed,
        if effect.missing > 0 {
            format!("；另有 {} 个抽到的单位尚无结果", effect.missing)
        } else {
            String::new()
        },
    )];
    if let Some(share) = effect.cover.share() {
        let why: Vec<String> =
            effect.uncovered.iter().take(3).map(|of| format!("{} {} 个", of.reason, of.sources)).collect();
        let rest =
            if why.is_empty() { String::new() } else { format!("；抽不到的主要是：{}", why.join("，")) };
        lines.push(format!(
            "估计覆盖在册单位的 {}（{} 个中的 {} 个）{rest}",
            percent(share),
            effect.cover.sources,
            effect.cover.covered
        ));
    }
    if let Some(of) = &effect.randomness {
        let (price, low, high) = of.price;
        lines.push(format!(
            "随机的代价：同样查 {} 个单位，只按风险从高到低预计发现 {:.0} 个问题，抽取实际发现 {} 个，相差 {price:.0} 个（95% 区间 {low:.0} 至 {high:.0}）",
            of.visits, of.by_risk.found, of.found
        ));
    }
    if let Some(dead) = effect.dead.first() {
        lines.push(format!(
            "名录失效率 {}（95% 区间 {} 至 {}）",
            percent(dead.rate),
            percent(dead.interval.0),
            percent(dead.interval.1)
        ));
    }
    lines.push(effect.inspectors.sentence());
    let firms = FirmKind::ALL.map(|kind| format!("{} {} 个", kind.label(), effect.firms.count(kind)));
    lines.push(format!("企业行为分析：{}", firms.join("，")));
    lines
}

/// All tables. Internal: firms and people stand in them.
#[must_use]
pub fn effect_sheets(effect: &Effect) -> Vec<EffectSheet> {
    let mut sheets = vec![
        EffectSheet { id: "rates", sheet: rates_sheet(effect) },
        EffectSheet { id: "coverage", sheet: coverage_sheet(effect) },
        EffectSheet { id: "years", sheet: years_sheet(effect) },
    ];
    sheets.extend(randomness_sheet(effect).map(|sheet| EffectSheet { id: "randomness", sheet }));
    sheets.push(EffectSheet { id: "dead", sheet: dead_sheet(effect) });
    sheets.push(EffectSheet { id: "checklists", sheet: lists_sheet(effect) });
    sheets.push(EffectSheet { id: "items", sheet: items_sheet(effect) });
    sheets.push(EffectSheet { id: "inspectors", sheet: inspectors_sheet(effect) });
    sheets.push(EffectSheet { id: "firms", sheet: firms_sheet(effect) });
    sheets
}

fn rates_sheet(effect: &Effect) -> SheetSpec {
    use CellKind::{Integer, Percent, Text};
    let columns = vec![
        SheetColumn::new("kind", "分组", 10.0, Text),
        SheetColumn::new("group", "名称", 30.0, Text),
        SheetColumn::new("compliance", "合规率", 9.0, Percent(1)),
        SheetColumn::new("low", "95%下限", 9.0, Percent(1)),
        SheetColumn::new("high", "95%上限", 9.0, Percent(1)),
        SheetColumn::new("observed", "已查（在产）", 12.0, Integer),
        SheetColumn::new("problems", "有问题", 9.0, Integer),
        SheetColumn::new("out_of_scope", "停产、关闭或搬迁", 18.0, Integer),
        SheetColumn::new("missing", "尚无结果", 10.0, Integer),
        SheetColumn::new("effective", "有效样本量", 12.0, Integer),
        SheetColumn::new("population", "代表单位数", 12.0, Integer),
        SheetColumn::new("sources", "在册单位数", 12.0, Integer),
        SheetColumn::new("covered", "可抽到", 10.0, Integer),
        SheetColumn::new("share", "覆盖率", 9.0, Percent(1)),
        SheetColumn::new("standing", "说明", 18.0, Text),
    ];
    let count = |n: usize| Cell::Integer(n as i64);
    let row = |rate: &Rate| {
        let whole = rate.effective.is_infinite();
        vec![
            Cell::text(rate.kind.label()),
            Cell::text(&rate.group),
            Cell::Number(rate.compliance),
            Cell::Number(rate.interval.0),
            Cell::Number(rate.interval.1),
            count(rate.observed),
            count(rate.problems),
            count(rate.out_of_scope),
            count(rate.missing),
            if whole { Cell::Empty } else { Cell::Integer(rate.effective.floor() as i64) },
            Cell::Integer(rate.population.round() as i64),
            count(rate.cover.sources),
            count(rate.cover.covered),
            Cell::number(rate.cover.share()),
            Cell::text(rate.standing.label()),
        ]
    };
    let notes = vec![
        format!("{}。每个单位按当年第一次有结果的随机检查计一次，以当年被抽到的概率的倒数加权。", effect.span()),
        "合规率是在产单位中检查未发现问题的比例；区间是按抽样设计估计的 95% 置信区间。覆盖率是在册未关闭单位中可能被抽到的比例，其余单位不在估计之内。".to_owned(),
    ];
    let mut sheet = sheet(
        "合规率",
        format!("{} 年合规率估计", effect.year),
        notes,
        columns,
        effect.rates.iter().map(row).collect(),
    );
    let small = effect.rates.iter().enumerate().filter(|(_, rate)| rate.standing == Standing::Small);
    let at = sheet.columns.iter().position(|column| column.id == "standing");
    sheet.marks.extend(small.map(|(row, _)| CellMark { row, column: at, emphasis: Emphasis::Alert }));
    sheet
}

fn coverage_sheet(effect: &Effect) -> SheetSpec {
    let columns = vec![
        SheetColumn::new("reason", "范围", 30.0, CellKind::Text),
        SheetColumn::new("sources", "单位数", 12.0, CellKind::Integer),
    ];
    let row = |name: &str, n: usize| vec![Cell::text(name), Cell::Integer(n as i64)];
    let mut rows = vec![row("在册未关闭的单位", effect.cover.sources), row("可抽到", effect.cover.covered)];
    rows.extend(effect.uncovered.iter().map(|of| row(&format!("抽不到：{}", of.reason), of.sources)));
    sheet("覆盖范围", format!("{} 年估计所覆盖的单位", effect.year), Vec::new(), columns, rows)
}

fn years_sheet(effect: &Effect) -> SheetSpec {
    use CellKind::{Id, Integer, Percent};
    let columns = vec![
        SheetColumn::new("year", "年份", 8.0, Id),
        SheetColumn::new("checks", "检查次数", 10.0, Integer),
        SheetColumn::new("dead", "关闭或搬迁", 12.0, Integer),
        SheetColumn::new("observed", "在产且有结果", 14.0, Integer),
        SheetColumn::new("problems", "有问题", 9.0, Integer),
        SheetColumn::new("share", "未发现问题的比例", 18.0, Percent(1)),
        SheetColumn::new("low", "95%下限", 9.0, Percent(1)),
        SheetColumn::new("high", "95%上限", 9.0, Percent(1)),
        SheetColumn::new("estimate", "合规率估计", 12.0, Percent(1)),
        SheetColumn::new("estimate_low", "估计95%下限", 13.0, Percent(1)),
        SheetColumn::new("estimate_high", "估计95%上限", 13.0, Percent(1)),
    ];
    let rows = effect.years.iter().map(|year| {
        let count = |n: usize| Cell::Integer(n as i64);
        vec![
            Cell::text(year.year.to_string()),
            count(year.checks),
            count(year.dead),
            count(year.observed),
            count(year.problems),
            Cell::number(year.share),
            Cell::number(year.interval.map(|of| of.0)),
            Cell::number(year.interval.map(|of| of.1)),
            Cell::number(year.estimate.map(|of| of.0)),
            Cell::number(year.estimate.map(|of| of.1)),
            Cell::number(year.estimate.map(|of| of.2)),
        ]
    });
    let notes = vec!["历年的比例是当年全部检查的简单比例，没有按抽到的概率加权，检查对象历年不同，只看走向；合规率估计只有本年度有。".to_owned()];
    sheet("年度对照", "历年检查结果".to_owned(), notes, columns, rows.collect())
}

fn randomness_sheet(effect: &Effect) -> Option<SheetSpec> {
    use CellKind::{Decimal, Percent, Text};
    let of = effect.randomness.as_ref()?;
    let columns = vec![
        SheetColumn::new("rule", "办法", 36.0, Text),
        SheetColumn::new("floor", "最低概率", 10.0, Percent(2)),
        SheetColumn::new("found", "预计发现问题", 14.0, Decimal(1)),
        SheetColumn::new("low", "95%下限", 10.0, Decimal(1)),
        SheetColumn::new("high", "95%上限", 10.0, Decimal(1)),
    ];
    let row = |rule: &str, point: &PricePoint| {
        vec![
            Cell::text(rule),
            Cell::Number(point.floor),
            Cell::Number(point.found),
            Cell::Number(point.interval.0),
            Cell::Number(point.interval.1),
        ]
    };
    let mut rows = vec![
        vec![
            Cell::text("本年度的抽取（实际发现）"),
            Cell::Empty,
            Cell::Number(of.found as f64),
            Cell::Empty,
            Cell::Empty,
        ],
        row("只按风险从高到低", &of.by_risk),
    ];
    rows.extend(of.curve.iter().map(|point| row("按年度频次，设最低概率", point)));
    rows.push(row("简单随机", &of.random));
    let (price, low, high) = of.price;
    let notes = vec![
        format!(
            "同样查 {} 个单位，可抽到的单位 {} 个。随机的代价：只按风险从高到低查，预计多发现 {price:.1} 个问题（95% 区间 {low:.1} 至 {high:.1}）。",
            of.visits, of.reachable
        ),
        "按本年度自己的结果估计：每个抽到的单位代表概率倒数那么多单位，风险次序取首月封存时的年度频次，不含当年结果。"
            .to_owned(),
    ];
    Some(sheet("随机的代价", "随机的代价".to_owned(), notes, columns, rows))
}

fn dead_sheet(effect: &Effect) -> SheetSpec {
    use CellKind::{Integer, Percent, Text};
    let columns = vec![
        SheetColumn::new("body", "执法主体", 26.0, Text),
        SheetColumn::new("visited", "已查", 9.0, Integer),
        SheetColumn::new("dead", "关闭或搬迁", 12.0, Integer),
        SheetColumn::new("rate", "失效率", 9.0, Percent(1)),
        SheetColumn::new("low", "95%下限", 9.0, Percent(1)),
        SheetColumn::new("high", "95%上限", 9.0, Percent(1)),
        SheetColumn::new("standing", "说明", 18.0, Text),
    ];
    let rows = effect.dead.iter().map(|of| {
        vec![
            Cell::text(&of.body),
            Cell::Integer(of.visited as i64),
            Cell::Integer(of.dead as i64),
            Cell::Number(of.rate),
            Cell::Number(of.interval.0),
            Cell::Number(of.interval.1),
            Cell::text(of.standing.label()),
        ]
    });
    let notes = vec!["失效率是现场查明已关闭、搬迁或合并的单位占名录的比例，按抽到的概率加权。".to_owned()];
    sheet("名录失效率", "名录失效率".to_owned(), notes, columns, rows.collect())
}

fn lists_sheet(effect: &Effect) -> SheetSpec {
    use CellKind::{Integer, Percent, Text};
    let columns = vec![
        SheetColumn::new("list", "检查表", 36.0, Text),
        SheetColumn::new("industries", "行业代码", 20.0, Text),
        SheetColumn::new("sources", "在册单位数", 12.0, Integer),
        SheetColumn::new("visited", "已查（在产）", 12.0, Integer),
        SheetColumn::new("with_list", "使用检查表", 12.0, Integer),
        SheetColumn::new("answered", "有逐项答复", 12.0, Integer),
        SheetColumn::new("share", "使用率", 9.0, Percent(1)),
        SheetColumn::new("reach", "覆盖率", 9.0, Percent(1)),
    ];
    let share = |part: usize, whole: usize| Cell::number((whole > 0).then(|| part as f64 / whole as f64));
    let rows = effect.lists.iter().map(|of| {
        vec![
            Cell::text(&of.list),
            Cell::text(if of.industries.is_empty() { "其余行业" } else { &of.industries }),
            Cell::Integer(of.sources as i64),
            Cell::Integer(of.visited as i64),
            Cell::Integer(of.with_list as i64),
            Cell::Integer(of.answered as i64),
            share(of.with_list, of.visited),
            share(of.with_list, of.sources),
        ]
    });
    let notes = vec!["使用率是已查单位中使用检查表的比例，覆盖率是在册单位中本年度按检查表查过的比例。".to_owned()];
    sheet("检查表覆盖", "检查表的使用".to_owned(), notes, columns, rows.collect())
}

fn items_sheet(effect: &Effect) -> SheetSpec {
    use CellKind::{Id, Integer, Percent, Text};
    let columns = vec![
        SheetColumn::new("id", "编号", 10.0, Id),
        SheetColumn::new("item", "检查项", 30.0, Text),
        SheetColumn::new("section", "类别", 18.0, Text),
        SheetColumn::new("not_met", "不符合", 9.0, Integer),
        SheetColumn::new("met", "符合", 9.0, Integer),
        SheetColumn::new("not_applicable", "不适用", 9.0, Integer),
        SheetColumn::new("share", "不符合的比例", 14.0, Percent(1)),
    ];
    let rows = effect.items.iter().map(|of| {
        vec![
            Cell::text(&of.id),
            Cell::text(&of.item),
            Cell::text(&of.section),
            Cell::Integer(of.not_met as i64),
            Cell::Integer(of.met as i64),
            Cell::Integer(of.not_applicable as i64),
            Cell::number(of.share()),
        ]
    });
    let notes = vec!["据有逐项答复的检查；比例按适用该项的检查计，没有加权。".to_owned()];
    sheet("检查项答复", "检查表各项的答复".to_owned(), notes, columns, rows.collect())
}

fn inspectors_sheet(effect: &Effect) -> SheetSpec {
    use CellKind::{Decimal, Id, Integer};
    let columns = vec![
        SheetColumn::new("certificate", "执法证号", 18.0, Id),
        SheetColumn::new("checks", "检查次数", 10.0, Integer),
        SheetColumn::new("problems", "发现问题", 10.0, Integer),
        SheetColumn::new("expected", "同类应有", 10.0, Decimal(1)),
        SheetColumn::new("effect", "效应（百分点）", 14.0, Decimal(1)),
        SheetColumn::new("low", "95%下限", 10.0, Decimal(1)),
        SheetColumn::new("high", "95%上限", 10.0, Decimal(1)),
    ];
    let rows = effect.inspectors.people.iter().map(|of| {
        vec![
            Cell::text(of.certificate.as_str()),
            Cell::Integer(of.checks as i64),
            Cell::Integer(of.problems as i64),
            Cell::Number(of.expected),
            Cell::number(of.effect.map(|effect| effect * 100.0)),
            Cell::number(of.interval.map(|interval| interval.0 * 100.0)),
            Cell::number(of.interval.map(|interval| interval.1 * 100.0)),
        ]
    });
    let notes = vec![
        effect.inspectors.sentence(),
        "按执法证号排列，不得用于排名或考核：两人一组分不开，单人的差别多半是偶然。只供培训和统一尺度。".to_owned(),
    ];
    sheet("执法人员影响", "执法人员影响（内部）".to_owned(), notes, columns, rows.collect())
}

fn firms_sheet(effect: &Effect) -> SheetSpec {
    use CellKind::{Date, Id, Integer, Text};
    let columns = vec![
        SheetColumn::new("kind", "类型", 14.0, Text),
        SheetColumn::new("unit_id", "排污许可证编号", 24.0, Id),
        SheetColumn::new("name", "单位名称", 34.0, Text),
        SheetColumn::new("uscc", "统一社会信用代码", 22.0, Id),
        SheetColumn::new("body", "执法主体", 24.0, Text),
        SheetColumn::new("category", "监管类别", 14.0, Text),
        SheetColumn::new("tier_before", "年初风险等级", 14.0, Text),
        SheetColumn::new("tier_now", "现风险等级", 12.0, Text),
        SheetColumn::new("checks", "受检次数", 10.0, Integer),
        SheetColumn::new("problems", "近三年有问题", 14.0, Integer),
        SheetColumn::new("last_check", "最近检查", 12.0, Date),
    ];
    let rows = effect.firms.rows.iter().map(|of| {
        vec![
            Cell::text(of.kind.label()),
            Cell::text(&of.unit_id),
            Cell::text(&of.name),
            Cell::text(&of.uscc),
            Cell::text(&of.body),
            Cell::text(&of.category),
            Cell::text(&of.tier_before),
            Cell::text(&of.tier_now),
            Cell::Integer(i64::from(of.checks)),
            Cell::Integer(i64::from(of.problems)),
            Cell::date(of.last_check),
        ]
    });
    let notes =
        FirmKind::ALL.map(|kind| format!("{}：{}，{} 个", kind.label(), kind.meaning(), effect.firms.count(kind)));
    sheet("企业行为分析", "企业行为分析（内部）".to_owned(), notes.to_vec(), columns, rows.collect())
}
