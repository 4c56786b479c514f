//! What office files get wrong, kind by kind: each table of spellings goes through `new`, as csv and as xlsx.

mod amounts;
mod cases;
mod codes;
mod dates;
mod events;
mod more;
mod names;
mod places;
mod results;
mod support;
mod words;
