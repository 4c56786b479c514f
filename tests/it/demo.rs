//! The demo city that ships is the one that `demo` and an import make.

use std::path::Path;

use fairdraw::diagnostic::{Diagnostics, Progress};
use fairdraw::district::load_bundled_districts;
use fairdraw::domain::PlanMonth;
use fairdraw::registry::frame_from_bytes;
use fairdraw::workspace::demo::{DEFAULT_YEAR, DemoOptions, pack_demo, unpack_demo, write_demo};
use fairdraw::workspace::intake::import::{NewProject, create_project_with};
use fairdraw::workspace::store::clock::Moment;
use fairdraw::workspace::store::frames::load_project_data;
use fairdraw::workspace::store::project::{CommandContext, Project, bundled_calendar};

fn context() -> CommandContext {
    CommandContext {
        operator: "演示".into(),
        now: Moment::parse("2026-11-26T09:00:00+08:00").unwrap(),
        progress: Progress::none(),
    }
}

#[test]
fn the_bundled_demo_is_the_one_that_an_import_makes() {
    let folder = tempfile::tempdir().unwrap();
    let (from, root) = (folder.path().join("演示数据"), folder.path().join("项目"));
    let districts = load_bundled_districts(&mut Diagnostics::new()).unwrap();
    write_demo(&from, DemoOptions::default(), &districts, &bundled_calendar().unwrap(), &Progress::none()).unwrap();
    let new = NewProject {
        name: "演示城市（模拟数据）".into(),
        from,
        year: Some(DEFAULT_YEAR),
        as_of: PlanMonth::new(DEFAULT_YEAR, 1).map(PlanMonth::first_day),
        ..NewProject::default()
    };
    drop(create_project_with(&root, &new, None, &context()).unwrap());
    let made = pack_demo(&root).unwrap();
    let assets = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/demo");
    let update = std::env::var_os("FAIRDRAW_UPDATE_DEMO").is_some();
    for (name, bytes) in &made {
        let path = assets.join(name);
        if update {
            std::fs::write(&path, bytes).unwrap();
            continue;
        }
        let shipped = std::fs::read(&path).unwrap();
        if name == "project.ron" {
            assert_eq!(String::from_utf8_lossy(&shipped), String::from_utf8_lossy(bytes), "{name} is out of date");
        } else {
            let (a, b) = (frame_from_bytes(shipped, name).unwrap(), frame_from_bytes(bytes.clone(), name).unwrap());
            assert!(a.equals_missing(&b), "{name} is out of date: run this test with FAIRDRAW_UPDATE_DEMO=1");
        }
    }
}

#[test]
fn the_bundled_demo_opens() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("演示");
    unpack_demo(&root, &context()).unwrap();
    let project = Project::open(&root, Some("演示")).unwrap();
    let (registry, districts) = load_project_data(&project).unwrap();
    assert!(project.file.synthetic);
    assert!(registry.sources.height() > 37_000 && registry.inspectors.height() > 800);
    assert_eq!(districts.len(), 16);
    let report = std::fs::read_to_string(root.join("quality.csv")).unwrap();
    assert!(report.starts_with('\u{feff}') && report.lines().count() > 100);
    let (entries, faults) = project.journal().check().unwrap();
    assert_eq!((entries.len(), faults.len()), (1, 0));
}
