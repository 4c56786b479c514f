//! A deed that is killed, or whose disk fails, at any of its steps: the project is as before or as after, byte for byte,
//! its journal whole, and work goes on.
//!
//! The suite runs a few steps of each deed; all of them, in every way:
//! `cargo test --release --test it -- --ignored --nocapture faults::every_step` (counts at the end), in parts with
//! `FAIRDRAW_DEEDS=void,publish`, every fifth step with `FAIRDRAW_EVERY=5`.

mod killed;
pub(crate) mod world;

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::rc::Rc;

use fairdraw::diagnostic::AppResult;
use fairdraw::export::disk::{DiskStop, watch_disk};
use fairdraw::workspace::deeds::follow_up::{Interference, record_interference};
use fairdraw::workspace::store::journal::{JournalEntry, check_journal_file};
use fairdraw::workspace::store::project::Project;

use super::project::at;
use world::{Case, World, copy};

const STOPS: [(&str, DiskStop); 5] = [
    ("kill", DiskStop::Kill),
    ("ENOSPC", DiskStop::Error(28)),
    ("EIO", DiskStop::Error(5)),
    ("EACCES", DiskStop::Error(13)),
    ("EROFS", DiskStop::Error(30)),
];

type Files = BTreeMap<String, Vec<u8>>;

/// Every file of a project with its bytes; the lock left out.
fn files(root: &Path) -> Files {
    fn walk(root: &Path, folder: &Path, found: &mut Files) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
            if path.is_dir() {
                walk(root, &path, found);
            } else if name != ".lock" {
                found.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    let mut found = Files::new();
    if root.is_dir() {
        walk(root, root, &mut found);
    }
    found
}

fn hash(bytes: &[u8]) -> String {
    fairdraw::sampling::to_hex(&fairdraw::sampling::sha256(&[bytes]))
}

/// How the files stand to those of before: the same, or with one deed more, which its journal line describes.
fn is_after(before: &Files, now: &Files, root: &Path, case: &str) -> bool {
    if now == before {
        return false;
    }
    let journal = "journal.jsonl";
    let old = before.get(journal).map_or(&b""[..], Vec::as_slice);
    let new = now.get(journal).unwrap_or_else(|| panic!("{case}: {:?} without a journal", now.keys()));
    assert!(new.starts_with(old) && new.len() > old.len(), "{case}: files changed without a journal line");
    let (entries, faults) = check_journal_file(&root.join(journal)).unwrap();
    assert!(faults.is_empty(), "{case}: {faults:?}");
    assert_eq!(std::str::from_utf8(&new[old.len()..]).unwrap().lines().count(), 1, "{case}: one line, once");
    let JournalEntry { files, .. } = entries.last().unwrap().clone();
    let names = before.keys().chain(now.keys()).filter(|name| *name != journal);
    for name in names {
        let is = now.get(name).map(|bytes| hash(bytes));
        match files.get(name) {
            Some(told) => assert_eq!(is, *told, "{case}: {name} is not what the journal says"),
            None => assert_eq!(now.get(name), before.get(name), "{case}: {name} changed and the journal is silent"),
        }
    }
    true
}

/// Lets a case run and stops it at step `at`; steps passed, and what came of it.
fn stopped(case: &Case, world: &World, root: &Path, at: usize, stop: DiskStop) -> (usize, AppResult<()>) {
    let steps = Rc::new(Cell::new(0));
    let seen = Rc::clone(&steps);
    let arm = move || {
        let seen = Rc::clone(&seen);
        watch_disk(Some(Box::new(move |_, _| {
            seen.set(seen.get() + 1);
            (seen.get() == at).then_some(stop)
        })));
    };
    let done = case.run(world, root, &arm);
    watch_disk(None);
    (steps.get(), done)
}

#[derive(Debug, Default)]
struct Counts {
    runs: usize,
    kills: usize,
    errors: usize,
    before: usize,
    after: usize,
    in_recovery: usize,
}

impl Counts {
    fn add(&mut self, other: &Self) {
        self.runs += other.runs;
        self.kills += other.kills;
        self.errors += other.errors;
        self.before += other.before;
        self.after += other.after;
        self.in_recovery += other.in_recovery;
    }
}

/// One run: stopped at a step, opened again, gone on.
fn one(case: &Case, world: &World, at_step: usize, (name, stop): (&str, DiskStop), counts: &mut Counts) {
    let what = format!("{} at step {at_step} ({name})", case.name);
    let place = tempfile::tempdir().unwrap();
    let root = place.path().join("项目");
    copy(&world.stage(case.stage), &root);
    let before = files(&root);
    let done = stopped(case, world, &root, at_step, stop).1;
    counts.runs += 1;
    if stop == DiskStop::Kill {
        // killed at the clean-up after its journal line a deed may say that it is done: below it must be
        counts.kills += 1;
    } else {
        counts.errors += 1;
        if let Err(error) = &done {
            let said = error.to_string();
            let named = error.code().starts_with("IO-") && error.code() != "IO-009" || error.code() == "PRJ-033";
            assert!(named && !said.contains("读写失败"), "{what}: {said}");
        }
    }
    // a killed recovery is recovered from
    if stop == DiskStop::Kill && at_step.is_multiple_of(3) && root.is_dir() {
        let mut left = at_step % 11;
        watch_disk(Some(Box::new(move |_, _| {
            left = left.saturating_sub(1);
            (left == 0).then_some(DiskStop::Kill)
        })));
        let opened = Project::open(&root, Some("测试员"));
        watch_disk(None);
        counts.in_recovery += usize::from(opened.is_err());
        drop(opened);
    }
    let opened = Project::open(&root, Some("测试员"));
    let project = match (opened, case.stage.is_empty()) {
        (Ok(project), _) => Some(project),
        // a project that was never made
        (Err(error), true) if error.code() == "PRJ-002" => None,
        (Err(error), _) => panic!("{what}: {error}"),
    };
    let now = files(&root);
    let left: Vec<&String> = now.keys().filter(|n| n.starts_with("change") || n.contains(".fairdraw-")).collect();
    assert!(project.is_none() || left.is_empty(), "{what}: {left:?}");
    let now: Files = if project.is_none() { before.clone() } else { now };
    let torn = "journal.torn";
    let now: Files = now.into_iter().filter(|(name, _)| name != torn).collect();
    let after = is_after(&before, &now, &root, &what);
    drop(project);
    assert!(done.is_err() || after, "{what}: said it was done and is not");
    if after {
        counts.after += 1;
        let project = Project::open(&root, Some("测试员")).unwrap();
        let told =
            Interference { who: "某人".into(), how: "电话".into(), handled: "拒绝".into(), ..Default::default() };
        record_interference(&project, &told, &at("2027-06-01T09:00:00")).unwrap_or_else(|e| panic!("{what}: {e}"));
    } else {
        counts.before += 1;
        stopped(case, world, &root, usize::MAX, stop).1.unwrap_or_else(|error| panic!("{what}, repeated: {error}"));
        let now: Files = files(&root).into_iter().filter(|(name, _)| name != torn).collect();
        assert!(is_after(&before, &now, &root, &what), "{what}: repeated, and nothing came of it");
    }
}

/// How many steps a case has.
fn steps_of(case: &Case, world: &World) -> usize {
    let place = tempfile::tempdir().unwrap();
    let root = place.path().join("项目");
    copy(&world.stage(case.stage), &root);
    let before = files(&root);
    let (steps, done) = stopped(case, world, &root, usize::MAX, DiskStop::Kill);
    done.unwrap_or_else(|error| panic!("{}: {error}", case.name));
    assert!(is_after(&before, &files(&root), &root, case.name), "{}: nothing came of it", case.name);
    steps
}

#[test]
fn a_few_steps_of_each_deed() {
    let world = World::shared();
    let mut counts = Counts::default();
    for (i, case) in World::cases().iter().filter(|case| case.is_quick).enumerate() {
        let steps = steps_of(case, world);
        // the last third is where names move: there a kill hurts most
        let at = steps - 1 - (i * 5) % (steps / 3).max(1);
        one(case, world, at, STOPS[0], &mut counts);
        one(case, world, 1 + (i * 7) % steps, STOPS[1 + i % 4], &mut counts);
    }
    println!("{counts:?}");
    assert!(counts.runs > 20 && counts.before > 0 && counts.after > 0, "{counts:?}");
}

#[test]
fn an_export_whose_recovery_is_killed_too_is_journaled_once() {
    let world = World::shared();
    let cases = World::cases();
    let case = cases.iter().find(|case| case.name == "export").unwrap();
    let mut after = 0;
    for left in 1..=4 {
        let place = tempfile::tempdir().unwrap();
        let root = place.path().join("项目");
        copy(&world.stage(case.stage), &root);
        let before = files(&root);
        // some of its files have come out by then
        assert!(stopped(case, world, &root, 36, DiskStop::Kill).1.is_err());
        let mut steps = 0;
        watch_disk(Some(Box::new(move |_, _| {
            steps += 1;
            (steps == left).then_some(DiskStop::Kill)
        })));
        drop(Project::open(&root, Some("测试员")));
        watch_disk(None);
        drop(Project::open(&root, Some("测试员")).unwrap());
        after += usize::from(is_after(&before, &files(&root), &root, &format!("recovery killed at step {left}")));
    }
    assert_eq!(after, 4);
}

/// Whether a deed is asked for: all of them, or those whose names `FAIRDRAW_DEEDS` lists between commas, so that the
/// whole can be run in parts.
fn is_asked(name: &str) -> bool {
    std::env::var("FAIRDRAW_DEEDS").map_or(true, |asked| asked.split(',').any(|own| own.trim() == name))
}

#[test]
#[ignore = "every step of every deed in five ways takes many minutes"]
fn every_step() {
    let world = World::shared();
    let every = std::env::var("FAIRDRAW_EVERY").ok().and_then(|n| n.parse().ok()).unwrap_or(1_usize);
    let mut all = Counts::default();
    let mut wrong = Vec::new();
    let mut cases = World::cases();
    let known = cases.len();
    cases.retain(|case| is_asked(case.name));
    cases.sort_by_key(|case| !case.is_quick);
    for case in &cases {
        let since = std::time::Instant::now();
        let steps = steps_of(case, world);
        let mut counts = Counts::default();
        for at in (1..=steps).step_by(every) {
            for (n, stop) in STOPS.into_iter().enumerate() {
                // every step is killed; of the errors each has all where the deed is quick, else one in turn
                if n == 0 || case.is_quick || at % 4 == n - 1 {
                    let run = std::panic::AssertUnwindSafe(|| one(case, world, at, stop, &mut counts));
                    // one fault doesn't hide the next
                    if let Err(cause) = std::panic::catch_unwind(run) {
                        watch_disk(None);
                        let text = cause.downcast_ref::<String>().cloned();
                        wrong.push(text.unwrap_or_else(|| format!("{} at step {at} ({})", case.name, STOPS[n].0)));
                    }
                }
            }
        }
        println!("{}: {steps} steps in {:.0?}, {counts:?}", case.name, since.elapsed());
        all.add(&counts);
    }
    println!(
        "all {} of {known} deeds: {all:?}, neither before nor after or otherwise wrong: {}",
        cases.len(),
        wrong.len()
    );
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(all.before + all.after, all.runs, "{all:?}");
    assert!(all.runs >= 2_000 || cases.len() < known || every > 1, "{all:?}");
}
