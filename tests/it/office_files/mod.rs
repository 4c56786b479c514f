//! Office files as they come: what a file hides, breaks or shows otherwise than it is, which table it is and which
//! column. Every case is written by the tests and goes through the product's own way, `new`.

mod cells;
mod decided;
mod encodings;
mod folders;
mod foreign;
mod headings;
mod lines;
mod maps;
mod parquet;
mod sealed;
mod sheets;
pub(crate) mod support;
