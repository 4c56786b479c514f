//! Carries out what a chart's menu asks for: a file by the native dialog, or a picture on the clipboard.
//!
//! Rendering is a job; the file is written by [`ViewCommand::WriteFile`], atomically.

use std::path::PathBuf;
use std::sync::Arc;

use egui::{ColorImage, Ui};

use super::PlotAction;
use crate::chart::{Chart, ChartStyle, Drawable, render_png, render_svg};
use crate::diagnostic::AppResult;
use crate::ui::picker::{PickKind, PickRequest, Picking};
use crate::ui::screens::Cx;
use crate::ui::text::plot as text;
use crate::workspace::session::ViewCommand;
use crate::workspace::session::job::Job;

/// Size of a picture in points: half of a slide of 1920 × 1080.
const WIDTH: u32 = 960;
const HEIGHT: u32 = 540;
/// Pixels in a point of a PNG.
const SCALE: u32 = 2;

enum Rendered {
    File(PathBuf, Vec<u8>),
    Image(Box<ColorImage>),
}

/// Charts on their way into files.
#[derive(Default)]
pub struct PlotSaver {
    asked: Option<(PlotAction, Chart, Picking)>,
    job: Option<Job<Rendered>>,
    fault: Option<String>,
}

impl PlotSaver {
    /// Begins what a chart's menu asked for.
    pub fn begin(&mut self, cx: &mut Cx<'_>, chart: &Chart, action: PlotAction) {
        self.fault = None;
        let (name, ending) = match action {
            PlotAction::SavePng => ("PNG", "png"),
            PlotAction::SaveSvg => ("SVG", "svg"),
            PlotAction::CopyImage => {
                let chart = chart.clone();
                self.start(cx, move || {
                    let bytes = png(&chart)?;
                    let image = decode(&bytes)?;
                    Ok(Rendered::Image(Box::new(image)))
                });
                return;
            }
        };
        let request =
            PickRequest::new(PickKind::SaveFile(format!("{}.{ending}", file_stem(&chart.title))), text::SAVE_TITLE)
                .filter(name, &[ending]);
        self.asked = Some((action, chart.clone(), cx.pick(request)));
    }

    fn start(&mut self, cx: &Cx<'_>, work: impl FnOnce() -> AppResult<Rendered> + Send + 'static) {
        match cx.session.start_job(text::RENDERING, move |_| work()) {
            Ok(job) => self.job = Some(job),
            Err(error) => self.fault = Some(error.to_string()),
        }
    }

    /// Takes answers and pictures in; called each frame by the screen that owns it.
    pub fn poll(&mut self, ui: &Ui, cx: &mut Cx<'_>) {
        if let Some(paths) = self.asked.as_ref().and_then(|(_, _, picking)| picking.poll())
            && let Some((action, chart, _)) = self.asked.take()
            && let Some(path) = paths.into_iter().next()
        {
            let path = with_ending(path, if action == PlotAction::SaveSvg { "svg" } else { "png" });
            self.start(cx, move || {
                let bytes = if action == PlotAction::SaveSvg {
                    let height = height_of(&chart);
                    render_svg(Drawable::Chart(&chart), WIDTH, height, &ChartStyle::print())?.into_bytes()
                } else {
                    png(&chart)?
                };
                Ok(Rendered::File(path, bytes))
            });
        }
        match self.job.as_mut().and_then(Job::poll) {
            None => {}
            Some(result) => {
                self.job = None;
                match result {
                    Ok(Rendered::File(path, bytes)) => cx.send(ViewCommand::WriteFile(path, Arc::new(bytes))),
                    Ok(Rendered::Image(image)) => ui.ctx().copy_image(*image),
                    Err(error) => self.fault = Some(error.to_string()),
                }
            }
        }
    }

    /// Why the last picture failed.
    #[must_use]
    pub fn fault(&self) -> Option<&str> {
        self.fault.as_deref()
    }
}

fn height_of(chart: &Chart) -> u32 {
    HEIGHT.max(chart.comfortable_height().ceil() as u32)
}

fn png(chart: &Chart) -> AppResult<Vec<u8>> {
    let style = ChartStyle::print().at(f64::from(SCALE));
    render_png(Drawable::Chart(chart), WIDTH * SCALE, height_of(chart) * SCALE, &style)
}

fn decode(bytes: &[u8]) -> AppResult<ColorImage> {
    let pixmap = tiny_skia::Pixmap::decode_png(bytes)
        .map_err(|e| crate::diagnostic::AppError::new("CHT-002", text::FAILED).caused_by(e))?;
    let size = [pixmap.width() as usize, pixmap.height() as usize];
    Ok(ColorImage::from_rgba_premultiplied(size, pixmap.data()))
}

fn with_ending(path: PathBuf, ending: &str) -> PathBuf {
    if path.extension().is_some() { path } else { path.with_extension(ending) }
}

/// A title as a file name: up to its first clause, without what file systems refuse.
fn file_stem(title: &str) -> String {
    let clause = title.split(['，', '；', '：']).next().unwrap_or(title);
    let stem: String =
        clause.chars().map(|c| if c.is_control() || "\\/:*?\"<>|.".contains(c) { '_' } else { c }).take(40).collect();
    let stem = stem.trim().to_owned();
    if stem.is_empty() { text::CHART.to_owned() } else { stem }
}

#[cfg(test)]
mod tests {
    use super::file_stem;

    #[test]
    fn file_names_hold_nothing_that_file_systems_refuse() {
        assert_eq!(file_stem("A 级 1,204 家，占 3.2%"), "A 级 1,204 家");
        assert_eq!(file_stem("甲/乙: 丙"), "甲_乙_ 丙");
        assert_eq!(file_stem("，"), "图表");
    }
}
