//! The pages of a Parquet file, checked before polars reads them.
//!
//! Duty: what a file says of itself (its footer, the head of each page, the runs and lengths inside the pages) agrees with
//! its bytes. polars takes a page's count of values for the length of what it allocates: a single altered byte asks for
//! 2⁶¹ bytes and ends the process, which no fence can catch. Columns inside others (lists, structures) have no text form
//! and are never read, so only the plain ones are looked at. What the values are is for polars to say.
//!
//! The format: <https://github.com/apache/parquet-format>.

mod arrow;
mod delta;
mod footer;
mod head;
mod runs;
mod thrift;
mod values;

use std::sync::atomic::{AtomicU64, Ordering};

use rayon::prelude::*;

use self::footer::{Chunk, Footer, Leaf};
use self::head::{Head, PageKind};
use self::values::{Scratch, check_page};

/// Bytes that a cell takes unpacked, whatever is in it.
const CELL: u64 = 16;

/// Why a file is not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fault {
    /// The bytes contradict each other: the words for it.
    Damaged(&'static str),
    /// A sound column in a form that polars can't read.
    Strange,
    /// A page or the texts unpack to more than the bound.
    Large,
}

pub(super) type Check<T> = Result<T, Fault>;

const fn damaged(what: &'static str) -> Fault {
    Fault::Damaged(what)
}

/// What a file holds, before its values are looked at.
pub(super) struct Survey<'a> {
    footer: Footer<'a>,
    /// The heads of the pages of each flat column, group by group.
    columns: Vec<Pages<'a>>,
    /// Bytes that all pages of flat columns unpack to.
    pub(super) unpacked: u64,
    /// Bytes that reading them takes.
    pub(super) taken: u64,
}

/// The pages of a column in one group of rows.
struct Pages<'a> {
    leaf: usize,
    chunk: &'a [u8],
    codec: i64,
    heads: Vec<Head>,
}

impl<'a> Survey<'a> {
    /// Reads the footer and the heads of all pages.
    ///
    /// # Errors
    /// What is damaged, with the name of the column where it is in one.
    pub(super) fn of(bytes: &'a [u8]) -> Result<Self, (Option<String>, Fault)> {
        let footer = Footer::read(bytes).map_err(|fault| (None, fault))?;
        if let Some(schema) = footer.arrow {
            arrow::check_arrow(schema).map_err(|fault| (None, fault))?;
        }
        let (mut columns, mut unpacked, mut cells) = (Vec::new(), 0_u64, 0_u64);
        for group in &footer.groups {
            for (at, (leaf, chunk)) in footer.leaves.iter().zip(&group.chunks).enumerate() {
                if !leaf.flat {
                    continue;
                }
                let named = |fault| (Some(leaf.name.clone()), fault);
                let pages = pages_of(bytes, at, chunk, group.rows).map_err(named)?;
                unpacked = pages.heads.iter().fold(unpacked, |sum, head| sum.saturating_add(head.cost()));
                let cell = CELL.max(leaf.kind.width() as u64);
                cells = cells.saturating_add((group.rows as u64).saturating_mul(cell));
                columns.push(pages);
            }
        }
        Ok(Self { footer, columns, unpacked, taken: unpacked.saturating_add(cells) })
    }

    pub(super) fn rows(&self) -> usize {
        self.footer.rows
    }

    /// The names of the columns, and of each plain one the bytes of a value, 0 where that differs.
    pub(super) fn names(&self) -> &[(String, Option<usize>)] {
        &self.footer.roots
    }

    /// Looks into every page; gives the names of columns in a form that polars can't read. `most` bounds the texts that
    /// all columns unfold to where each begins as the one before.
    ///
    /// # Errors
    /// What is damaged, and in which column.
    pub(super) fn check(&self, most: u64) -> Result<Vec<String>, (Option<String>, Fault)> {
        let texts = AtomicU64::new(0);
        let fault = |pages: &Pages| self.leaf(pages).and_then(|leaf| check(pages, leaf, &texts, most)).err();
        let outcomes: Vec<(usize, Fault)> =
            self.columns.par_iter().filter_map(|pages| Some((pages.leaf, fault(pages)?))).collect();
        let mut strange = Vec::new();
        for (at, fault) in outcomes {
            let name = self.footer.leaves.get(at).map(|leaf| leaf.name.clone());
            match (fault, name) {
                (Fault::Strange, Some(name)) => strange.push(name),
                (fault, name) => return Err((name, fault)),
            }
        }
        Ok(strange)
    }

    fn leaf(&self, pages: &Pages) -> Check<&Leaf> {
        self.footer.leaves.get(pages.leaf).ok_or(damaged("列数不符"))
    }
}

/// The heads of a column's pages, which hold as many values as there are rows.
fn pages_of<'a>(bytes: &'a [u8], leaf: usize, chunk: &Chunk, rows: usize) -> Check<Pages<'a>> {
    let whole = bytes.get(chunk.start..chunk.start + chunk.length);
    let bytes = whole.ok_or(damaged("列的位置超出文件"))?;
    if chunk.values != rows as i64 {
        return Err(damaged("列的值数与行数不符"));
    }
    let (mut heads, mut at, mut seen) = (Vec::new(), 0, 0_usize);
    while at < bytes.len() && (seen < rows || heads.is_empty()) {
        let head = Head::read(bytes, at)?;
        at = head.end();
        match head.kind {
            PageKind::Dictionary if !heads.is_empty() => return Err(damaged("字典页不在最前")),
            PageKind::Dictionary => {}
            _ => seen += head.values,
        }
        heads.push(head);
    }
    if seen != rows {
        return Err(damaged("各页的值数与行数不符"));
    }
    Ok(Pages { leaf, chunk: bytes, codec: chunk.codec, heads })
}

fn check(pages: &Pages, leaf: &Leaf, texts: &AtomicU64, most: u64) -> Check<()> {
    let mut dictionary = None;
    let mut scratch = Scratch::default();
    for head in &pages.heads {
        let unfolded = check_page(pages.chunk, pages.codec, head, leaf, &mut dictionary, &mut scratch)?;
        if texts.fetch_add(unfolded, Ordering::Relaxed).saturating_add(unfolded) > most {
            return Err(Fault::Large);
        }
    }
    Ok(())
}
