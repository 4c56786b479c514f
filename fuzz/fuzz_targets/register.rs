//! The whole import of a table: see `readers::register`.
#![no_main]

libfuzzer_sys::fuzz_target!(init: fairdraw_fuzz::quiet(), |bytes: &[u8]| fairdraw_fuzz::readers::register(bytes));
