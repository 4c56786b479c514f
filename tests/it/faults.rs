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
use fairdraw::export::disk::{DiskStep, DiskStop, watch_disk};
use fairdraw::workspace::deeds::follow_up::{Interference, record_interference};
use fairdraw::workspace::store::journal::{JournalEntry, check_journal_file};
use fairdraw::workspace::store::project::Project;

use super::project::at;
use world::{Case, World, copy};

const STOPS: [(&str, DiskStop); 12] = [
    ("kill", DiskStop::Kill),
    ("ENOSPC", DiskStop::Error(28)),
    ("EIO", DiskStop::Error(5)),
    ("EACCES", DiskStop::Error(13)),
    ("EROFS", DiskStop::Error(30)),
    // a file open in an office program
    ("sharing violation", DiskStop::Windows(32)),
    ("disk full", DiskStop::Windows(112)),
    ("write-protected", DiskStop::Windows(19)),
    // a stick that was pulled
    ("device not ready", DiskStop::Windows(21)),
    ("share gone", DiskStop::Windows(64)),
    ("access denied", DiskStop::Windows(5)),
    ("cloud not running", DiskStop::Windows(362)),
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
            } else if !name.starts_with(".lock") {
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
        one(case, world, 1 + (i * 7) % steps, STOPS[1 + i % (STOPS.len() - 1)], &mut counts);
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
        let (within, moved) = (root.clone(), Rc::new(Cell::new(0)));
        let arm = move || {
            let (within, moved) = (within.clone(), Rc::clone(&moved));
            watch_disk(Some(Box::new(move |step, path| {
                let is_out = step == DiskStep::Rename && !path.starts_with(&within);
                moved.set(moved.get() + usize::from(is_out));
                (is_out && moved.get() == 4).then_some(DiskStop::Kill)
            })));
        };
        assert!(case.run(world, &root, &arm).is_err());
        watch_disk(None);
        let ready = |path: &Path| files(path).keys().filter(|name| name.contains(".fairdraw-")).count();
        assert!(ready(&place.path().join("导出")) > 3, "all are written beside their places first");
        let mut steps = 0;
        watch_disk(Some(Box::new(move |_, _| {
            steps += 1;
            (steps == left).then_some(DiskStop::Kill)
        })));
        drop(Project::open(&root, Some("测试员")));
        watch_disk(None);
        drop(Project::open(&root, Some("测试员")).unwrap());
        assert_eq!(ready(&place.path().join("导出")), 0, "what was left is cleared away");
        after += usize::from(is_after(&before, &files(&root), &root, &format!("recovery killed at step {left}")));
    }
    assert_eq!(after, 4);
}

/// A case on a disk that fails at a step and from then on: full, pulled out, write-protected.
fn on_a_disk_that_stays_away(case: &Case, world: &World, at_step: usize, (name, stop): (&str, DiskStop)) {
    let what = format!("{} from step {at_step} on ({name})", case.name);
    let place = tempfile::tempdir().unwrap();
    let root = place.path().join("项目");
    copy(&world.stage(case.stage), &root);
    let before = files(&root);
    let steps = Rc::new(Cell::new(0));
    let arm = || {
        let steps = Rc::clone(&steps);
        watch_disk(Some(Box::new(move |_, _| {
            steps.set(steps.get() + 1);
            (steps.get() >= at_step).then_some(stop)
        })));
    };
    let done = case.run(world, &root, &arm);
    watch_disk(None);
    if let Err(error) = &done {
        let said = error.to_string();
        let named = error.code().starts_with("IO-") && error.code() != "IO-009" || error.code() == "PRJ-033";
        assert!(named && said.contains("请"), "{what}: {said}");
    }
    // the disk is back
    let project = Project::open(&root, Some("测试员"));
    let made = project.as_ref().is_ok_and(|project| !project.is_read_only());
    assert!(made || case.stage.is_empty(), "{what}: {:?}", project.err());
    drop(project);
    let now: Files = files(&root).into_iter().filter(|(name, _)| name != "journal.torn").collect();
    if !made || !is_after(&before, &now, &root, &what) {
        assert!(done.is_err(), "{what}: said it was done and is not");
        assert!(now == before || !made, "{what}: half of it is there");
        case.run(world, &root, &|| ()).unwrap_or_else(|error| panic!("{what}, repeated: {error}"));
    }
}

#[test]
fn a_disk_that_is_full_or_gone_and_comes_back_loses_nothing() {
    let world = World::shared();
    let stops = [STOPS[1], STOPS[4], STOPS[6], STOPS[7], STOPS[8], STOPS[9], STOPS[11]];
    for (i, case) in World::cases().iter().filter(|case| case.is_quick || case.name == "export").enumerate() {
        let steps = steps_of(case, world);
        for (n, stop) in stops.into_iter().enumerate() {
            // another step for each: the first, the last, and between
            let at = 1 + (n * steps.saturating_sub(1) / (stops.len() - 1) + i) % steps;
            if n % 3 == i % 3 {
                on_a_disk_that_stays_away(case, world, at, stop);
            }
        }
    }
}

/// Whether a deed is asked for: all of them, or those whose names `FAIRDRAW_DEEDS` lists between commas, so that the
/// whole can be run in parts.
fn is_asked(name: &str) -> bool {
    std::env::var("FAIRDRAW_DEEDS").map_or(true, |asked| asked.split(',').any(|own| own.trim() == name))
}

#[test]
#[ignore = "every step of every deed in every way takes many minutes"]
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
                if n == 0 || case.is_quick || at % (STOPS.len() - 1) == n - 1 {
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
