//! One part of a workbook: see `readers::parts`.
#![no_main]

libfuzzer_sys::fuzz_target!(init: fairdraw_fuzz::quiet(), |bytes: &[u8]| fairdraw_fuzz::readers::parts(bytes));
