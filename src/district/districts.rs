//! Districts: loaded, valid, on WGS 84, located.
//!
//! Duty: from a shapefile of any origin to a [`DistrictSet`]: the layer and its code and name columns chosen,
//! coordinates brought to WGS 84, shapes made valid, one district a code (records of one code are united),
//! ascending by code. Records that can't be used are set aside, each with a finding.

use std::path::Path;

use geo::bool_ops::unary_union;
use geo::orient::Direction;
use geo::{MultiPolygon, Orient};

use super::LayerFiles;
use super::coords::CoordinateSystem;
use super::fields;
use super::layer::{Layer, ShapeOptions, check_layer, load_layers};
use super::set::{District, DistrictSet};
use super::shp::ShapeKind;
use super::system::bring_to_wgs84;
use super::validity::{Place, check_division, check_rings};
use crate::diagnostic::{AppError, AppResult, Diagnostics, Finding, Progress};
use crate::domain::DistrictCode;
use crate::text::fold_width;

/// How to read a district file; everything can be left to the program.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DistrictOptions {
    /// The attributes' encoding by hand.
    pub encoding: Option<String>,
    /// The layer, where the file has several.
    pub layer: Option<String>,
    /// The column of codes.
    pub code_field: Option<String>,
    /// The column of names.
    pub name_field: Option<String>,
    /// The coordinate system by hand, e.g. GCJ-02 (which no `.prj` can express); goes before the `.prj`.
    pub coordinates: Option<CoordinateSystem>,
    /// Within this many metres of a border a differing district is only a hint; see
    /// [`DistrictSet::border_hint_m`].
    pub border_hint_m: Option<f64>,
}

/// Reads districts from a `.shp`, a `.zip` or a folder.
///
/// # Errors
/// `JOB-001` once cancelled; what [`load_layers`] refuses, and `GIS-031 … 034` (coordinate system), `040`–`042`, `046`, `047` (no
/// polygons, layer, code column, named column, or district).
pub fn load_districts(
    path: &Path,
    options: &DistrictOptions,
    diagnostics: &mut Diagnostics,
    progress: &Progress,
) -> AppResult<DistrictSet> {
    let shape_options = ShapeOptions { encoding: options.encoding.clone() };
    let layers = load_layers(path, &shape_options, diagnostics)?;
    let shown = path.file_name().map_or_else(|| path.display().to_string(), |n| n.to_string_lossy().into_owned());
    let layer = choose_layer(layers, options, &shown, diagnostics)?;
    progress.check()?;
    check_districts(&layer, options, diagnostics, progress)
}

/// The bundled sketch of Shanghai's districts.
///
/// # Errors
/// None in practice: the files are part of the program.
pub fn load_bundled_districts(diagnostics: &mut Diagnostics) -> AppResult<DistrictSet> {
    let files = LayerFiles {
        name: "shanghai_districts_tianditu_simplified".to_owned(),
        shown: "内置示意图".to_owned(),
        shp: Some(super::BUNDLED_SHP.to_vec()),
        shx: Some(super::BUNDLED_SHX.to_vec()),
        dbf: Some(super::BUNDLED_DBF.to_vec()),
        cpg: Some(b"UTF-8".to_vec()),
        prj: Some(super::WGS84_WKT.as_bytes().to_vec()),
        memo: None,
    };
    let layer = check_layer(files, &ShapeOptions::default(), diagnostics)?;
    let options = DistrictOptions { border_hint_m: Some(super::SKETCH_BORDER_M), ..DistrictOptions::default() };
    let mut set = check_districts(&layer, &options, diagnostics, &Progress::none())?;
    set.sketch = true;
    diagnostics.push(Finding::note("GIS-060", super::SKETCH_NOTICE).hint("请在“地图”中载入本单位的行政区划文件"));
    Ok(set)
}

fn error(code: &'static str, what: impl Into<String>, hint: &str, file: &str) -> AppError {
    Finding::error(code, what).hint(hint).file(file).into()
}

fn choose_layer(
    layers: Vec<Layer>,
    options: &DistrictOptions,
    shown: &str,
    diagnostics: &mut Diagnostics,
) -> AppResult<Layer> {
    let names = |layers: &[Layer]| layers.iter().map(|l| l.name.clone()).collect::<Vec<_>>().join("、");
    if let Some(wanted) = &options.layer {
        let all = names(&layers);
        return layers.into_iter().find(|l| l.name == *wanted).ok_or_else(|| {
            Finding::error("GIS-046", "没有指定的图层")
                .value(wanted)
                .expected(all)
                .hint("请从已有图层中选择")
                .file(shown)
                .into()
        });
    }
    let mut polygons: Vec<Layer> = layers.into_iter().filter(|l| l.kind == Some(ShapeKind::Polygon)).collect();
    if polygons.len() > 1 {
        let all = names(&polygons);
        // The first layer whose records have codes; else the first.
        let at = polygons.iter().position(|l| fields::code_field(l).is_some()).unwrap_or(0);
        diagnostics.push(
            Finding::note("GIS-041", format!("有多个面图层（{all}），采用「{}」", polygons[at].name))
                .hint("若不对，请指定图层")
                .file(shown),
        );
        return Ok(polygons.swap_remove(at));
    }
    polygons
        .pop()
        .ok_or_else(|| error("GIS-040", "文件中没有面图层，不能作为行政区划", "请选择行政区划的面状 .shp 文件", shown))
}

fn named_field(layer: &Layer, name: &str) -> AppResult<usize> {
    layer.fields.iter().position(|f| f.name == name).ok_or_else(|| {
        let all = layer.fields.iter().map(|f| f.name.as_str()).collect::<Vec<_>>().join("、");
        Finding::error("GIS-046", "没有指定的字段")
            .value(name)
            .expected(all)
            .hint("请从已有字段中选择")
            .file(&layer.shown)
            .into()
    })
}

/// Codes of all records (live ones; others `None`).
fn codes_of(layer: &Layer, options: &DistrictOptions, name: Option<usize>) -> AppResult<Vec<Option<DistrictCode>>> {
    let chosen = match &options.code_field {
        Some(name) => Some(named_field(layer, name)?),
        None => fields::code_field(layer),
    };
    if let Some(field) = chosen {
        return Ok((0..layer.len())
            .map(|i| layer.value(i, field).and_then(|v| fields::parse_district_code(v, true)))
            .collect());
    }
    let names: Vec<&str> = (0..layer.len()).map(|i| name.and_then(|f| layer.value(i, f)).unwrap_or_default()).collect();
    let codes = fields::codes_of_names(&names);
    if codes.iter().all(Option::is_none) {
        let all = layer.fields.iter().map(|f| f.name.as_str()).collect::<Vec<_>>().join("、");
        return Err(Finding::error("GIS-042", "找不到行政区划代码字段，也不能由名称得出代码")
            .value(all)
            .expected("一个含 6 位行政区划代码的字段（如 adcode、区划代码）")
            .hint("请指定代码字段，或在属性表中补上代码")
            .file(&layer.shown)
            .into());
    }
    Ok(codes)
}

/// Makes districts of a layer.
///
/// # Errors
/// As [`load_districts`], without those of reading files.
pub fn check_districts(
    layer: &Layer,
    options: &DistrictOptions,
    diagnostics: &mut Diagnostics,
    progress: &Progress,
) -> AppResult<DistrictSet> {
    let name_field = match &options.name_field {
        Some(name) => Some(named_field(layer, name)?),
        None => fields::name_field(layer),
    };
    if name_field.is_none() {
        diagnostics.push(
            Finding::warning("GIS-043", "找不到行政区名称字段，以代码作为名称")
                .hint("请指定名称字段")
                .file(&layer.shown),
        );
    }
    let codes = codes_of(layer, options, name_field)?;
    let province = codes.iter().flatten().next().map(|code| code.0 / 10_000);
    let (parts, crs) = bring_to_wgs84(layer, options, province, diagnostics)?;
    let mut districts: Vec<District> = Vec::new();
    let mut united: Vec<(DistrictCode, Vec<MultiPolygon<f64>>)> = Vec::new();
    for i in layer.live() {
        progress.check()?;
        let row = i as u64 + 1;
        let name = name_field.and_then(|f| layer.value(i, f)).map(|n| fold_width(n).trim().to_owned());
        let shown_name = name.clone().unwrap_or_else(|| format!("第 {row} 条"));
        let Some(code) = codes[i] else {
            diagnostics.push(
                Finding::error("GIS-044", "没有有效的行政区划代码，该记录不予采用")
                    .file(&layer.shown)
                    .row(row)
                    .value(&shown_name)
                    .expected("6 位行政区划代码")
                    .hint("请在属性表中补正代码"),
            );
            continue;
        };
        if parts[i].is_empty() {
            diagnostics.push(
                Finding::warning("GIS-059", "没有面状图形，该记录不予采用")
                    .file(&layer.shown)
                    .row(row)
                    .value(&shown_name)
                    .hint("请核对该区边界"),
            );
            continue;
        }
        let place = Place { file: &layer.shown, row, name: &shown_name };
        let shape = check_rings(&parts[i], &place, diagnostics, progress)?;
        if shape.0.is_empty() {
            diagnostics.push(
                Finding::error("GIS-059", "边界修复后没有剩下任何区域，该记录不予采用")
                    .file(&layer.shown)
                    .row(row)
                    .value(&shown_name)
                    .hint("请核对该区边界"),
            );
            continue;
        }
        if districts.iter().any(|d| d.code == code) {
            diagnostics.push(
                Finding::warning("GIS-045", "行政区划代码重复，已与同代码的记录合并为一个区")
                    .file(&layer.shown)
                    .row(row)
                    .value(format!("{code} {shown_name}"))
                    .hint("若是不同的区，请改正代码"),
            );
            match united.iter_mut().find(|u| u.0 == code) {
                Some(u) => u.1.push(shape),
                None => united.push((code, vec![shape])),
            }
            continue;
        }
        let attributes = layer
            .fields
            .iter()
            .enumerate()
            .map(|(k, f)| (f.name.clone(), layer.value(i, k).map(str::to_owned)))
            .collect();
        districts.push(District { code, name: name.unwrap_or_else(|| code.to_string()), shape, attributes });
    }
    for (code, more) in united {
        if let Some(district) = districts.iter_mut().find(|d| d.code == code) {
            let all: Vec<&MultiPolygon<f64>> = std::iter::once(&district.shape).chain(&more).collect();
            let whole = unary_union(all).orient(Direction::Default);
            district.shape = whole;
        }
    }
    if districts.is_empty() {
        return Err(error("GIS-047", "文件中没有任何可用的行政区", "请核对代码字段与图形", &layer.shown));
    }
    districts.sort_by_key(|d| d.code);
    let named: Vec<(&str, &MultiPolygon<f64>)> = districts.iter().map(|d| (d.name.as_str(), &d.shape)).collect();
    check_division(&named, &layer.shown, diagnostics, progress)?;
    let mut set = DistrictSet::of(districts);
    set.file.clone_from(&layer.shown);
    set.encoding.clone_from(&layer.encoding);
    set.crs = crs;
    set.border_hint_m = options.border_hint_m.unwrap_or(0.0).max(0.0);
    Ok(set)
}
