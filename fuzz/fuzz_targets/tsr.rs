//! Tokens of a time stamping authority: see `readers::tsr`.
#![no_main]

libfuzzer_sys::fuzz_target!(init: fairdraw_fuzz::quiet(), |bytes: &[u8]| fairdraw_fuzz::readers::tsr(bytes));
