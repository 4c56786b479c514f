//! Points as a layer: few as a list of rows that is drawn as marks, many as a picture made off the frame thread.
//!
//! Duty: from a request (a part of the plane, a size in pixels, what passes) make a layer. The worker thread
//! keeps one request waiting, always the newest; a layer for contents that are no longer wanted is dropped, and
//! its making broken off.
//!
//! Where all points are too many for marks, the most urgent tiers that are few enough stay marks above the picture of
//! the others: what a planner looks for is never lost in the crowd.
//!
//! Invariants: the frame thread never walks over more than [`FEW`] cells' worth of points; a picture's pixel
//! has the colour of its most urgent tier mixed with the mean tier, and is the more opaque the more points
//! share it, so that structure shows even where everything is covered.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};

use egui::{Color32, ColorImage};

use super::data::MapData;
use crate::district::PlaneRect;
use crate::ui::theme::Look;

/// Up to so many points are drawn as marks.
pub const FEW: usize = 4000;
/// Points of the urgent tiers that stay marks over a picture, at most.
pub const URGENT: usize = 2000;
/// Pixels of a picture at most.
const MOST_PIXELS: f32 = 1_600_000.0;

/// Which rows are shown, and their tiers.
#[derive(Debug, Clone, Default)]
pub struct Passing {
    /// One a row; `None` = all.
    pub keep: Option<Arc<[bool]>>,
    /// Tier of each row (0 is the most urgent); rows beyond its end and values beyond the tiers have none.
    pub tiers: Arc<[u8]>,
    /// One bit a tier that is shown; the bit after the last tier is for rows without one.
    pub shown: u32,
    /// Number of tiers.
    pub count: usize,
}

impl Passing {
    /// Tier of a row; the number of tiers where it has none.
    #[must_use]
    pub fn tier(&self, row: u32) -> usize {
        self.tiers.get(row as usize).map_or(self.count, |t| usize::from(*t).min(self.count))
    }

    /// True where a row is shown.
    #[must_use]
    pub fn passes(&self, row: u32) -> bool {
        self.keep.as_ref().is_none_or(|keep| keep.get(row as usize).copied().unwrap_or(false))
            && self.shown >> self.tier(row) & 1 == 1
    }
}

/// What tells one layer's contents from another's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Contents {
    /// The map.
    pub data: u64,
    /// The row filter's revision.
    pub filter: u64,
    /// The tiers' revision.
    pub tiers: u64,
    /// Tiers shown.
    pub shown: u32,
    /// The selection's revision, where the selection is part of the picture.
    pub selection: u64,
    /// The palette.
    pub look: Look,
    /// Pixels a point, as bits: on a screen of another scaling the picture is made anew.
    pub pixels: u32,
}

/// A layer to make.
#[derive(Debug, Clone)]
pub struct Request {
    /// What it shows.
    pub contents: Contents,
    /// The map.
    pub data: Arc<MapData>,
    /// What passes.
    pub passing: Passing,
    /// Part of the plane.
    pub rect: PlaneRect,
    /// Pixels a kilometre.
    pub scale: f32,
    /// Colours of the tiers, and one more for rows without.
    pub colours: Vec<Color32>,
    /// Rows in the selection's colour, ascending; empty where they are drawn as marks.
    pub selected: Arc<Vec<u32>>,
    /// The selection's colour.
    pub accent: Color32,
}

/// How a layer is drawn.
#[derive(Debug, Clone)]
pub enum Drawn {
    /// Rows as marks.
    Rows(Vec<u32>),
    /// A picture over the layer's rectangle, north up.
    Picture {
        /// The points of the less urgent tiers.
        image: Arc<ColorImage>,
        /// Tiers before this one are not in the picture.
        urgent: usize,
        /// Their rows, as marks.
        rows: Vec<u32>,
    },
}

/// A layer of points.
#[derive(Debug, Clone)]
pub struct Layer {
    /// What it shows.
    pub contents: Contents,
    /// Part of the plane.
    pub rect: PlaneRect,
    /// Pixels a kilometre it was made for.
    pub scale: f32,
    /// Points in it.
    pub count: usize,
    /// The points.
    pub drawn: Drawn,
}

#[derive(Clone, Copy, Default)]
struct Pixel {
    sum: u32,
    count: u16,
    least: u8,
    selected: bool,
}

/// Makes a layer; `None` where `stop` said so meanwhile.
#[must_use]
pub fn compute_layer(request: &Request, stop: &dyn Fn() -> bool) -> Option<Layer> {
    let (passing, points) = (&request.passing, &request.data.points);
    let mut rows = Vec::new();
    let mut count = 0_usize;
    let mut by_tier = vec![0_usize; passing.count + 1];
    let mut stopped = false;
    points.visit(&request.rect, |row, _| {
        if passing.passes(row) {
            count += 1;
            by_tier[passing.tier(row)] += 1;
            if rows.len() < FEW {
                rows.push(row);
            }
        }
        if count % 65_536 == 65_535 {
            stopped = stop();
        }
        !stopped
    });
    if stopped || stop() {
        return None;
    }
    let made = |drawn, scale| Some(Layer { contents: request.contents, rect: request.rect, scale, count, drawn });
    if count <= FEW {
        return made(Drawn::Rows(rows), request.scale);
    }
    let [w, h] = request.rect.size();
    let scale = request.scale.min((MOST_PIXELS / (w * h).max(1e-6)).sqrt());
    let width = ((w * scale).ceil() as usize).max(1);
    let height = ((h * scale).ceil() as usize).max(1);
    let fit = [width as f32 / w.max(1e-6), height as f32 / h.max(1e-6)];
    let urgent = urgent_tiers(&by_tier);
    let dense = count - by_tier[..urgent].iter().sum::<usize>();
    rows.clear();
    let mut pixels = vec![Pixel { least: u8::MAX, ..Pixel::default() }; width * height];
    let splat = splat_of(dense, width * height);
    let mut seen = 0_usize;
    points.visit(&request.rect, |row, p| {
        if passing.passes(row) {
            let tier = passing.tier(row) as u8;
            let selected = !request.selected.is_empty() && request.selected.binary_search(&row).is_ok();
            if usize::from(tier) < urgent && !selected {
                rows.push(row);
                return true;
            }
            let px = ((p[0] - request.rect.min[0]) * fit[0]) as isize;
            let py = ((request.rect.max[1] - p[1]) * fit[1]) as isize;
            for (dx, dy) in splat {
                let (x, y) = (px + dx, py + dy);
                if x >= 0 && y >= 0 && (x as usize) < width && (y as usize) < height {
                    let pixel = &mut pixels[y as usize * width + x as usize];
                    pixel.count = pixel.count.saturating_add(1);
                    pixel.sum = pixel.sum.saturating_add(u32::from(tier));
                    pixel.least = pixel.least.min(tier);
                    pixel.selected |= selected;
                }
            }
        }
        seen += 1;
        if seen.is_multiple_of(65_536) {
            stopped = stop();
        }
        !stopped
    });
    if stopped {
        return None;
    }
    let image = ColorImage::new([width, height], coloured(&pixels, request));
    if stop() { None } else { made(Drawn::Picture { image: Arc::new(image), urgent, rows }, scale) }
}

/// How many of the first tiers are few enough together to be marks; the last that has points is always part of the
/// picture.
fn urgent_tiers(by_tier: &[usize]) -> usize {
    let last = by_tier.iter().rposition(|n| *n > 0).unwrap_or(0);
    let mut sum = 0;
    by_tier[..last]
        .iter()
        .take_while(|n| {
            sum += **n;
            sum <= URGENT
        })
        .count()
}

/// The pixels a point covers: the fewer points, the larger.
fn splat_of(count: usize, pixels: usize) -> &'static [(isize, isize)] {
    const LARGE: [(isize, isize); 13] = [
        (0, 0),
        (1, 0),
        (-1, 0),
        (0, 1),
        (0, -1),
        (1, 1),
        (1, -1),
        (-1, 1),
        (-1, -1),
        (2, 0),
        (-2, 0),
        (0, 2),
        (0, -2),
    ];
    const SQUARE: [(isize, isize); 4] = [(0, 0), (1, 0), (0, 1), (1, 1)];
    if count * 160 < pixels {
        &LARGE
    } else if count * 48 < pixels {
        &LARGE[..5]
    } else if count * 16 < pixels {
        &SQUARE
    } else {
        &LARGE[..1]
    }
}

fn coloured(pixels: &[Pixel], request: &Request) -> Vec<Color32> {
    let most = pixels.iter().map(|p| p.count).max().unwrap_or(1).max(2);
    let opacity: Vec<f32> =
        (0..=1024_u16).map(|n| 0.85 + 0.15 * (f32::from(n.max(1)).ln() / f32::from(most).ln()).min(1.0)).collect();
    let last = request.colours.len().saturating_sub(1);
    let colour = |i: usize| request.colours.get(i.min(last)).copied().unwrap_or(request.accent);
    // The less urgent a tier, the more of the districts' colours shines through.
    let weight: Vec<f32> = (0..=last).map(|i| 1.0 - 0.2 * i as f32 / last.max(1) as f32).collect();
    pixels
        .iter()
        .map(|p| {
            if p.count == 0 {
                return Color32::TRANSPARENT;
            }
            if p.selected {
                return request.accent;
            }
            let mean = p.sum as f32 / f32::from(p.count);
            let (low, part) = (mean.floor(), mean.fract());
            let between = colour(low as usize).lerp_to_gamma(colour(low as usize + 1), part);
            let mixed = between.lerp_to_gamma(colour(usize::from(p.least)), 0.6);
            mixed.gamma_multiply(opacity[usize::from(p.count.min(1024))] * weight[usize::from(p.least).min(last)])
        })
        .collect()
}

#[derive(Default)]
struct Slot {
    waiting: Option<Request>,
    done: Option<Layer>,
    stop: bool,
}

#[derive(Default)]
struct Shared {
    slot: Mutex<Slot>,
    wake: Condvar,
    /// Counts the contents asked for; a making for older ones is broken off.
    wanted: AtomicU64,
    busy: AtomicBool,
}

/// The thread that makes pictures.
pub struct RasterWorker {
    shared: Arc<Shared>,
    contents: Option<Contents>,
}

impl std::fmt::Debug for RasterWorker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RasterWorker").field("contents", &self.contents).finish_non_exhaustive()
    }
}

impl RasterWorker {
    /// Starts the thread; `waker` is called when a layer is ready. `None` where the system gives no thread.
    pub fn start(waker: impl Fn() + Send + 'static) -> Option<Self> {
        let shared = Arc::new(Shared::default());
        let theirs = Arc::clone(&shared);
        std::thread::Builder::new()
            .name("fairdraw-map".to_owned())
            .spawn(move || {
                while let Some((request, wanted)) = next_request(&theirs) {
                    let stop = || theirs.wanted.load(Ordering::Acquire) != wanted;
                    let layer = compute_layer(&request, &stop);
                    let mut slot = theirs.slot.lock().unwrap_or_else(PoisonError::into_inner);
                    if let Some(layer) = layer
                        && !stop()
                    {
                        slot.done = Some(layer);
                    }
                    theirs.busy.store(slot.waiting.is_some(), Ordering::Release);
                    drop(slot);
                    waker();
                }
            })
            .ok()?;
        Some(Self { shared, contents: None })
    }

    /// Asks for a layer; one that waits is replaced, one being made for other contents is broken off.
    pub fn ask(&mut self, request: Request) {
        let mut slot = self.shared.slot.lock().unwrap_or_else(PoisonError::into_inner);
        if self.contents != Some(request.contents) {
            self.contents = Some(request.contents);
            self.shared.wanted.fetch_add(1, Ordering::AcqRel);
            slot.done = None;
        }
        slot.waiting = Some(request);
        self.shared.busy.store(true, Ordering::Release);
        drop(slot);
        self.shared.wake.notify_one();
    }

    /// The newest layer, once.
    pub fn take(&mut self) -> Option<Layer> {
        self.shared.slot.lock().unwrap_or_else(PoisonError::into_inner).done.take()
    }

    /// True while a layer is being made or waits.
    #[must_use]
    pub fn busy(&self) -> bool {
        self.shared.busy.load(Ordering::Acquire)
    }
}

impl Drop for RasterWorker {
    fn drop(&mut self) {
        self.shared.wanted.fetch_add(1, Ordering::AcqRel);
        self.shared.slot.lock().unwrap_or_else(PoisonError::into_inner).stop = true;
        self.shared.wake.notify_one();
    }
}

fn next_request(shared: &Shared) -> Option<(Request, u64)> {
    let mut slot = shared.slot.lock().unwrap_or_else(PoisonError::into_inner);
    loop {
        if slot.stop {
            return None;
        }
        if let Some(request) = slot.waiting.take() {
            return Some((request, shared.wanted.load(Ordering::Acquire)));
        }
        slot = shared.wake.wait(slot).unwrap_or_else(PoisonError::into_inner);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::district::DistrictSet;

    fn request(count: usize, filter: u64) -> Request {
        let at = |i: usize, m: usize| (i * 7919 % m) as f64 / m as f64 * 0.4;
        let lon: Vec<f64> = (0..count).map(|i| 121.0 + at(i, 1009)).collect();
        let lat: Vec<f64> = (0..count).map(|i| 31.0 + at(i, 997)).collect();
        let data = Arc::new(MapData::new(Arc::new(DistrictSet::of(vec![])), &lon, &lat));
        let rect = data.bounds;
        let tiers: Vec<u8> = (0..count).map(|i| (i % 3) as u8).collect();
        Request {
            contents: Contents { filter, ..Contents::default() },
            data,
            passing: Passing { keep: None, tiers: tiers.into(), shown: 0b1111, count: 3 },
            rect,
            scale: 10.0,
            colours: vec![Color32::RED, Color32::YELLOW, Color32::GREEN, Color32::GRAY],
            selected: Arc::default(),
            accent: Color32::BLUE,
        }
    }

    #[test]
    fn few_points_are_rows_and_many_a_picture() {
        let mut few = request(3000, 0);
        few.passing.shown = 0b0101;
        let layer = compute_layer(&few, &|| false).unwrap();
        let Drawn::Rows(mut rows) = layer.drawn else { panic!("rows expected") };
        rows.sort_unstable();
        assert_eq!(rows, (0..3000).filter(|r| r % 3 != 1).collect::<Vec<u32>>());
        let many = request(50_000, 0);
        let layer = compute_layer(&many, &|| false).unwrap();
        let Drawn::Picture { image, .. } = layer.drawn else { panic!("a picture expected") };
        assert_eq!(layer.count, 50_000);
        let p = many.data.points.place(17).unwrap();
        let x = ((p[0] - many.rect.min[0]) * image.size[0] as f32 / many.rect.size()[0]) as usize;
        let y = ((many.rect.max[1] - p[1]) * image.size[1] as f32 / many.rect.size()[1]) as usize;
        assert_ne!(image.pixels[y.min(image.size[1] - 1) * image.size[0] + x.min(image.size[0] - 1)].a(), 0);
        assert!(compute_layer(&many, &|| true).is_none());
    }

    #[test]
    fn urgent_tiers_stay_marks_over_the_picture() {
        let mut many = request(50_000, 0);
        many.passing.tiers = (0..50_000).map(|i| if i % 100 == 0 { 0 } else { 2 }).collect();
        let layer = compute_layer(&many, &|| false).unwrap();
        let Drawn::Picture { urgent, rows, .. } = layer.drawn else { panic!("a picture expected") };
        assert_eq!((urgent, rows.len(), layer.count), (2, 500, 50_000));
        assert!(rows.iter().all(|row| row % 100 == 0));
        assert_eq!(urgent_tiers(&[10, 0, 0, 0]), 0, "a picture is never empty");
        assert_eq!(urgent_tiers(&[10, URGENT, 5, 0]), 1);
        assert_eq!(urgent_tiers(&[0, 0, 0, 0]), 0);
    }

    #[test]
    fn stale_requests_are_dropped() {
        let (send, woken) = std::sync::mpsc::channel();
        let mut worker = RasterWorker::start(move || {
            let _ = send.send(());
        })
        .unwrap();
        let base = request(200_000, 0);
        for filter in 1..=20 {
            let mut next = base.clone();
            next.contents.filter = filter;
            worker.ask(next);
        }
        let mut makings = 0;
        while worker.busy() || makings == 0 {
            woken.recv_timeout(std::time::Duration::from_mins(1)).unwrap();
            makings += 1;
            if let Some(layer) = worker.take() {
                assert_eq!(layer.contents.filter, 20, "only the newest contents arrive");
            }
        }
        assert!(makings < 20, "requests that were overtaken are never made");
    }
}
