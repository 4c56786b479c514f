//! A score explained record by record adds up to the table's, for every site.

use chrono::NaiveDate;
use fairdraw::diagnostic::Progress;
use fairdraw::export::render_score_sheet;
use fairdraw::policy::load_preset;
use fairdraw::risk::{Ground, SiteExplanation};
use fairdraw::workspace::inputs::analysis::compute_analysis;
use fairdraw::workspace::inputs::explain::explain_source;
use fairdraw::workspace::reports::explain::{company_sheet, explain_score};
use fairdraw::workspace::store::frames::load_project_data;
use fairdraw::workspace::store::project::Project;

use crate::project::demo_project;

fn project(folder: &std::path::Path, sources: usize) -> Project {
    // as whoever opens it later finds it
    drop(demo_project(folder, sources));
    Project::open(&folder.join("项目"), None).unwrap()
}

#[test]
fn every_site_of_the_demo_is_explained_to_the_thousandth() {
    let folder = tempfile::tempdir().unwrap();
    let mut project = project(folder.path(), 1_200);
    let (registry, _) = load_project_data(&project).unwrap();
    let month = project.months()[0];
    for preset in ["shanghai-154", "national-88"] {
        // decay, points and caps of another preset count the same events otherwise
        project.policy = fairdraw::policy::edit::adopt_scoring(&project.policy, &load_preset(preset).unwrap());
        // odd numbers, so that roundings show
        for factor in &mut project.policy.factors {
            if let fairdraw::policy::FactorRule::Events { points, .. } = &mut factor.rule {
                points.0 += 7;
            }
        }
        let analysis = compute_analysis(&project, &registry, month, &Progress::none()).unwrap();
        let scores = analysis.risk.scores().unwrap();
        let (mut records, mut days, mut capped) = (0, 0, 0);
        for (row, score) in scores.iter().enumerate() {
            let (explained, _) = explain_source(&project, &registry, &analysis, row).unwrap();
            let mut sum = 0;
            for (contribution, lines) in &explained.factors {
                let own: i64 = lines.iter().map(|line| line.points).sum();
                let beyond = SiteExplanation::beyond_cap(contribution, lines);
                assert!(beyond == 0 || contribution.points == contribution.cap, "{row} {}", contribution.factor);
                sum += own - beyond;
                capped += usize::from(beyond > 0);
                records += lines.iter().filter(|line| matches!(line.ground, Ground::Record { .. })).count();
                days += lines.iter().filter(|line| matches!(line.ground, Ground::Days { .. })).count();
                for fall in lines.iter().filter_map(|line| line.falls) {
                    assert!(fall.on > explained.as_of, "{row}: {fall:?}");
                }
            }
            assert_eq!((sum, explained.score), (*score, *score), "{row}");
        }
        assert!(records > 100 && days > 20 && capped > 5, "{preset}: {records} {days} {capped}");
    }
}

#[test]
fn a_sheet_names_record_points_age_and_article_and_nothing_of_others() {
    let folder = tempfile::tempdir().unwrap();
    let project = project(folder.path(), 1_200);
    let (registry, _) = load_project_data(&project).unwrap();
    let analysis = compute_analysis(&project, &registry, project.months()[0], &Progress::none()).unwrap();
    let rows = analysis.risk.len();
    let sheets = (0..rows).map(|row| explain_score(&project, &registry, &analysis, row).unwrap());
    let sheet = sheets.into_iter().find(|sheet| sheet.factors.iter().any(|f| f.name == "行政处罚")).unwrap();
    let penalty = sheet.factors.iter().find(|factor| factor.name == "行政处罚").unwrap();
    let line = &penalty.lines[0];
    assert!(line.what.contains(" 1 起") && NaiveDate::parse_from_str(&line.what[..10], "%Y-%m-%d").is_ok(), "{line:?}");
    assert!(line.sum.starts_with("10.0 分 × ") && line.sum.contains("个月内"), "{line:?}");
    assert!(line.next.contains("起按") || line.next.contains("起不再计"), "{line:?}");
    assert!(penalty.cite.contains("第13项"), "{}", penalty.cite);
    assert!(sheet.sum().contains(" 分") && !sheet.falls.is_empty() && !sheet.lower.is_empty());
    assert!(sheet.factors.iter().any(|factor| factor.title().contains('：')));
    let page = String::from_utf8(render_score_sheet(&company_sheet(&sheet, &registry).unwrap())).unwrap();
    assert!(page.contains("模拟数据") && page.contains("怎样降低得分") && page.contains("1 起"), "{page}");
    // no other company, no month of a check
    let names = fairdraw::registry::schema::sources::NAME.of(&registry.sources).unwrap();
    for name in names.iter().flatten().filter(|name| *name != sheet.unit && name.chars().count() > 5) {
        assert!(!page.contains(name), "{name}");
    }
    assert!(!page.contains("月检查") && !page.contains("λ"), "{page}");
}
