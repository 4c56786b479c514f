//! A map's shp, dbf and prj: see `readers::layer`.
#![no_main]

libfuzzer_sys::fuzz_target!(init: fairdraw_fuzz::quiet(), |bytes: &[u8]| fairdraw_fuzz::readers::layer(bytes));
