//! The packages that come along: each under a licence that `deny.toml` allows. cargo-deny holds more
//! (advisories, bans, sources) where it is installed; this needs nothing but cargo.

use std::process::Command;

use serde_json::Value;

use super::text_of;

/// The strings of `key = [ … ]` after the section's heading.
fn strings(text: &str, section: &str, key: &str) -> Vec<String> {
    let section = text.split(&format!("\n[{section}]\n")).nth(1).unwrap().split("\n[").next().unwrap();
    let list = section.split(&format!("{key} = [")).nth(1).unwrap();
    let end = list.find("\n]").or_else(|| list.find(']')).unwrap();
    list[..end].split('"').skip(1).step_by(2).map(str::to_owned).collect()
}

/// (package, licences) of the exceptions.
fn exceptions(text: &str) -> Vec<(String, Vec<String>)> {
    let lines = text.lines().filter_map(|line| line.trim().strip_prefix("{ crate = \""));
    let of = |line: &str| {
        let mut words = line.split('"');
        let name = words.next().unwrap().to_owned();
        (name, words.skip(1).step_by(2).map(str::to_owned).collect())
    };
    lines.filter(|line| line.contains("allow = ")).map(of).collect()
}

/// True where an SPDX expression can be met with allowed licences; `/` is an old spelling of OR.
fn is_allowed(expression: &str, allowed: &dyn Fn(&str) -> bool) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut at = 0;
    any_of(&words, &mut at, allowed)
}

fn any_of(words: &[&str], at: &mut usize, allowed: &dyn Fn(&str) -> bool) -> bool {
    let mut good = all_of(words, at, allowed);
    while words.get(*at) == Some(&"OR") {
        *at += 1;
        good |= all_of(words, at, allowed);
    }
    good
}

fn all_of(words: &[&str], at: &mut usize, allowed: &dyn Fn(&str) -> bool) -> bool {
    let mut good = one(words, at, allowed);
    while words.get(*at) == Some(&"AND") {
        *at += 1;
        good &= one(words, at, allowed);
    }
    good
}

fn one(words: &[&str], at: &mut usize, allowed: &dyn Fn(&str) -> bool) -> bool {
    if words.get(*at) == Some(&"(") {
        *at += 1;
        let good = any_of(words, at, allowed);
        *at += 1;
        return good;
    }
    let mut licence = words.get(*at).copied().unwrap_or_default().to_owned();
    *at += 1;
    if words.get(*at) == Some(&"WITH") {
        licence = format!("{licence} WITH {}", words.get(*at + 1).copied().unwrap_or_default());
        *at += 2;
    }
    allowed(&licence)
}

#[test]
fn every_package_has_an_allowed_licence() {
    let rules = text_of("deny.toml");
    let allow = strings(&rules, "licenses", "allow");
    let exceptions = exceptions(&rules);
    assert!(allow.len() > 5 && exceptions.len() == 3, "{allow:?} {exceptions:?}");
    let version = Command::new("rustc").arg("-vV").output().unwrap();
    let version = String::from_utf8(version.stdout).unwrap();
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap().to_owned();
    // what is built here has been downloaded
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked", "--offline", "--filter-platform", &host])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    assert!(packages.len() > 200, "{} packages", packages.len());
    let faults: Vec<String> = packages
        .iter()
        .filter_map(|package| {
            let (name, licence) = (package["name"].as_str()?, package["license"].as_str().unwrap_or("none"));
            let excepted = exceptions.iter().find(|(other, _)| other == name).map(|(_, more)| more);
            let allowed = |l: &str| allow.iter().chain(excepted.into_iter().flatten()).any(|a| a == l);
            (!is_allowed(licence, &allowed)).then(|| format!("{name}: {licence}"))
        })
        .collect();
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn licence_expressions_are_read_as_written() {
    let allowed = |l: &str| ["MIT", "ISC", "Apache-2.0 WITH LLVM-exception"].contains(&l);
    for good in [
        "MIT",
        "MIT/GPL-3.0",
        "GPL-3.0 OR MIT",
        "MIT AND ISC",
        "(GPL-3.0 OR MIT) AND ISC",
        "Apache-2.0 WITH LLVM-exception",
    ] {
        assert!(is_allowed(good, &allowed), "{good}");
    }
    for bad in ["GPL-3.0", "MIT AND GPL-3.0", "(MIT OR ISC) AND GPL-3.0", "Apache-2.0", ""] {
        assert!(!is_allowed(bad, &allowed), "{bad}");
    }
}
