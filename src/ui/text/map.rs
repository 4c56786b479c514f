//! Texts: map.

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

/// Districts in a class.
#[must_use]
pub fn districts(count: usize) -> String {
    format!("{} 个区", grouped(count as f64, 0))
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

/// What a screen reader hears of the district chosen.
#[must_use]
pub fn description(district: Option<(&str, String)>) -> String {
    district.map_or_else(|| MAP_KEYS.to_owned(), |(name, value)| format!("{name}：{value}。{MAP_KEYS}"))
}

/// A number with thousands separators.
#[must_use]
pub fn grouped(value: f64, decimals: usize) -> String {
    if !value.is_finite() {
        return "—".to_owned();
    }
    let text = format!("{:.decimals$}", value.abs());
    let (whole, rest) = text.split_once('.').map_or((text.as_str(), None), |(w, r)| (w, Some(r)));
    let mut out = String::new();
    let zero = text.chars().all(|c| matches!(c, '0' | '.'));
    if value < 0.0 && !zero {
        out.push('−');
    }
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    if let Some(rest) = rest {
        out.push('.');
        out.push_str(rest);
    }
    out
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
