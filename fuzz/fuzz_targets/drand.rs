//! A round of a beacon: see `readers::drand`.
#![no_main]

libfuzzer_sys::fuzz_target!(init: fairdraw_fuzz::quiet(), |bytes: &[u8]| fairdraw_fuzz::readers::drand(bytes));
