//! Rings of a layer brought to longitude and latitude: by the .prj, by what was said, by the figures themselves.
//!
//! The figures tell most: degrees, metres with the zone's number, metres that fit one meridian of the province that the
//! districts' codes name; northing before easting. What was concluded is always said.

use rayon::prelude::*;

use super::coords::{in_china, looks_swapped};
use super::crs::Crs;
use super::districts::DistrictOptions;
use super::layer::Layer;
use super::shp::ShapeKind;
use super::zones::looks_surveyed;
use crate::diagnostic::{AppError, AppResult, Diagnostics, Finding};

fn error(code: &'static str, what: impl Into<String>, hint: &str, file: &str) -> AppError {
    Finding::error(code, what).hint(hint).file(file).into()
}

/// Rings of one record.
type Rings = Vec<Vec<[f64; 2]>>;

/// Rings of every record as longitude and latitude, and the coordinate system in words. Records without
/// polygons get none.
pub(super) fn bring_to_wgs84(
    layer: &Layer,
    options: &DistrictOptions,
    province: Option<u32>,
    diagnostics: &mut Diagnostics,
) -> AppResult<(Vec<Rings>, String)> {
    let mut parts: Vec<Rings> = (0..layer.len())
        .map(|i| match layer.shapes.get(i) {
            Some(s) if s.kind == ShapeKind::Polygon => s.parts.clone(),
            _ => Vec::new(),
        })
        .collect();
    // Corners that are no numbers are dropped ring by ring later; here they must not count as lost places.
    let broken = |p: &[f64; 2]| !(p[0].is_finite() && p[1].is_finite());
    let broken_before = parts.iter().flatten().flatten().filter(|p| broken(p)).count();
    let metres = options.coordinates.is_none() && !layer.crs.as_ref().is_some_and(Crs::is_geographic);
    if metres {
        turn_surveyed(&mut parts, &layer.shown, diagnostics);
    }
    let bounds = parts
        .iter()
        .flatten()
        .flatten()
        .filter(|p| !broken(p))
        .fold([f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY], |b, p| {
            [b[0].min(p[0]), b[1].min(p[1]), b[2].max(p[0]), b[3].max(p[1])]
        });
    let shown_bounds = format!("x {:.3}～{:.3}，y {:.3}～{:.3}", bounds[0], bounds[2], bounds[1], bounds[3]);
    let words;
    if let Some(system) = options.coordinates {
        for p in parts.iter_mut().flatten().flatten() {
            let (lon, lat) = system.to_wgs84(p[0], p[1]);
            *p = [lon, lat];
        }
        words = system.label().to_owned();
    } else {
        let crs = match (&layer.crs, &layer.prj) {
            (Some(crs), _) => fitting(crs, bounds, province, layer, diagnostics),
            (None, Some(prj)) => {
                let why = Crs::parse_wkt(prj).err().unwrap_or_default();
                return Err(Finding::error("GIS-031", format!("坐标系文件（.prj）无法使用：{why}"))
                    .value(prj)
                    .expected("CGCS2000 或 WGS 84 的经纬度、高斯-克吕格、Web 墨卡托等")
                    .hint("请在原软件中转换为 CGCS2000 经纬度后重新导出")
                    .file(&layer.shown)
                    .into());
            }
            (None, None) => {
                let guessed = Crs::guess_in(bounds, province).ok_or_else(|| {
                    AppError::from(
                        Finding::error("GIS-034", "缺少坐标系文件（.prj），由坐标范围也不能判断坐标系")
                            .value(&shown_bounds)
                            .expected("经纬度，或带 .prj 的投影坐标")
                            .hint("请一并提供 .prj，或转换为 CGCS2000 经纬度后重新导出")
                            .file(&layer.shown),
                    )
                })?;
                diagnostics.push(
                    Finding::warning("GIS-030", format!("缺少坐标系文件（.prj），按坐标范围当作 {}", guessed.name))
                        .value(&shown_bounds)
                        .hint("若数据来自高德、百度等地图（GCJ-02、BD-09），请在导入时指明，否则会偏移约 500 米")
                        .file(&layer.shown),
                );
                guessed
            }
        };
        if !crs.agrees_with_wgs84 {
            diagnostics.push(
                Finding::warning("GIS-032", "坐标系的大地基准与 CGCS2000 不同，未作基准转换，位置可能偏差百米左右")
                    .value(&crs.datum)
                    .expected("CGCS2000 或 WGS 84")
                    .hint("请用测绘部门的参数转换为 CGCS2000 后重新导出")
                    .file(&layer.shown),
            );
        }
        parts.par_iter_mut().flatten().map(|ring| crs.to_wgs84(ring)).collect::<Result<Vec<usize>, String>>().map_err(
            |why| {
                error("GIS-031", format!("坐标系文件（.prj）无法使用：{why}"), "请转换为 CGCS2000 经纬度", &layer.shown)
            },
        )?;
        words = crs.name;
    }
    let placeless = |p: &[f64; 2]| broken(p) || p[0].abs() > 360.0 || p[1].abs() > 180.0;
    let lost = parts.iter().flatten().flatten().filter(|p| placeless(p)).count().saturating_sub(broken_before);
    if lost > 0 {
        return Err(Finding::error("GIS-033", format!("{lost} 个顶点换算后不在地球上，坐标系与数据不符"))
            .value(&shown_bounds)
            .expected(format!("符合 {words} 的坐标"))
            .hint("请核对 .prj 或所选的坐标系")
            .file(&layer.shown)
            .into());
    }
    swap_if_needed(&mut parts, &layer.shown, diagnostics);
    Ok((parts, words))
}

/// The system that the .prj names; where the bounds are nowhere in China under it and name their zone themselves, that
/// zone's.
fn fitting(named: &Crs, bounds: [f64; 4], province: Option<u32>, layer: &Layer, diagnostics: &mut Diagnostics) -> Crs {
    let lands = |crs: &Crs| {
        let mut corners = [[bounds[0], bounds[1]], [bounds[2], bounds[3]]];
        crs.to_wgs84(&mut corners).is_ok_and(|lost| lost == 0) && corners.iter().all(|p| in_china(p[0], p[1]))
    };
    if named.is_geographic() || lands(named) {
        return named.clone();
    }
    let Some(other) = Crs::guess_in(bounds, province).filter(|crs| !crs.is_geographic() && lands(crs)) else {
        return named.clone();
    };
    diagnostics.push(
        Finding::warning("GIS-036", format!("坐标系文件（.prj）与坐标不符，按坐标的带号当作 {}", other.name))
            .value(&named.name)
            .hint("请核对 .prj，最好在原软件中改正后重新导出")
            .file(&layer.shown),
    );
    other
}

/// Turns points whose first coordinate is the northing, as surveying has it.
fn turn_surveyed(parts: &mut [Rings], shown: &str, diagnostics: &mut Diagnostics) {
    let all = parts.iter().flatten().flatten().count();
    let surveyed = parts.iter().flatten().flatten().filter(|p| looks_surveyed(p[0], p[1])).count();
    if all > 0 && surveyed * 10 > all * 9 {
        for p in parts.iter_mut().flatten().flatten() {
            p.swap(0, 1);
        }
        diagnostics.push(
            Finding::warning("GIS-037", "纵坐标在前（X 为北），已对调为横坐标在前")
                .hint("请在原软件中改正后重新导出")
                .file(shown),
        );
    }
}

fn swap_if_needed(parts: &mut [Rings], shown: &str, diagnostics: &mut Diagnostics) {
    let all = parts.iter().flatten().flatten().count();
    let swapped = parts.iter().flatten().flatten().filter(|p| looks_swapped(p[0], p[1])).count();
    if all > 0 && swapped * 10 > all * 9 {
        for p in parts.iter_mut().flatten().flatten() {
            p.swap(0, 1);
        }
        diagnostics
            .push(Finding::warning("GIS-035", "经度与纬度颠倒，已对调").hint("请在原软件中改正后重新导出").file(shown));
    }
}
