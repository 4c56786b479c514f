//! Typed names of frame columns, and reading and making columns by them.
//!
//! A [`Column`] knows its name and what it holds, so that a reader can neither misspell the one nor mistake the
//! other; the constants are in [`super::schema`] (tables of the registry) and beside the frames of other rooms.
//!
//! A missing column or one of another type is a fault of the project's files (`FRM-001`), never a panic.

use std::marker::PhantomData;

use chrono::NaiveDate;
use polars::prelude::{
    BooleanChunked, Column as PolarsColumn, DataFrame, DataType, Expr, Float64Chunked, Int32Chunked, Int64Chunked,
    IntoColumn, PlSmallStr, PolarsError, PolarsResult, StringChunked, UInt8Chunked, UInt32Chunked, col,
};

use crate::diagnostic::{AppError, AppResult, Finding};
use crate::text::day;

/// Type of a frame column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FrameType {
    /// String.
    Text,
    /// Date.
    Date,
    /// 64-bit float.
    F64,
    /// 64-bit signed.
    I64,
    /// 32-bit unsigned.
    U32,
    /// 32-bit signed.
    I32,
    /// 8-bit unsigned.
    U8,
    /// Boolean.
    Bool,
}

impl FrameType {
    /// The same in polars' terms.
    #[must_use]
    pub fn dtype(self) -> DataType {
        match self {
            Self::Text => DataType::String,
            Self::Date => DataType::Date,
            Self::F64 => DataType::Float64,
            Self::I64 => DataType::Int64,
            Self::U32 => DataType::UInt32,
            Self::I32 => DataType::Int32,
            Self::U8 => DataType::UInt8,
            Self::Bool => DataType::Boolean,
        }
    }
}

/// What a column holds: how its cells lie in polars and what a reader gets.
pub trait ColumnType: Copy + 'static {
    /// Type in the frame.
    const TYPE: FrameType;
    /// The cells in polars' form.
    type Cells: 'static;
    /// The cells as [`Column::of`] gives them.
    type Values<'a>;

    /// The cells of a column.
    ///
    /// # Errors
    /// Where the column is of another type.
    fn cells(column: &PolarsColumn) -> PolarsResult<&Self::Cells>;

    /// What a reader gets of them.
    fn values(cells: &Self::Cells) -> Self::Values<'_>;

    /// A column of a name.
    fn named(cells: Self::Cells, name: &'static str) -> PolarsColumn;
}

/// Marks a column that only input files have: what it says goes into other columns of the frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InputOnly;

/// Text, read as [`StringChunked`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Text;

impl ColumnType for Text {
    const TYPE: FrameType = FrameType::Text;
    type Cells = StringChunked;
    type Values<'a> = &'a StringChunked;

    fn cells(column: &PolarsColumn) -> PolarsResult<&StringChunked> {
        column.str()
    }

    fn values(cells: &StringChunked) -> &StringChunked {
        cells
    }

    fn named(cells: StringChunked, name: &'static str) -> PolarsColumn {
        cells.with_name(PlSmallStr::from_static(name)).into_column()
    }
}

/// A date; its cells are days since 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day;

impl ColumnType for Day {
    const TYPE: FrameType = FrameType::Date;
    type Cells = Int32Chunked;
    type Values<'a> = Vec<Option<NaiveDate>>;

    fn cells(column: &PolarsColumn) -> PolarsResult<&Int32Chunked> {
        Ok(column.date()?.physical())
    }

    fn values(cells: &Int32Chunked) -> Vec<Option<NaiveDate>> {
        cells.iter().map(|days| days.and_then(day::date_of)).collect()
    }

    fn named(cells: Int32Chunked, name: &'static str) -> PolarsColumn {
        cells.with_name(PlSmallStr::from_static(name)).into_date().into_column()
    }
}

macro_rules! plain {
    ($(#[$doc:meta])* $name:ident, $frame:ident, $cells:ident, $method:ident, $value:ty) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub struct $name;

        impl ColumnType for $name {
            const TYPE: FrameType = FrameType::$frame;
            type Cells = $cells;
            type Values<'a> = Vec<Option<$value>>;

            fn cells(column: &PolarsColumn) -> PolarsResult<&$cells> {
                column.$method()
            }

            fn values(cells: &$cells) -> Vec<Option<$value>> {
                cells.iter().collect()
            }

            fn named(cells: $cells, name: &'static str) -> PolarsColumn {
                cells.with_name(PlSmallStr::from_static(name)).into_column()
            }
        }
    };
}

plain!(
    /// Yes or no.
    Flag, Bool, BooleanChunked, bool, bool
);
plain!(
    /// A number.
    Number, F64, Float64Chunked, f64, f64
);
plain!(
    /// A code or a row: a whole number from 0.
    Code, U32, UInt32Chunked, u32, u32
);
plain!(
    /// A year.
    Year, I32, Int32Chunked, i32, i32
);
plain!(
    /// An index or a set of bits.
    Small, U8, UInt8Chunked, u8, u8
);
plain!(
    /// Points in thousandths, or a count.
    Thousandths, I64, Int64Chunked, i64, i64
);

fn fault(name: &str, cause: PolarsError) -> AppError {
    AppError::from(
        Finding::error("FRM-001", "项目中的数据表缺少列，或列的类型不符")
            .column(name.to_owned())
            .hint("项目可能由更新的版本保存；请用同一版本打开，或重新导入"),
    )
    .caused_by(cause)
}

/// The name of a column and what it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column<T> {
    name: &'static str,
    holds: PhantomData<T>,
}

impl<T> Column<T> {
    /// A column of a name. For schemas only: others use the schemas' constants.
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        Self { name, holds: PhantomData }
    }

    /// Name in the frame, also the id in mappings.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// As polars names it in an expression.
    pub fn expr(&self) -> Expr {
        col(self.name)
    }
}

impl<T: ColumnType> Column<T> {
    /// Its values in a frame, one a row.
    ///
    /// # Errors
    /// `FRM-001` where the frame lacks it or holds another type there.
    pub fn of<'a>(&self, frame: &'a DataFrame) -> AppResult<T::Values<'a>> {
        self.lookup(frame).map(T::values)
    }

    /// Its cells in polars' form, for one who asks for single rows: nothing is copied.
    ///
    /// # Errors
    /// As [`Self::of`].
    pub fn lookup<'a>(&self, frame: &'a DataFrame) -> AppResult<&'a T::Cells> {
        self.cells(frame).map_err(|cause| fault(self.name, cause))
    }

    /// Its cells in polars' form, for rooms with an error code of their own.
    ///
    /// # Errors
    /// Where the frame lacks it or holds another type there.
    pub fn cells<'a>(&self, frame: &'a DataFrame) -> PolarsResult<&'a T::Cells> {
        frame.column(self.name).and_then(T::cells)
    }

    /// A column of its name with these cells.
    #[must_use]
    pub fn column(&self, cells: T::Cells) -> PolarsColumn {
        T::named(cells, self.name)
    }

    /// Name and type as values.
    #[must_use]
    pub const fn erased(&self) -> FrameColumn {
        FrameColumn { name: self.name, ty: T::TYPE }
    }
}

/// A column's name and type as values, for lists of columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FrameColumn {
    /// Name in the frame.
    pub name: &'static str,
    /// What it holds.
    pub ty: FrameType,
}

impl FrameColumn {
    /// So many empty cells.
    #[must_use]
    pub fn nulls(&self, height: usize) -> PolarsColumn {
        PolarsColumn::full_null(PlSmallStr::from_static(self.name), height, &self.ty.dtype())
    }
}

/// Typed constants, one for each column.
macro_rules! column_names {
    ($($(#[$doc:meta])* $id:ident: $holds:ident = $name:literal,)*) => {
        $($(#[$doc])* pub const $id: $crate::registry::columns::Column<$crate::registry::columns::$holds> =
            $crate::registry::columns::Column::new($name);)*
    };
}

/// Typed constants, one for each column of a frame, and the list of all of them as `COLUMNS`.
macro_rules! frame_columns {
    ($($(#[$doc:meta])* $id:ident: $holds:ident = $name:literal,)*) => {
        $crate::registry::columns::column_names! { $($(#[$doc])* $id: $holds = $name,)* }

        /// Every column, in the frame's order.
        pub const COLUMNS: &[$crate::registry::columns::FrameColumn] = &[$($id.erased()),*];
    };
}
pub(crate) use column_names;
pub(crate) use frame_columns;

/// Every column of a table of texts, whatever its name.
///
/// # Errors
/// `FRM-001` for a column that is no text.
pub fn text_cells(frame: &DataFrame) -> AppResult<Vec<&StringChunked>> {
    frame.columns().iter().map(|column| column.str().map_err(|cause| fault(column.name(), cause))).collect()
}
