//! Columns that have been read, before they become columns of a frame.

use polars::prelude::StringChunked;

use super::super::columns::{Code, ColumnType, Day, Flag, Number, Small, Text, Year};

/// A typed column.
#[derive(Debug, Clone)]
pub enum Values {
    /// Text.
    Text(StringChunked),
    /// Days since 1970-01-01.
    Day(Vec<Option<i32>>),
    /// Decimal numbers.
    Decimal(Vec<Option<f64>>),
    /// District codes.
    Code(Vec<Option<u32>>),
    /// Years.
    Year(Vec<Option<i32>>),
    /// Small indexes.
    Index(Vec<Option<u8>>),
    /// Yes or no.
    Flag(Vec<Option<bool>>),
}

/// What a frame column of a type is kept as while its table is being checked.
pub trait Held: ColumnType {
    /// The cells.
    type Store;

    /// As one of the kinds of values.
    fn wrap(store: Self::Store) -> Values;

    /// Out of them; `None` where they are of another kind.
    fn peel(values: &Values) -> Option<&Self::Store>;
}

macro_rules! held {
    ($holds:ident, $kind:ident, $store:ty) => {
        impl Held for $holds {
            type Store = $store;

            fn wrap(store: $store) -> Values {
                Values::$kind(store)
            }

            fn peel(values: &Values) -> Option<&$store> {
                if let Values::$kind(store) = values { Some(store) } else { None }
            }
        }
    };
}

held!(Text, Text, StringChunked);
held!(Day, Day, Vec<Option<i32>>);
held!(Number, Decimal, Vec<Option<f64>>);
held!(Code, Code, Vec<Option<u32>>);
held!(Year, Year, Vec<Option<i32>>);
held!(Small, Index, Vec<Option<u8>>);
held!(Flag, Flag, Vec<Option<bool>>);
