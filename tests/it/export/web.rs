//! The public pages: whole, masked, escaped, linked, searched.

use fairdraw::export::{PublicSite, SiteCertificate, render_site};
use fairdraw::sampling::SealRegister;

use super::*;

/// Six checks, four visited: one by a firm called like a script, one individual's, one withheld, one late.
pub(crate) fn site_files() -> (Vec<ExportFile>, Vec<DueCheck>, Vec<DueCheck>) {
    let catalogue = ColumnCatalogue::built_in().unwrap();
    let mut checks: Vec<DueCheck> = (1..=6).map(due).collect();
    checks[0].name = "<script>alert('甲')</script>有限公司".into();
    checks[1].name = "张三五金加工店".into();
    checks[1].uscc = Some(uscc("92310115", 3));
    checks[1].number = format!("{}001W", uscc("92310115", 3));
    checks[5].body_name = "崇明区生态环境局".into();
    let outcomes = [Outcome::Ordered, Outcome::Clear, Outcome::Clear, Outcome::Clear];
    let mut results: Vec<CheckResult> = checks[..3]
        .iter()
        .chain(&checks[5..])
        .zip(outcomes)
        .map(|(check, outcome)| result(check, "2026-03-10", Some("2026-03-12"), outcome))
        .collect();
    results[2].withheld = Some(WithholdingGround::new("《政府信息公开条例》第十五条").unwrap());
    results[3].disclosed_on = Some(day("2026-04-30"));
    let (calendar, masker) = (calendar(), Masker::default());
    let list = compute_result_list(&list_input(&checks, &results, &calendar, &masker, "2026-05-06")).unwrap();
    let register = SealRegister::parse_csv(REGISTER.as_bytes()).unwrap();
    let certificates = [SiteCertificate {
        period: "2026-03".into(),
        sequence: 1,
        bytes: br#"{"format":"fairdraw-certificate/1","statement":"</script><b>"}"#.to_vec(),
        head: Some("ab".repeat(32)),
        masked: 2,
        trust: "自证".into(),
        signed: false,
        anchors: br#"{"format":"fairdraw-anchors/1","stamps":["</script>"]}"#.to_vec(),
    }];
    let (header, plan) = (public_header(), year_plan());
    let files = render_site(&PublicSite {
        header: &header,
        plan: &plan,
        lists: &[list],
        register: &register,
        certificates: &certificates,
        catalogue: &catalogue,
    })
    .unwrap();
    (files, [&checks[..3], &checks[5..]].concat(), checks[3..5].to_vec())
}

const REGISTER: &str = "event,at,agency,period,sequence,commitment,previous,available_at,reason\n\
    sealed,2026-02-27T10:00:00+08:00,310000,2026-03,1,abababababababababababababababababababababababababababababababab,,2026-02-28T21:15:00+08:00,\n\
    opened,2026-02-28T21:30:00+08:00,310000,2026-03,1,abababababababababababababababababababababababababababababababab,,2026-02-28T21:15:00+08:00,\n";

fn text_of(files: &[ExportFile], name: &str) -> String {
    String::from_utf8(files.iter().find(|file| file.name == name).unwrap().bytes.clone()).unwrap()
}

#[test]
fn the_pages_are_whole_and_every_link_leads_to_one_of_them() {
    let (files, ..) = site_files();
    let names: Vec<&str> = files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "index.html",
            "plan.html",
            "seals.html",
            "verify.html",
            "results-2026-03.html",
            "certificate-2026-03-1.html",
            "certificate-2026-03-1.json",
            "certificate-2026-03-1.anchors.json"
        ]
    );
    for file in files.iter().filter(|file| file.name.rsplit('.').next() == Some("html")) {
        let text = text_of(&files, &file.name);
        assert!(text.starts_with("<!doctype html>") && text.contains("default-src 'none'"), "{}", file.name);
        assert!(text.contains("模拟数据") || text.contains("双随机抽取核验"), "{}", file.name);
        assert!(!text.contains("http://") && !text.contains("https://") && !text.contains("src="), "{}", file.name);
        for part in text.split("href=\"").skip(1) {
            let link = part.split('"').next().unwrap();
            assert!(link == "data:," || names.contains(&link), "{}: {link}", file.name);
        }
    }
}

#[test]
fn the_list_page_says_what_the_list_says_and_no_more() {
    let (files, visited, secret) = site_files();
    let scan = PublicScan::new(&secret, &visited);
    for file in &files {
        assert!(scan_public_file(&file.name, &file.bytes, &scan).unwrap());
        // and a page that names an unvisited target is refused, escaped or not
        let mut leaked = file.bytes.clone();
        leaked.extend_from_slice(secret[0].name.as_bytes());
        assert!(scan_public_file(&file.name, &leaked, &scan).is_err());
    }
    let page = text_of(&files, "results-2026-03.html");
    assert!(
        page.contains("&lt;script&gt;alert(&#39;甲&#39;)&lt;/script&gt;有限公司") && !page.contains("<script>alert")
    );
    assert!(page.contains("**五金加工店") && !page.contains("张三"), "an individual is masked");
    assert!(!page.contains("台账缺失"), "the office's own words stay inside");
    assert!(page.contains("《政府信息公开条例》第十五条") && page.contains("逾期"));
    assert!(page.contains("<option>崇明区生态环境局</option>") && page.contains("<option>浦东新区综合执法局</option>"));
    let index = text_of(&files, "index.html");
    assert!(index.contains("<a href=\"results-2026-03.html\">2026年3月</a></td><td class=\"n\">3</td>"), "{index}");
}

#[test]
fn a_certificate_stands_in_its_page_and_can_not_break_out_of_it() {
    let (files, ..) = site_files();
    let page = text_of(&files, "certificate-2026-03-1.html");
    assert!(page.contains(
        r#"id="embedded">{"format":"fairdraw-certificate/1","statement":"\u003c/script>\u003cb>"}</script>"#
    ));
    assert!(text_of(&files, "verify.html").contains(r#"id="embedded"></script>"#));
    let seals = text_of(&files, "seals.html");
    assert!(
        seals.contains("certificate-2026-03-1.html") && seals.contains(&"ab".repeat(32)) && seals.contains("已开封")
    );
}

/// Writes the pages to the folder of the environment variable `FAIRDRAW_SHOW_EXPORTS`, to be looked at.
#[test]
fn the_pages_can_be_looked_at() {
    let (files, ..) = site_files();
    assert!(files.iter().all(|file| !file.bytes.is_empty()));
    if let Some(folder) = std::env::var_os("FAIRDRAW_SHOW_EXPORTS") {
        for file in &files {
            std::fs::write(std::path::Path::new(&folder).join(&file.name), &file.bytes).unwrap();
        }
    }
}
