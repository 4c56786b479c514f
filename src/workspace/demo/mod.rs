//! The demo city: a synthetic Shanghai written as an office has its files; or a synthetic nation of 3 000 counties.
//!
//! The same for the same seed, year and size on every platform. A hidden compliance propensity drives
//! credit, violations, complaints, exceedances and the problems that checks find, so that targeting can be
//! judged; names, codes and numbers are made up and match no real firm on purpose.

mod bundled;
mod city;
mod files;
mod land;
mod names;
mod random;
mod rows;
mod vocabulary;

use std::path::{Path, PathBuf};

pub use bundled::{pack_demo, unpack_demo};
pub use city::{City, DEFAULT_SOURCES, Places, Site, last_day};
pub use files::FileForm;
pub use land::{Land, Place};
pub use random::Dice;
pub use rows::identity;

use crate::diagnostic::{AppError, AppResult, Progress};
use crate::district::{Bounds, DistrictSet, write_district_files};
use crate::domain::{DistrictCode, WorkCalendar};
use crate::export::office::{OfficeBook, OfficeText};
use crate::export::write_atomic;
use crate::policy::preset_text;
use crate::registry::TableKind;

/// Seed by default.
pub const DEFAULT_SEED: u64 = 20_270_101;
/// Year by default.
pub const DEFAULT_YEAR: i32 = 2027;
/// The file whose presence marks a folder as synthetic.
pub const MARKER: &str = "这是模拟数据.txt";

/// Sources of the demo nation by default.
pub const NATION_SOURCES: usize = 4_000_000;
/// Rules of the demo nation.
const NATION_PRESET: &str = "national-88";

/// Size, seed and year of a demo city.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DemoOptions {
    /// Sources.
    pub sources: usize,
    /// Seed.
    pub seed: u64,
    /// Year planned.
    pub year: i32,
    /// A made-up nation of counties, each with a bureau, under the national rules, in place of the city.
    pub nation: bool,
}

impl Default for DemoOptions {
    fn default() -> Self {
        Self { sources: DEFAULT_SOURCES, seed: DEFAULT_SEED, year: DEFAULT_YEAR, nation: false }
    }
}

impl Places for DistrictSet {
    fn bounds(&self, code: u32) -> Option<[f64; 4]> {
        let index = self.index_of(DistrictCode(code))?;
        Bounds::of(&self.districts().get(index)?.shape).map(|b| [b.west, b.south, b.east, b.north])
    }

    fn is_inside(&self, code: u32, lon: f64, lat: f64) -> bool {
        self.locate(lon, lat).and_then(|index| self.districts().get(index)).is_some_and(|d| d.code.0 == code)
    }
}

/// Writes the city's files into `folder` (made where it is missing) and returns their paths. The map is the city's; a
/// nation has its own.
///
/// # Errors
/// `DEM-001` where the folder holds other files, `IO-…` where it can't be written, `JOB-001` when cancelled.
pub fn write_demo(
    folder: &Path,
    options: DemoOptions,
    districts: &DistrictSet,
    calendar: &WorkCalendar,
    progress: &Progress,
) -> AppResult<Vec<PathBuf>> {
    std::fs::create_dir_all(folder).map_err(|cause| AppError::io("创建文件夹", folder, cause))?;
    let mut entries = std::fs::read_dir(folder).map_err(|cause| AppError::io("读取文件夹", folder, cause))?;
    if !folder.join(MARKER).exists() && entries.next().is_some() {
        return Err(AppError::new("DEM-001", "文件夹不是空的，模拟数据不会写入已有文件的文件夹")
            .with(|f| f.hint("请换一个空文件夹").file(folder.display().to_string())));
    }
    progress.begin("生成模拟城市", TableKind::ALL.len() as u64 + 1);
    let made = options.nation.then(|| Land::nation(options.sources, options.seed));
    let (land, map) = match &made {
        Some((land, map)) => (land.clone(), map),
        None => (Land::city(), districts),
    };
    let city = City::of(land, (options.sources, options.seed, options.year), map);
    progress.advance(1);
    let mut written = Vec::new();
    let mut put = |name: &str, bytes: &[u8]| -> AppResult<()> {
        let path = folder.join(name);
        write_atomic(&path, bytes)?;
        written.push(path);
        Ok(())
    };
    let note = format!(
        "本文件夹为模拟数据，单位、人员与记录均为虚构，仅供演示与测试。\r\n污染源 {} 家，种子 {}，年度 {}。\r\n",
        options.sources, options.seed, options.year
    );
    put(MARKER, note.as_bytes())?;
    for table in TableKind::ALL {
        progress.check()?;
        let form = files::form(table, options.sources);
        if form == FileForm::Workbook {
            let title = files::title(city.land.above(), table, options.year);
            let mut book = OfficeBook::new(files::stem(table), &title, files::headings(table))?;
            city.write_rows(table, calendar, &mut |row| book.push(row))?;
            put(&format!("{}.xlsx", files::stem(table)), &book.finish()?)?;
        } else {
            let mut text = OfficeText::new(form == FileForm::CsvGbk, files::headings(table));
            city.write_rows(table, calendar, &mut |row| {
                text.push(row);
                Ok(())
            })?;
            put(&format!("{}.csv", files::stem(table)), &text.finish())?;
        }
        progress.advance(1);
    }
    let stem =
        if options.nation { "区县（示意，名称与形状均为虚构）" } else { "上海市区县（示意）" };
    for (name, bytes) in write_district_files(stem, map, "GBK")? {
        put(&name, &bytes)?;
    }
    if options.nation
        && let Some(rules) = preset_text(NATION_PRESET)
    {
        put("policy.ron", rules.as_bytes())?;
    }
    Ok(written)
}
