//! The schema that Arrow's writers add to a footer: a tree in which a branch may be hung up twice, or a thousand deep.
//!
//! polars unfolds it branch by branch. Here the branches are counted first: an honest tree has no more of them than bytes.

use super::{Check, Fault, damaged};

const ODD: Fault = damaged("目录附带的列类型有误");
/// Columns inside columns.
const MOST_DEPTH: usize = 64;

/// Makes sure that the schema, written in base64, unfolds to what its length allows.
pub(super) fn check_arrow(text: &[u8]) -> Check<()> {
    let bytes = base64(text)?;
    let flat = match bytes.strip_prefix(&[0xFF; 4]) {
        Some(rest) => Flat(rest.get(4..).ok_or(ODD)?),
        None => Flat(&bytes),
    };
    let message = flat.follow(0)?;
    let schema = flat.follow(flat.field(message, 2)?.ok_or(ODD)?)?;
    let mut budget = bytes.len().saturating_mul(8) + 4_096;
    flat.spend_pairs(schema, 2, &mut budget)?;
    // the columns still to be looked at, and how deep they are
    let mut open: Vec<(usize, usize)> = flat.vector(schema, 1)?.into_iter().map(|at| (at, 1)).collect();
    while let Some((at, depth)) = open.pop() {
        let field = flat.follow(at)?;
        spend(&mut budget, 16)?;
        flat.spend_text(field, 0, &mut budget)?;
        flat.spend_pairs(field, 6, &mut budget)?;
        let children = flat.vector(field, 5)?;
        if !children.is_empty() && depth >= MOST_DEPTH {
            return Err(damaged("列的层次过深"));
        }
        spend(&mut budget, 4 * children.len())?;
        open.extend(children.into_iter().map(|at| (at, depth + 1)));
    }
    Ok(())
}

fn spend(budget: &mut usize, cost: usize) -> Check<()> {
    *budget = budget.checked_sub(cost).ok_or(ODD)?;
    Ok(())
}

/// Tables of `FlatBuffers`: offsets to offsets.
struct Flat<'a>(&'a [u8]);

impl Flat<'_> {
    fn number(&self, at: usize) -> Check<u32> {
        let bytes = at.checked_add(4).and_then(|end| self.0.get(at..end)).and_then(<[u8]>::first_chunk);
        bytes.copied().map(u32::from_le_bytes).ok_or(ODD)
    }

    fn short(&self, at: usize) -> Check<usize> {
        let bytes = at.checked_add(2).and_then(|end| self.0.get(at..end)).and_then(<[u8]>::first_chunk);
        bytes.copied().map(|bytes| usize::from(u16::from_le_bytes(bytes))).ok_or(ODD)
    }

    fn follow(&self, at: usize) -> Check<usize> {
        at.checked_add(self.number(at)? as usize).ok_or(ODD)
    }

    /// Where a table keeps a field; `None` where it has none.
    fn field(&self, table: usize, id: usize) -> Check<Option<usize>> {
        let back = self.number(table)? as i32;
        let shape = usize::try_from(table as i64 - i64::from(back)).map_err(|_| ODD)?;
        if self.short(shape)? < 6 + 2 * id {
            return Ok(None);
        }
        let offset = self.short(shape + 4 + 2 * id)?;
        Ok((offset > 0).then_some(table + offset))
    }

    /// Where the members of a list are.
    fn vector(&self, table: usize, id: usize) -> Check<Vec<usize>> {
        let Some(at) = self.field(table, id)? else { return Ok(Vec::new()) };
        let start = self.follow(at)?;
        let length = self.number(start)? as usize;
        if length > self.0.len() / 4 {
            return Err(ODD);
        }
        Ok((1..=length).map(|place| start + 4 * place).collect())
    }

    fn spend_text(&self, table: usize, id: usize, budget: &mut usize) -> Check<()> {
        match self.field(table, id)? {
            Some(at) => spend(budget, self.number(self.follow(at)?)? as usize),
            None => Ok(()),
        }
    }

    /// What stands beside: pairs of a name and a text.
    fn spend_pairs(&self, table: usize, id: usize, budget: &mut usize) -> Check<()> {
        for at in self.vector(table, id)? {
            let pair = self.follow(at)?;
            spend(budget, 16)?;
            self.spend_text(pair, 0, budget)?;
            self.spend_text(pair, 1, budget)?;
        }
        Ok(())
    }
}

fn base64(text: &[u8]) -> Check<Vec<u8>> {
    let text = text.strip_suffix(b"==").or_else(|| text.strip_suffix(b"=")).unwrap_or(text);
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3 + 3);
    for group in text.chunks(4) {
        let mut sum = 0_u32;
        for byte in group {
            let part = match byte {
                b'A'..=b'Z' => byte - b'A',
                b'a'..=b'z' => byte - b'a' + 26,
                b'0'..=b'9' => byte - b'0' + 52,
                b'+' => 62,
                b'/' => 63,
                _ => return Err(ODD),
            };
            sum = sum << 6 | u32::from(part);
        }
        sum <<= 6 * (4 - group.len());
        bytes.extend(sum.to_be_bytes().iter().skip(1).take(group.len() * 3 / 4));
    }
    Ok(bytes)
}
