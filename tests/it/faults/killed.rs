//! The program itself, killed by the system while it works.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use fairdraw::workspace::intake::import::{NewProject, create_project};
use fairdraw::workspace::store::project::Project;

use super::super::project::at;
use super::world::{World, copy};
use super::{files, is_after};

#[test]
#[ignore = "real kills of the program take a minute"]
fn a_program_killed_while_it_works_leaves_before_or_after() {
    let world = World::shared();
    let place = tempfile::tempdir().unwrap();
    // made long ago: the program goes by the machine's own clock
    let made = place.path().join("新");
    let new = NewProject { from: world.input(), year: Some(2027), ..NewProject::default() };
    drop(create_project(&made, &new, &at("2020-01-02T09:00:00")).unwrap());
    let program = |root: &std::path::Path| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_fairdraw"));
        let text = root.to_str().unwrap();
        command.args(["--operator", "测试员", "page-address", text, "https://a.gov.cn/ssj/"]);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command
    };
    let whole = {
        let root = place.path().join("量");
        copy(&made, &root);
        let since = Instant::now();
        assert!(program(&root).status().unwrap().success());
        since.elapsed()
    };
    let (mut before_or, mut after_or, mut cut) = (0, 0, 0);
    let kills = std::env::var("FAIRDRAW_KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(60_u32);
    for n in 0..kills {
        let root = place.path().join(n.to_string());
        copy(&made, &root);
        let before = files(&root);
        let mut child = program(&root).spawn().unwrap();
        // most of them where the deed is written, at the end of the program's time
        let share = 0.5 + 0.5 * f64::from(n) / f64::from(kills);
        std::thread::sleep(Duration::from_secs_f64(whole.as_secs_f64() * share));
        cut += usize::from(child.try_wait().unwrap().is_none());
        let _ = child.kill();
        child.wait().unwrap();
        drop(Project::open(&root, Some("测试员")).unwrap());
        if is_after(&before, &files(&root), &root, &format!("kill {n}")) {
            after_or += 1;
        } else {
            before_or += 1;
            assert!(program(&root).status().unwrap().success());
            assert!(is_after(&before, &files(&root), &root, &format!("kill {n}, repeated")));
        }
    }
    println!("{kills} kills, {cut} while it ran: {before_or} as before, {after_or} as after");
    assert!(cut > 5);
}
