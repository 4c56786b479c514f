//! Whoever takes a unit out of the draw, or an inspector away from a unit, does so on evidence and with another person:
//! each of what is missing is named, what is given stands in journal, certificate and the next seal's counts.

use std::fs;

use fairdraw::disclosure::Outcome;
use fairdraw::domain::{Period, SubstituteCase};
use fairdraw::sampling::{ReasonGrounds, Seal};
use fairdraw::workspace::deeds::change::{replace_inspector, substitute_unit};
use fairdraw::workspace::deeds::evidence::Ground;
use fairdraw::workspace::deeds::open::open_period;
use fairdraw::workspace::deeds::results::record_result;
use fairdraw::workspace::deeds::seal::seal_month;
use fairdraw::workspace::inputs::due::load_opened;
use fairdraw::workspace::store::draws::StoredDraw;
use fairdraw::workspace::store::project::Project;

use super::{DICE, at, drawn, january, pledge};
use crate::disclosure::result;
use crate::project::{drawn_by_chance, proved};

fn last_line(project: &Project) -> serde_json::Value {
    let text = fs::read_to_string(project.root().join("journal.jsonl")).unwrap();
    serde_json::from_str(text.lines().last().unwrap()).unwrap()
}

const EVIDENCE: &str = "证据（文件或文书编号）";
const SECOND: &str = "共同负责的另一人";

/// What is told of a ground that lacks something.
fn lacking() -> Vec<(Ground, Vec<&'static str>)> {
    let text = || Ground::from("2027-01-04 现场核实");
    let second = |name: &str| Ground { second: name.to_owned(), ..text() };
    vec![
        (text(), vec![EVIDENCE, SECOND]),
        (second("李四"), vec![EVIDENCE]),
        (Ground { document: "笔录7".to_owned(), ..text() }, vec![SECOND]),
        (Ground { document: "笔录7".to_owned(), ..second("测试员") }, vec!["另一人（所写的就是操作人）"]),
    ]
}

#[test]
fn a_substitution_and_a_replacement_name_what_is_missing_and_keep_what_is_given() {
    let (_folder, project, registry, draw) = drawn();
    let unit = drawn_by_chance(&draw, 0, 3).swap_remove(0);
    let checks = load_opened(&project, &registry).unwrap().remove(0).checks;
    let paired = checks.iter().find(|check| check.inspectors.len() == 2 && check.unit_id != unit).unwrap();
    let context = at("2027-01-04T09:00:00");
    let substitute = |ground: Ground| {
        substitute_unit(&project, &registry, january(), &unit, (SubstituteCase::Closed, ground), &context)
    };
    let replace = |ground: Ground| {
        replace_inspector(&project, january(), &paired.unit_id, &paired.inspectors[1], ground, &context)
    };
    for (ground, missing) in lacking() {
        for told in [substitute(ground.clone()).unwrap_err(), replace(ground).unwrap_err()] {
            assert_eq!(told.code(), "SEL-056");
            let words = told.to_string();
            assert!(missing.iter().all(|one| words.contains(one)), "{words}");
        }
    }
    assert!(StoredDraw::load(&project, draw.period, 1).unwrap().changes.is_empty(), "nothing was done");
    // a document's number that can't stand on a certificate
    let hostile = Ground { document: "联系人张三13812345678".to_owned(), ..proved("2027-01-04 现场核实") };
    assert_eq!(substitute(hostile).unwrap_err().code(), "DIS-063");
    substitute(proved("2027-01-04 现场核实")).unwrap();
    let change = &last_line(&project)["detail"]["change"];
    assert_eq!((change["second"].as_str(), change["document"].as_str()), (Some("李四"), Some("检查笔录第7号")));
    replace(proved("住院")).unwrap();
    assert_eq!(last_line(&project)["detail"]["change"]["second"], "李四");
    let certificate = fs::read_to_string(draw.folder.join("certificate.json")).unwrap();
    assert!(certificate.contains("检查笔录第7号") && !certificate.contains("住院") && !certificate.contains("李四"));
}

#[test]
fn a_unit_found_gone_by_hand_takes_proof_and_the_next_seal_counts_it_as_entered() {
    let (folder, project, registry, draw) = drawn();
    let checks = load_opened(&project, &registry).unwrap().remove(0).checks;
    let chance = drawn_by_chance(&draw, 0, 3).swap_remove(0);
    let check = checks.iter().find(|check| check.unit_id == chance).unwrap();
    let gone = || result(check, "2027-01-04", None, Outcome::Gone);
    let context = at("2027-01-05T09:00:00");
    for (ground, missing) in lacking() {
        let ground = Ground { text: String::new(), ..ground };
        let told = record_result(&project, &registry, gone(), ground, &context).unwrap_err();
        assert_eq!(told.code(), "SEL-056");
        assert!(missing.iter().all(|one| told.to_string().contains(one)), "{told}");
    }
    let photo = folder.path().join("人去楼空.jpg");
    fs::write(&photo, b"photo").unwrap();
    let ground = Ground { evidence: Some(photo), document: String::new(), ..proved("") };
    record_result(&project, &registry, gone(), ground, &context).unwrap();
    let proof = &last_line(&project)["detail"]["proof"];
    assert_eq!((proof["second"].as_str(), proof["document"].as_str()), (Some("李四"), Some("")));
    let kept = project.root().join(proof["evidence"]["file"].as_str().unwrap());
    assert_eq!(fs::read(kept).unwrap(), b"photo", "the evidence is kept by its hash");
    // another result of a check asks for none
    let other = checks.iter().find(|check| check.unit_id != chance && check.inspectors.len() == 2).unwrap();
    record_result(&project, &registry, result(other, "2027-01-04", None, Outcome::Clear), "", &context).unwrap();

    let february = "2027-02".parse().unwrap();
    let january_seal = &draw.seal;
    seal_month(&project, &registry, february, &pledge("2027-01-29T20:00:00"), &at("2027-01-25T09:00:00")).unwrap();
    let folder = project.draw_folder(Period::Month(february), 1);
    let seal = Seal::parse(&fs::read(folder.join("seal.json")).unwrap()).unwrap();
    let of = |seal: &Seal, reason: &str| -> ReasonGrounds {
        let empty = ReasonGrounds { entered: 0, imported: 0, reason: reason.to_owned() };
        seal.grounds.iter().flatten().find(|one| one.reason == reason).cloned().unwrap_or(empty)
    };
    assert_eq!((of(january_seal, "closed").entered, of(&seal, "closed").entered), (0, 1));
    assert_eq!(of(january_seal, "closed").imported, of(&seal, "closed").imported, "the register's own are as before");
    assert!(of(&seal, "positive_list").imported > 0 && of(&seal, "positive_list").entered == 0);
    let roster = fs::read_to_string(folder.join("roster.csv")).unwrap();
    let recusals = roster.lines().skip(1).map(|row| row.rsplit(',').next().unwrap());
    let pairs: usize = recusals.filter(|list| !list.is_empty()).map(|list| list.split(';').count()).sum();
    assert_eq!(of(&seal, "recusal").imported as usize, pairs);
    open_period(&project, Period::Month(february), DICE, &at("2027-01-30T09:00:00")).unwrap();
}
