//! The hash tree over the rows of a frame.
//!
//! RFC 6962 section 2.1 (tree) and 2.1.1 (audit path), RFC 9162 section 2.1.3.2 (root from a path). A tree
//! split at the largest power of two below its size is the same as one built level by level, in which an
//! odd last node moves up unchanged; that form is built here, each level in parallel. The result does not
//! depend on the thread count: every node has its one place.

use rayon::prelude::*;

use super::hash::{Hash32, sha256};

/// Below this many nodes a level is hashed on the calling thread.
const PARALLEL_FROM: usize = 4096;

/// SHA-256(0x01 ‖ left ‖ right).
fn node(left: &Hash32, right: &Hash32) -> Hash32 {
    let mut bytes = [1_u8; 65];
    bytes[1..33].copy_from_slice(left);
    bytes[33..].copy_from_slice(right);
    sha256(&[&bytes])
}

fn pair(pair: &[Hash32]) -> Hash32 {
    match pair {
        [left, right] => node(left, right),
        [last, ..] => *last,
        [] => sha256(&[]),
    }
}

fn next_level(level: &[Hash32]) -> Vec<Hash32> {
    if level.len() < PARALLEL_FROM {
        level.chunks(2).map(pair).collect()
    } else {
        level.par_chunks(2).with_min_len(PARALLEL_FROM / 4).map(pair).collect()
    }
}

/// The tree hash of the leaves; SHA-256 of nothing where there are none.
#[must_use]
pub fn compute_merkle_root(leaves: &[Hash32]) -> Hash32 {
    if leaves.len() < 2 {
        return pair(leaves);
    }
    let mut level = next_level(leaves);
    while level.len() > 1 {
        level = next_level(&level);
    }
    pair(&level)
}

/// All levels of a tree, for audit paths.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MerkleTree {
    /// Leaves first; the last level is the root alone. Never empty.
    levels: Vec<Vec<Hash32>>,
}

impl MerkleTree {
    /// Builds the tree.
    #[must_use]
    pub fn from_leaves(leaves: Vec<Hash32>) -> Self {
        let mut levels = vec![leaves];
        while let Some(last) = levels.last().filter(|level| level.len() > 1) {
            let next = next_level(last);
            levels.push(next);
        }
        Self { levels }
    }

    /// The tree hash.
    #[must_use]
    pub fn root(&self) -> Hash32 {
        pair(self.levels.last().map_or(&[], Vec::as_slice))
    }

    /// Number of leaves.
    #[must_use]
    pub fn len(&self) -> usize {
        self.levels.first().map_or(0, Vec::len)
    }

    /// True for the tree of no leaves.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The audit path of leaf `index` (from 0), leaf side first; `None` outside the tree.
    #[must_use]
    pub fn path(&self, index: usize) -> Option<Vec<Hash32>> {
        if index >= self.len() {
            return None;
        }
        let mut at = index;
        let mut path = Vec::new();
        for level in &self.levels {
            path.extend(level.get(at ^ 1));
            at >>= 1;
        }
        Some(path)
    }
}

/// SHA-256(0x00 ‖ bytes): the leaf of a log's entry.
#[must_use]
pub fn compute_log_leaf(entry: &[u8]) -> Hash32 {
    sha256(&[&[0], entry])
}

/// A tree to which leaves are added one by one, with its root at each size: that of a log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GrowingTree {
    /// Roots of the complete subtrees from the left, each with its number of leaves, a power of two.
    peaks: Vec<(Hash32, u64)>,
    size: u64,
}

impl GrowingTree {
    /// Adds a leaf.
    pub fn push(&mut self, leaf: Hash32) {
        let mut whole = (leaf, 1);
        while let Some((left, size)) = self.peaks.pop_if(|(_, size)| *size == whole.1) {
            whole = (node(&left, &whole.0), size * 2);
        }
        self.peaks.push(whole);
        self.size += 1;
    }

    /// Number of leaves.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The tree hash, as [`compute_merkle_root`] of the same leaves.
    #[must_use]
    pub fn root(&self) -> Hash32 {
        let mut peaks = self.peaks.iter().rev().map(|(root, _)| *root);
        let Some(last) = peaks.next() else { return sha256(&[]) };
        peaks.fold(last, |right, left| node(&left, &right))
    }
}

/// Why a path leads to no root.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PathFault {
    /// The index is not below the size.
    Outside,
    /// More hashes than the tree has levels.
    TooLong,
    /// Fewer hashes than the tree has levels.
    TooShort,
}

/// The root that a leaf hash, its index (from 0), the tree's size and an audit path lead to.
///
/// # Errors
/// Where the index is outside the tree or the path has the wrong length.
pub fn root_from_path(leaf: Hash32, index: u64, size: u64, path: &[Hash32]) -> Result<Hash32, PathFault> {
    if index >= size {
        return Err(PathFault::Outside);
    }
    let (mut at, mut last, mut root) = (index, size - 1, leaf);
    for sibling in path {
        if last == 0 {
            return Err(PathFault::TooLong);
        }
        if at & 1 == 1 || at == last {
            root = node(sibling, &root);
            while at & 1 == 0 && at != 0 {
                at >>= 1;
                last >>= 1;
            }
        } else {
            root = node(&root, sibling);
        }
        at >>= 1;
        last >>= 1;
    }
    if last == 0 { Ok(root) } else { Err(PathFault::TooShort) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sampling::hash::to_hex;

    #[test]
    fn a_tree_that_grows_has_the_root_of_each_size() {
        let leaves: Vec<Hash32> = (0_u8..70).map(|i| compute_log_leaf(&[i])).collect();
        let mut growing = GrowingTree::default();
        for size in 0..=leaves.len() {
            assert_eq!((growing.size(), growing.root()), (size as u64, compute_merkle_root(&leaves[..size])));
            if let Some(leaf) = leaves.get(size) {
                growing.push(*leaf);
            }
        }
    }

    /// The definition of RFC 6962, by recursion.
    fn by_definition(leaves: &[Hash32]) -> Hash32 {
        match leaves {
            [] => sha256(&[]),
            [one] => *one,
            more => {
                let k = more.len().next_power_of_two() / 2;
                node(&by_definition(&more[..k]), &by_definition(&more[k..]))
            }
        }
    }

    fn leaves(n: u32) -> Vec<Hash32> {
        (0..n).map(|i| sha256(&[&[0], &i.to_be_bytes()])).collect()
    }

    #[test]
    fn levels_agree_with_the_recursive_definition_at_every_small_size() {
        for n in 0..70 {
            let leaves = leaves(n);
            let root = by_definition(&leaves);
            assert_eq!(compute_merkle_root(&leaves), root);
            let tree = MerkleTree::from_leaves(leaves.clone());
            assert_eq!(tree.root(), root);
            for (i, leaf) in leaves.iter().enumerate() {
                let path = tree.path(i).unwrap();
                assert_eq!(root_from_path(*leaf, i as u64, u64::from(n), &path), Ok(root));
            }
            assert_eq!(tree.path(leaves.len()), None);
        }
    }

    #[test]
    fn parallel_levels_give_the_same_root() {
        let leaves = leaves(20_001);
        assert_eq!(compute_merkle_root(&leaves), by_definition(&leaves));
    }

    #[test]
    fn known_roots() {
        // RFC 6962 test data as used by Certificate Transparency implementations: leaves "" and 0x00.
        let a = sha256(&[&[0]]);
        let b = sha256(&[&[0], &[0]]);
        assert_eq!(to_hex(&compute_merkle_root(&[])), to_hex(&sha256(&[])));
        assert_eq!(to_hex(&a), "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
        assert_eq!(
            to_hex(&compute_merkle_root(&[a, b])),
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"
        );
    }
}
