//! Texts: map.

/// Why single sources are not told in a dense view.
pub const ZOOM_HINT: &str = "点密集，放大后可查看单个污染源";
/// Accessible name of the map.
pub const MAP: &str = "行政区地图";
/// What the map offers by keyboard.
pub const MAP_KEYS: &str = "方向键平移，加号减号缩放，Home 全图，方括号逐个选择行政区，回车确定，Esc 取消选择";
/// Zoom in.
pub const ZOOM_IN: &str = "放大";
/// Zoom out.
pub const ZOOM_OUT: &str = "缩小";
/// The whole map.
pub const WHOLE: &str = "全图";
/// Drag to pan.
pub const PAN: &str = "平移";
/// Select by rectangle.
pub const BOX: &str = "框选";
/// Select by lasso.
pub const LASSO: &str = "套索";
/// Explains panning.
pub const PAN_HINT: &str = "拖动平移；按住 Shift 拖动可圈选污染源";
/// Explains the rectangle.
pub const BOX_HINT: &str = "拖出矩形，选中其中的污染源；按住 Ctrl 追加";
/// Explains the lasso.
pub const LASSO_HINT: &str = "拖出闭合曲线，选中其中的污染源；按住 Ctrl 追加";
/// Measure a distance.
pub const DISTANCE: &str = "测距";
/// Explains measuring.
pub const DISTANCE_HINT: &str = "按住拖动，量两点间的直线距离；Esc 清除";
/// Heading of the legend.
pub const LEGEND: &str = "图例";
/// Opens the legend.
pub const LEGEND_OPEN: &str = "展开图例";
/// Closes the legend.
pub const LEGEND_CLOSE: &str = "收起图例";
/// Class without a value.
pub const NO_DATA: &str = "无数据";
/// Heading of the tiers.
pub const POINTS: &str = "污染源（点）";
/// Points without a tier.
pub const NO_TIER: &str = "未分级";
/// North.
pub const NORTH: &str = "北";
/// While a lasso is computed.
pub const SELECTING: &str = "正在统计圈选范围…";
/// Selected.
pub const SELECTED_MARK: &str = "已选";
/// Highlighted.
pub const HIGHLIGHT_MARK: &str = "本月抽中";

/// Quantiles.
pub const QUANTILE: &str = "分位数分级";
/// Equal intervals.
pub const EQUAL: &str = "等间距分级";

/// What a printed map says where not all points are on it.
#[must_use]
pub fn printed_part(shown: usize, all: usize) -> String {
    format!("；图上为等级最高的 {} 个点，共 {} 个", grouped(shown as f64, 0), grouped(all as f64, 0))
}

/// A tier in a printed legend.
#[must_use]
pub fn printed_tier(id: &str, name: &str, shown: bool) -> String {
    format!("{id} {name}{}", if shown { "" } else { "（未显示）" })
}

/// Districts in a class.
#[must_use]
pub fn districts(count: usize) -> String {
    format!("{} 个区", grouped(count as f64, 0))
}

/// Lit points in a printed legend.
#[must_use]
pub fn lit(name: &str, count: usize) -> String {
    format!("{name} {} 家", grouped(count as f64, 0))
}

/// The review number's line.
#[must_use]
pub fn review_number(number: &str) -> String {
    format!("审图号：{number}")
}

/// A measure with its unit.
#[must_use]
pub fn measure(name: &str, unit: &str) -> String {
    if unit.is_empty() { name.to_owned() } else { format!("{name}（{unit}）") }
}

/// A value with its unit.
#[must_use]
pub fn value(value: f64, decimals: usize, unit: &str) -> String {
    format!("{}{}{unit}", grouped(value, decimals), if unit.is_empty() || unit == "%" { "" } else { " " })
}

/// How often a site is drawn, with the figure behind it.
#[must_use]
pub fn frequency(often: &str, per_year: &str) -> String {
    format!("{often}（λ = {per_year}）")
}

/// A score.
#[must_use]
pub fn points(points: &str) -> String {
    format!("{points} {UNIT_POINTS}")
}

/// A range of values.
#[must_use]
pub fn range(from: f64, to: f64, decimals: usize) -> String {
    let (from, to) = (grouped(from, decimals), grouped(to, decimals));
    if from == to { from } else { format!("{from} – {to}") }
}

/// A length on the scale bar.
#[must_use]
pub fn length_km(km: f64) -> String {
    if km >= 1.0 { format!("{} 千米", grouped(km, 0)) } else { format!("{} 米", grouped(km * 1000.0, 0)) }
}

/// A measured distance.
#[must_use]
pub fn distance(km: f64) -> String {
    if km >= 1.0 { format!("{} 千米", grouped(km, 2)) } else { format!("{} 米", grouped(km * 1000.0, 0)) }
}

/// A place in degrees.
#[must_use]
pub fn coordinate(lon: f64, lat: f64) -> String {
    let side = |value: f64, plus: &'static str, minus: &'static str| if value < 0.0 { minus } else { plus };
    format!("{} {:.5}°　{} {:.5}°", side(lon, "东经", "西经"), lon.abs(), side(lat, "北纬", "南纬"), lat.abs())
}

/// What a screen reader hears of the district chosen.
#[must_use]
pub fn description(district: Option<(&str, String)>) -> String {
    district.map_or_else(|| MAP_KEYS.to_owned(), |(name, value)| format!("{name}：{value}。{MAP_KEYS}"))
}

/// A number with thousands separators.
#[must_use]
pub fn grouped(value: f64, decimals: usize) -> String {
    crate::ui::widgets::decimal(value, decimals)
}

// ---- the screen ------------------------------------------------------------------------------------------

/// Title.
pub const TITLE: &str = "地图";
/// While districts are made ready.
pub const PREPARING: &str = "正在准备地图";
/// No sources.
pub const EMPTY: &str = "名录里还没有污染源";
/// What to do then.
pub const EMPTY_HINT: &str = "导入污染源名录后，这里按区显示数量、风险与检查进度，并标出每个污染源的位置。";
/// To the data.
pub const TO_DATA: &str = "查看数据";
/// Measure chooser.
pub const MEASURE: &str = "指标";
/// Class method chooser.
pub const METHOD: &str = "分级";
/// Number of classes.
pub const CLASSES: &str = "级数";
/// Show points.
pub const SHOW_POINTS: &str = "显示污染源";
/// Show names.
pub const SHOW_NAMES: &str = "显示区名";
/// Save a picture.
pub const SAVE: &str = "保存图片";
/// Part in sight only.
pub const SAVE_WINDOW: &str = "只保存当前视野";
/// Sizes and kinds of pictures.
pub const SAVE_KINDS: [&str; 4] =
    ["PNG 图片，A4 横向（300 dpi）", "PNG 图片，A3 横向（300 dpi）", "SVG 矢量图，A4 横向", "SVG 矢量图，A3 横向"];
/// While a picture is drawn.
pub const SAVING: &str = "正在绘制图片…";
/// Title of the dialog.
pub const SAVE_TITLE: &str = "保存地图";
/// Kind of document in the file name.
pub const DOCUMENT: &str = "地图";
/// Own map.
pub const OWN_MAP: &str = "更换…";
/// Its accessible name.
pub const OWN_MAP_NAME: &str = "更换区划图";
/// Title of that dialog.
pub const OWN_MAP_TITLE: &str = "选择区划图";
/// Why an own map is off.
pub const READ_ONLY: &str = "项目为只读，或有操作正在进行";
/// Review number.
pub const REVIEW: &str = "审图号";
/// An example of one.
pub const REVIEW_HINT: &str = "如 GS(2024)0650号";
/// A map of one's own without a review number.
pub const NO_REVIEW: &str = "底图未填审图号，仅限内部使用";
/// Selected sources.
pub const SELECTION: &str = "选中的污染源";
/// None selected.
pub const SELECTION_NONE: &str =
    "单击一个点，或用框选、套索选出一片，这里列出选中的污染源；在「数据」页选中的行也在这里。";
/// To the table.
pub const IN_TABLE: &str = "在数据表中查看";
/// Gives the selection up.
pub const CLEAR: &str = "清除选择";
/// Back to the city.
pub const BACK_TO_CITY: &str = "返回全市";
/// The map.
pub const BASE_MAP: &str = "底图";
/// The bundled map.
pub const SKETCH_FILE: &str = "内置示意图";
/// Sources without coordinates.
pub const NOWHERE: &str = "无坐标";
/// Name of a measure's city row.
pub const CITY: &str = "全市";
/// Unit id.
pub const UNIT_ID: &str = "编号";
/// Tier.
pub const TIER: &str = "等级";
/// Column of the selected sources.
pub const NAME: &str = "单位";
/// Score.
pub const SCORE: &str = "风险分";
/// District.
pub const DISTRICT: &str = "所在区";
/// Expected drawn visits of a source.
pub const EXPECTED: &str = "抽查频次";
/// Sources.
pub const SOURCES: &str = "污染源";
/// Special sources.
pub const SPECIAL: &str = "特殊监管对象";
/// Mean score.
pub const MEAN_SCORE: &str = "平均风险分";
/// Expected visits of the year.
pub const EXPECTED_YEAR: &str = "全年预计检查";
/// On lists so far.
pub const LISTED: &str = "已抽取";
/// Done.
pub const DONE: &str = "已完成检查";
/// Overdue.
pub const OVERDUE: &str = "公开逾期";
/// Rate of problems.
pub const PROBLEMS: &str = "问题发现率";
/// Unit of sources.
pub const UNIT_SOURCES: &str = "家";
/// Unit of scores.
pub const UNIT_POINTS: &str = "分";
/// Unit of visits.
pub const UNIT_VISITS: &str = "次";
/// Unit of items.
pub const UNIT_ITEMS: &str = "项";
/// Percent.
pub const PERCENT: &str = "%";

/// Sources of a category.
#[must_use]
pub fn category(name: &str) -> String {
    format!("{name}数")
}

/// Sources of the most urgent tiers.
#[must_use]
pub fn urgent(ids: &[String]) -> String {
    format!("高等级（{}）数", ids.join("、"))
}

/// Expected visits of a month.
#[must_use]
pub fn expected_month(month: u32) -> String {
    format!("{month} 月预计检查")
}

/// A source's count with the name of the measure: `污染源数`.
#[must_use]
pub fn count_of(name: &str) -> String {
    format!("{name}数")
}

/// The screen's note: how many sources are shown.
#[must_use]
pub fn shown(shown: u64, located: u64) -> String {
    let (all, without) = (grouped(shown as f64, 0), shown.saturating_sub(located));
    if without == 0 {
        return format!("{all} 家污染源，均有坐标");
    }
    let (points, without) = (grouped(located as f64, 0), grouped(without as f64, 0));
    format!("{all} 家污染源，其中 {points} 家有坐标、画成点；{without} 家无坐标，只计入图例和各区的数")
}

/// Number selected.
#[must_use]
pub fn selected(count: usize) -> String {
    format!("已选 {} 家", grouped(count as f64, 0))
}

/// Title of a printed map: the finding.
#[must_use]
pub fn finding(measure: &str, highest: Option<(&str, String)>, area: &str) -> String {
    match highest {
        Some((name, value)) => format!("{area}各区{measure}：{name}最高，为 {value}"),
        None => format!("{area}各区{measure}"),
    }
}

/// Source line of a printed map.
#[must_use]
pub fn printed_source(project: &str, map: &str, date: &str) -> String {
    format!("数据来源：{project}；底图：{map}；{date} 制图")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_separators_and_units() {
        assert_eq!(grouped(1_234_567.0, 0), "1,234,567");
        assert_eq!(grouped(-1234.56, 1), "−1,234.6");
        assert_eq!(grouped(-0.01, 1), "0.0");
        assert_eq!(value(12.0, 0, "家"), "12 家");
        assert_eq!(value(12.5, 1, "%"), "12.5%");
        assert_eq!(range(3.0, 3.0, 0), "3");
        assert_eq!(length_km(0.5), "500 米");
    }
}
