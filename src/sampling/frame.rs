//! The sampling frame of a draw: one row for every unit of the registry, excluded ones too.
//!
//! Columnar, so that a million units take some 80 MB. Invariants: rows are in the order of the unit ids'
//! bytes, ids are unique, strata are sorted and each has a row, probabilities and ranks are at most 10⁹.
//! Whether they fit together and fit a seal is `check_frame`'s to say.

use rayon::prelude::*;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};

use super::hash::{Hash32, from_hex, to_hex};
use super::merkle::{MerkleTree, compute_merkle_root};
use super::seal::SealStratum;
use crate::diagnostic::{AppError, AppResult};
use crate::domain::{PPB, StratumId, UnitId};

/// Longest reason, in characters of `[a-z_]`.
const LONGEST_REASON: usize = 24;

/// One row of `frame.csv`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrameRow {
    /// The unit.
    pub unit_id: UnitId,
    /// Its stratum.
    pub stratum: StratumId,
    /// Inclusion probability in parts per billion: 0 = excluded, 10⁹ = certainty.
    pub pi_ppb: u64,
    /// Ranking parameter in parts per billion.
    pub rank_ppb: u64,
    /// Why it is excluded or a certainty; empty for a free unit.
    pub reason: String,
    /// Salt of its leaf.
    pub salt: [u8; 16],
}

/// A row of a frame, borrowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RowView<'a> {
    /// The unit.
    pub unit_id: &'a str,
    /// Its stratum.
    pub stratum: &'a StratumId,
    /// Inclusion probability in parts per billion.
    pub pi_ppb: u32,
    /// Ranking parameter in parts per billion.
    pub rank_ppb: u32,
    /// Why it is excluded or a certainty; empty for a free unit.
    pub reason: &'a str,
    /// Salt of its leaf.
    pub salt: &'a [u8; 16],
}

/// True for `[a-z_]{0,24}`.
pub(super) fn is_reason(text: &str) -> bool {
    text.len() <= LONGEST_REASON && text.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
}

/// SHA-256(0x00 ‖ salt ‖ `unit_id⇥stratum⇥pi⇥rank⇥reason`).
pub(super) fn leaf(row: &RowView<'_>) -> Hash32 {
    let mut hasher = Sha256::new();
    let mut text = String::with_capacity(128);
    push_fields(&mut text, row, '\t');
    hasher.update([0]);
    hasher.update(row.salt);
    hasher.update(text.as_bytes());
    hasher.finalize().into()
}

/// `unit_id stratum pi rank reason` with a separator, without salt.
pub(super) fn push_fields(text: &mut String, row: &RowView<'_>, separator: char) {
    text.push_str(row.unit_id);
    text.push(separator);
    text.push_str(row.stratum.as_str());
    text.push(separator);
    text.push_str(&row.pi_ppb.to_string());
    text.push(separator);
    text.push_str(&row.rank_ppb.to_string());
    text.push(separator);
    text.push_str(row.reason);
}

impl RowView<'_> {
    /// The row's leaf in the tree.
    #[must_use]
    pub fn leaf(&self) -> Hash32 {
        leaf(self)
    }
}

impl FrameRow {
    /// The row, borrowed.
    #[must_use]
    pub fn view(&self) -> RowView<'_> {
        RowView {
            unit_id: self.unit_id.as_str(),
            stratum: &self.stratum,
            // Constructors keep both at most 10⁹; a larger value made by hand is shown as too large.
            pi_ppb: u32::try_from(self.pi_ppb).unwrap_or(u32::MAX),
            rank_ppb: u32::try_from(self.rank_ppb).unwrap_or(u32::MAX),
            reason: &self.reason,
            salt: &self.salt,
        }
    }
}

/// `[unit_id, stratum, pi, rank, reason, salt]`, as certificates carry rows.
impl Serialize for FrameRow {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (&self.unit_id, &self.stratum, self.pi_ppb, self.rank_ppb, &self.reason, to_hex(&self.salt))
            .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for FrameRow {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (unit_id, stratum, pi_ppb, rank_ppb, reason, salt) =
            <(UnitId, StratumId, u64, u64, String, String)>::deserialize(deserializer)?;
        let salt = from_hex(salt.as_bytes()).ok_or_else(|| D::Error::custom("盐应为 32 位小写十六进制数字"))?;
        if pi_ppb > PPB || rank_ppb > PPB || !is_reason(&reason) {
            return Err(D::Error::custom(format!("{unit_id} 的概率、排序参数或原因超出范围")));
        }
        Ok(Self { unit_id, stratum, pi_ppb, rank_ppb, reason, salt })
    }
}

/// A frame, in columns, rows in the order of `unit_id`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SamplingFrame {
    /// All unit ids, one after another.
    ids: String,
    /// Where each id ends.
    ends: Vec<u32>,
    /// Distinct strata, sorted.
    strata: Vec<StratumId>,
    stratum: Vec<u32>,
    pi: Vec<u32>,
    rank: Vec<u32>,
    /// Distinct reasons, sorted.
    reasons: Vec<String>,
    reason: Vec<u32>,
    salts: Vec<[u8; 16]>,
}

impl SamplingFrame {
    /// A frame of these rows, in any order.
    ///
    /// # Errors
    /// `SMP-001` for a unit that stands twice, `SMP-002` for a value outside its range.
    pub fn from_rows(mut rows: Vec<FrameRow>) -> AppResult<Self> {
        for row in &rows {
            if row.pi_ppb > PPB || row.rank_ppb > PPB || !is_reason(&row.reason) {
                return Err(AppError::new("SMP-002", format!("抽样框中单元 {} 的取值超出范围", row.unit_id)).with(
                    |f| {
                        f.value(format!("{},{},{}", row.pi_ppb, row.rank_ppb, row.reason))
                            .expected("概率与排序参数 0 到 1000000000，原因为 24 位以内小写字母或下划线")
                    },
                ));
            }
        }
        rows.par_sort_unstable_by(|a, b| a.unit_id.cmp(&b.unit_id));
        if let Some(twice) = rows.windows(2).find(|pair| pair[0].unit_id == pair[1].unit_id) {
            return Err(AppError::new("SMP-001", format!("抽样框中单元 {} 出现两次", twice[0].unit_id))
                .with(|f| f.hint("每个单元只能有一行，请检查名录中的重复编号")));
        }
        let mut strata: Vec<&StratumId> = rows.iter().map(|row| &row.stratum).collect();
        strata.sort_unstable();
        strata.dedup();
        let strata: Vec<StratumId> = strata.into_iter().cloned().collect();
        let mut reasons: Vec<&str> = rows.iter().map(|row| row.reason.as_str()).collect();
        reasons.sort_unstable();
        reasons.dedup();
        let reasons: Vec<String> = reasons.into_iter().map(str::to_owned).collect();
        let mut frame = Self { strata, reasons, ..Self::default() };
        for row in rows {
            frame.ids.push_str(row.unit_id.as_str());
            frame.ends.push(frame.ids.len() as u32);
            frame.stratum.push(frame.strata.binary_search(&row.stratum).unwrap_or(0) as u32);
            frame.pi.push(row.pi_ppb as u32);
            frame.rank.push(row.rank_ppb as u32);
            frame.reason.push(frame.reasons.binary_search(&row.reason).unwrap_or(0) as u32);
            frame.salts.push(row.salt);
        }
        Ok(frame)
    }

    /// Number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// True without rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The distinct strata, sorted.
    #[must_use]
    pub fn strata(&self) -> &[StratumId] {
        &self.strata
    }

    /// The unit id of row `index`; empty outside the frame.
    #[must_use]
    pub fn unit_id(&self, index: usize) -> &str {
        let begin = if index == 0 { 0 } else { self.ends.get(index - 1).map_or(0, |end| *end as usize) };
        self.ends.get(index).and_then(|end| self.ids.get(begin..*end as usize)).unwrap_or_default()
    }

    /// Row `index` (from 0, in the order of unit ids); `None` outside the frame.
    #[must_use]
    pub fn row(&self, index: usize) -> Option<RowView<'_>> {
        Some(RowView {
            unit_id: self.unit_id(index),
            stratum: self.strata.get(*self.stratum.get(index)? as usize)?,
            pi_ppb: *self.pi.get(index)?,
            rank_ppb: *self.rank.get(index)?,
            reason: self.reasons.get(*self.reason.get(index)? as usize)?,
            salt: self.salts.get(index)?,
        })
    }

    /// Leaf of row `index`, 64 hexadecimal digits; `None` outside the frame.
    #[must_use]
    pub fn leaf_hex(&self, index: usize) -> Option<String> {
        self.row(index).map(|row| to_hex(&row.leaf()))
    }

    /// Row `index` as a value of its own; `None` outside the frame.
    #[must_use]
    pub fn to_row(&self, index: usize) -> Option<FrameRow> {
        let row = self.row(index)?;
        Some(FrameRow {
            unit_id: UnitId::new(row.unit_id).ok()?,
            stratum: row.stratum.clone(),
            pi_ppb: u64::from(row.pi_ppb),
            rank_ppb: u64::from(row.rank_ppb),
            reason: row.reason.to_owned(),
            salt: *row.salt,
        })
    }

    /// All rows in order.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = RowView<'_>> + '_ {
        (0..self.len()).map(|i| RowView {
            unit_id: self.unit_id(i),
            stratum: &self.strata[self.stratum[i] as usize],
            pi_ppb: self.pi[i],
            rank_ppb: self.rank[i],
            reason: &self.reasons[self.reason[i] as usize],
            salt: &self.salts[i],
        })
    }

    /// The row of a unit; `None` where it isn't in the frame.
    #[must_use]
    pub fn position(&self, unit_id: &str) -> Option<usize> {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = usize::midpoint(low, high);
            match self.unit_id(middle).cmp(unit_id) {
                std::cmp::Ordering::Equal => return Some(middle),
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        None
    }

    /// Inclusion probabilities in parts per billion, by row.
    #[must_use]
    pub fn pi_ppb(&self) -> &[u32] {
        &self.pi
    }

    /// Ranking parameters in parts per billion, by row.
    #[must_use]
    pub fn rank_ppb(&self) -> &[u32] {
        &self.rank
    }

    /// Index into [`Self::strata`], by row.
    #[must_use]
    pub fn stratum_index(&self) -> &[u32] {
        &self.stratum
    }

    /// Number of units that are certain to be drawn.
    #[must_use]
    pub fn certain(&self) -> usize {
        self.pi.iter().filter(|pi| u64::from(**pi) == PPB).count()
    }

    /// For each stratum the rows with a probability above 0, in order.
    #[must_use]
    pub fn rows_by_stratum(&self) -> Vec<Vec<u32>> {
        let mut rows = vec![Vec::new(); self.strata.len()];
        for (i, (stratum, pi)) in self.stratum.iter().zip(&self.pi).enumerate() {
            if *pi > 0 {
                rows[*stratum as usize].push(i as u32);
            }
        }
        rows
    }

    /// The leaves of the tree, in order.
    #[must_use]
    pub fn leaves(&self) -> Vec<Hash32> {
        (0..self.len())
            .into_par_iter()
            .with_min_len(1024)
            .map(|i| self.row(i).map_or([0; 32], |row| row.leaf()))
            .collect()
    }

    /// The root of the tree over all rows.
    #[must_use]
    pub fn root(&self) -> Hash32 {
        compute_merkle_root(&self.leaves())
    }

    /// The whole tree, for audit paths.
    #[must_use]
    pub fn tree(&self) -> MerkleTree {
        MerkleTree::from_leaves(self.leaves())
    }

    /// The strata as a seal lists them.
    ///
    /// # Errors
    /// `SEL-010` where a stratum's probabilities don't sum to a whole number of units.
    pub fn seal_strata(&self) -> AppResult<Vec<SealStratum>> {
        let mut sums = vec![(0_u64, 0_u64); self.strata.len()];
        for (stratum, pi) in self.stratum.iter().zip(&self.pi) {
            let (size, sum) = &mut sums[*stratum as usize];
            *size += u64::from(*pi > 0);
            *sum += u64::from(*pi);
        }
        self.strata
            .iter()
            .zip(sums)
            .map(|(id, (size, sum))| {
                if sum % PPB == 0 {
                    return Ok(SealStratum { id: id.to_string(), size, draw: sum / PPB });
                }
                Err(AppError::new("SEL-010", format!("层 {id} 的入选概率之和不是整数"))
                    .with(|f| f.value(format!("{sum} ppb")).hint("请重新生成抽样框")))
            })
            .collect()
    }
}
