//! Office files as they come: what a file hides, breaks or shows otherwise than it is, which table it is and which
//! column. Every case is written by the tests and goes through the product's own way, `new`.

mod cells;
mod encodings;
mod folders;
mod foreign;
mod headings;
mod lines;
mod maps;
mod sealed;
mod sheets;
mod support;
