//! Texts: charts.

/// Menu: as PNG.
pub const SAVE_PNG: &str = "保存为 PNG…";
/// Menu: as SVG.
pub const SAVE_SVG: &str = "保存为 SVG…";
/// Menu: as picture on the clipboard.
pub const COPY: &str = "复制为图片";
/// Shown where a chart could not be drawn.
pub const FAILED: &str = "图表绘制失败";
/// Name of a chart without a title.
pub const CHART: &str = "图表";
