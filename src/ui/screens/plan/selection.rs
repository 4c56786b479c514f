//! Which cells of the matrix are selected: blocks, the last one growing from its anchor to the cursor.

use std::collections::BTreeSet;

use crate::plan::model::MONTHS;

/// A cell: row of the matrix and month.
pub(super) type At = (usize, usize);

/// The selection; never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Selection {
    /// Corners of each block; the last one's second corner is the cursor.
    blocks: Vec<(At, At)>,
}

impl Default for Selection {
    fn default() -> Self {
        Self::at((0, 0))
    }
}

impl Selection {
    /// One cell.
    pub(super) fn at(cell: At) -> Self {
        Self { blocks: vec![(cell, cell)] }
    }

    /// Every cell of so many rows, the cursor where it is.
    pub(super) fn all(rows: usize, cursor: At) -> Self {
        let whole = ((0, 0), (rows.saturating_sub(1), MONTHS - 1));
        Self { blocks: vec![whole, (cursor, cursor)] }
    }

    fn last(&self) -> (At, At) {
        self.blocks.last().copied().unwrap_or_default()
    }

    /// Where keys go.
    pub(super) fn cursor(&self) -> At {
        self.last().1
    }

    /// The last block's other corner becomes the cell.
    pub(super) fn extend(&mut self, to: At) {
        if let Some(block) = self.blocks.last_mut() {
            block.1 = to;
        }
    }

    /// Another block begins at the cell.
    pub(super) fn add(&mut self, cell: At) {
        self.blocks.push((cell, cell));
    }

    /// Keeps the selection within so many rows.
    pub(super) fn clamp(&mut self, rows: usize) {
        let last = rows.saturating_sub(1);
        for (a, b) in &mut self.blocks {
            a.0 = a.0.min(last);
            b.0 = b.0.min(last);
        }
    }

    /// True where the cell is selected.
    pub(super) fn contains(&self, (row, month): At) -> bool {
        self.blocks.iter().any(|((r0, m0), (r1, m1))| {
            (*r0.min(r1)..=*r0.max(r1)).contains(&row) && (*m0.min(m1)..=*m0.max(m1)).contains(&month)
        })
    }

    /// The cells, row by row.
    pub(super) fn cells(&self) -> BTreeSet<At> {
        let block = |((r0, m0), (r1, m1)): &(At, At)| {
            let months = *m0.min(m1)..=*m0.max(m1);
            (*r0.min(r1)..=*r0.max(r1)).flat_map(move |row| months.clone().map(move |month| (row, month)))
        };
        self.blocks.iter().flat_map(block).collect()
    }

    /// True where it is one cell.
    pub(super) fn is_single(&self) -> bool {
        self.blocks.iter().all(|block| block.0 == block.1 && block.0 == self.blocks[0].0)
    }

    /// Top left corner of all.
    pub(super) fn first(&self) -> At {
        let corners = || self.blocks.iter().flat_map(|(a, b)| [a, b]);
        let least = |of: fn(&At) -> usize| corners().map(of).min().unwrap_or_default();
        (least(|at| at.0), least(|at| at.1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_grow_from_their_anchor_and_add_up() {
        let mut chosen = Selection::at((2, 3));
        assert!(chosen.is_single());
        chosen.extend((4, 1));
        assert_eq!((chosen.cells().len(), chosen.cursor(), chosen.first()), (9, (4, 1), (2, 1)));
        chosen.extend((1, 3));
        assert_eq!(chosen.cells().len(), 2, "the anchor stays: {:?}", chosen.cells());
        chosen.add((7, 7));
        assert!(chosen.contains((7, 7)) && chosen.contains((1, 3)) && !chosen.contains((4, 1)));
        assert!(!chosen.is_single());
        chosen.clamp(5);
        assert_eq!(chosen.cursor(), (4, 7));
        assert_eq!(Selection::all(3, (1, 1)).cells().len(), 36);
    }
}
