//! Speed, memory and statistical evidence: `cargo bench --bench core [-- NAME…]`.
//!
//! Every part prints its rows and the machine's cores; nothing here asserts a time. Names: district,
//! sampling, inspectors, plan, risk, raw, registry, export.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a bench prints its figures and stops at a fault"
)]

#[path = "district.rs"]
mod district;
#[path = "export.rs"]
mod export;
#[path = "inspectors.rs"]
mod inspectors;
#[path = "plan.rs"]
mod plan;
#[path = "raw.rs"]
mod raw;
#[path = "registry.rs"]
mod registry;
#[path = "risk.rs"]
mod risk;
#[path = "sampling.rs"]
mod sampling;

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with('-')).collect();
    let parts: [(&str, fn()); 8] = [
        ("district", district::run),
        ("sampling", sampling::run),
        ("inspectors", inspectors::run),
        ("plan", plan::run),
        ("risk", risk::run),
        ("raw", raw::run),
        ("registry", registry::run),
        ("export", export::run),
    ];
    for (name, run) in parts {
        if wanted.is_empty() || wanted.iter().any(|w| w == name) {
            println!("== {name}");
            run();
        }
    }
}
