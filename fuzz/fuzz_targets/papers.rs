//! Seal, opening, certificate, proof, anchors: see `readers::papers`.
#![no_main]

libfuzzer_sys::fuzz_target!(init: fairdraw_fuzz::quiet(), |bytes: &[u8]| fairdraw_fuzz::readers::papers(bytes));
