//! A unit named by what somebody knows of it, wherever the command line takes one.

use std::path::Path;

use super::{fairdraw, text, words};
use fairdraw::registry::schema::sources;
use fairdraw::workspace::store::frames::load_project_data;
use fairdraw::workspace::store::project::Project;

#[test]
fn a_unit_is_found_by_name_or_code_and_several_are_listed() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let run = fairdraw(&["run", "--demo", "--sources", "600", "--to", text(&out), "--operator", "测试员"]);
    assert!(matches!(run.status.code(), Some(0 | 1)), "{}", words(&run));
    let project = out.join("项目");
    let add = |unit: &str| {
        let output = fairdraw(&[
            "add-check",
            text(&project),
            "--month",
            "2027-03",
            "--origin",
            "triggered",
            "--kind",
            "举报",
            "--unit",
            unit,
            "--reason",
            "举报",
        ]);
        (output.status.success(), words(&output))
    };
    let (name, code, id) = alone(&project);
    // a part that several have: which ones, by number and name, and what to do
    let (done, said) = add("公司");
    assert!(!done && said.contains("CLI-030") && said.contains("请改用单位编号"), "{said}");
    assert!(said.matches("有限公司").count() > 3, "the candidates are named: {said}");
    let explained = fairdraw(&["explain", text(&project), "公司"]);
    assert!(!explained.status.success() && words(&explained).contains("CLI-018"), "{}", words(&explained));
    // no other command presumes one either
    for command in ["substitute", "proof"] {
        let mut arguments = vec![command, text(&project), "--month", "2027-03", "--unit", "公司"];
        if command == "substitute" {
            arguments.extend(["--reason", "2027-03-05 现场核实已关闭"]);
        }
        let output = fairdraw(&arguments);
        assert!(!output.status.success() && words(&output).contains("CLI-030"), "{command}: {}", words(&output));
    }
    // nobody
    let (done, said) = add("没有这样一家");
    assert!(!done && said.contains("没有这样一家") && said.contains('['), "{said}");
    // its credit code, and its whole name
    for typed in [&code, &name] {
        let output = fairdraw(&["explain", text(&project), typed]);
        assert!(output.status.success() && words(&output).contains(&name), "{typed}: {}", words(&output));
    }
    let explained = fairdraw(&["explain", text(&project), "没有这样一家"]);
    assert!(!explained.status.success() && words(&explained).contains("CLI-017"), "{}", words(&explained));
    let (done, said) = add(&name);
    assert!(done && said.contains(&id), "{said}");
}

/// Name, credit code and number of a working unit with a name and a code of its own.
fn alone(project: &Path) -> (String, String, String) {
    let project = Project::open(project, None).unwrap();
    let frame = load_project_data(&project).unwrap().0.sources;
    let [names, codes, ids] =
        [sources::NAME, sources::USCC, sources::UNIT_ID].map(|column| column.of(&frame).unwrap().clone());
    let status = sources::STATUS.of(&frame).unwrap();
    let once = |of: &polars::prelude::StringChunked, text: &str| of.iter().filter(|t| *t == Some(text)).count() == 1;
    (0..frame.height())
        .find_map(|row| {
            let (name, code) = (names.get(row)?, codes.get(row)?);
            let working = status.get(row).is_none_or(|status| status == "active");
            let whole = names.iter().flatten().filter(|other| other.contains(name)).count() == 1;
            (working && whole && once(&names, name) && once(&codes, code))
                .then(|| (name.to_owned(), code.to_owned(), ids.get(row).unwrap().to_owned()))
        })
        .unwrap()
}
