//! Documents on paper: read back from the PDF's own bytes, searched by the gate, set with an office's own templates.

use fairdraw::checklist::load_checklists;
use fairdraw::export::documents::{
    DrawRecord, Fonts, PrintChecklist, RenderedDocuments, Sketch, TaskDetail, TaskPack, Templates, Typesetter,
    render_notice, render_task_pack,
};
use fairdraw::export::pdf_text;
use fairdraw::sampling::{LogHead, sha256, to_hex};

use super::*;

/// Names that older sets of characters lack, and brackets of both widths.
const HARD: [&str; 4] =
    ["上海犇淼鑫化工（集团）有限公司", "朱镕材料(上海)有限公司", "昇﨑科技有限公司", "上海〇八一厂"];

/// So many checks of March 2026, all visited, and the results.
fn visited(count: u32) -> (Vec<DueCheck>, Vec<CheckResult>) {
    let mut checks: Vec<DueCheck> = (1..=count).map(due).collect();
    for (check, name) in checks.iter_mut().zip(HARD) {
        check.name = name.into();
    }
    let outcome = |n: usize| if n.is_multiple_of(3) { Outcome::Ordered } else { Outcome::Clear };
    let results =
        checks.iter().enumerate().map(|(n, c)| result(c, "2026-03-10", Some("2026-03-12"), outcome(n))).collect();
    (checks, results)
}

fn typesetter<'a>(fonts: &'a Fonts, templates: &'a Templates) -> Typesetter<'a> {
    Typesetter { fonts, templates, program: "fairdraw 0.1.0", created: created() }
}

/// The notice of these checks; the faults of the office's own templates.
fn notice(
    checks: &[DueCheck],
    results: &[CheckResult],
    own: &[(&str, &str)],
) -> fairdraw::diagnostic::AppResult<RenderedDocuments> {
    let catalogue = ColumnCatalogue::built_in().unwrap();
    let (calendar, masker) = (calendar(), Masker::default());
    let list = compute_result_list(&list_input(checks, results, &calendar, &masker, "2026-03-31")).unwrap();
    let own = own.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect();
    let (fonts, templates) = (Fonts::bundled(), Templates::with_own(own)?);
    let (basis, record) = ("沪环执法〔2023〕154号第13项", DrawRecord::default());
    render_notice(&list, &public_header(), &catalogue, (basis, &record), &typesetter(&fonts, &templates))
}

fn ends_in(name: &str, extension: &str) -> bool {
    std::path::Path::new(name).extension().is_some_and(|end| end == extension)
}

#[test]
fn a_notice_of_many_rows_repeats_its_head_and_loses_nothing() {
    let (checks, results) = visited(120);
    let made = notice(&checks, &results, &[]).unwrap();
    assert_eq!(
        made.files.iter().map(|f| f.name.as_str()).collect::<Vec<_>>(),
        [
            "上海市生态环境局_检查结果通告_2026-03_第1版_公开_模拟数据.pdf",
            "上海市生态环境局_检查结果通告_2026-03_第1版_公开_模拟数据.docx",
        ]
    );
    let text = pdf_text(&made.files[0].bytes).unwrap();
    let pages: Vec<&str> = text.lines().collect();
    assert!(pages[0].contains("关于公开2026年3月“双随机、一公开”检查结果的通告"), "{}", pages[0]);
    assert!(pages[0].contains("根据沪环执法〔2023〕154号第13项，现将2026年3月"), "{}", pages[0]);
    assert!(pages[0].contains("本次公开检查结果 120 项，其中未发现问题 80 项，发现问题已责令改正 40 项。"));
    assert!(pages[0].contains("特此通告。") && pages[0].contains("2026年3月31日"));
    assert!(pages[0].contains("检查事项为排污许可证后监管。"), "what is the same of all rows is said once");
    let sheets = &pages[1..];
    assert!(sheets.iter().all(|page| !page.contains("排污许可证后监管")));
    assert!(sheets.len() > 3 && sheets.iter().all(|page| page.contains("统一社会信用代码")), "a head on every page");
    for check in &checks {
        assert!(text.contains(&check.name) && text.contains(check.uscc.as_ref().unwrap()), "{}", check.name);
    }
    for (number, page) in pages.iter().enumerate() {
        assert!(page.contains(&format!("— {} —", number + 1)), "the page's number: {page}");
    }
    assert!(made.notes.is_empty(), "{:?}", made.notes);
    assert_eq!(notice(&checks, &results, &[]).unwrap(), made, "the same input gives the same bytes");
}

#[test]
fn a_notice_says_with_what_it_can_be_checked() {
    let (checks, results) = visited(3);
    let (catalogue, calendar, masker) = (ColumnCatalogue::built_in().unwrap(), calendar(), Masker::default());
    let list = compute_result_list(&list_input(&checks, &results, &calendar, &masker, "2026-03-31")).unwrap();
    let (fonts, templates) = (Fonts::bundled(), Templates::default());
    let root = to_hex(&sha256(&[b"log"]));
    let header = PublicHeader { log: Some(LogHead { root: root.clone(), size: 41 }), ..public_header() };
    let notice = |header: &PublicHeader, record: &DrawRecord| {
        let made = render_notice(&list, header, &catalogue, ("", record), &typesetter(&fonts, &templates)).unwrap();
        let word = zip::ZipArchive::new(Cursor::new(made.files[1].bytes.clone())).unwrap();
        let mut document = String::new();
        let mut word = word;
        std::io::Read::read_to_string(&mut word.by_name("word/document.xml").unwrap(), &mut document).unwrap();
        (pdf_text(&made.files[0].bytes).unwrap().replace(' ', ""), document.replace(' ', ""))
    };
    let head = to_hex(&sha256(&[b"head"]));
    let (pdf, word) = notice(&header, &DrawRecord { head: Some(head.clone()), interventions: Some(2) });
    for text in [&pdf, &word] {
        assert!(text.contains(&format!("通告生成时的操作日志41行，日志根值{root}")), "{text}");
        assert!(text.contains(&format!("本月抽取的变更摘要{head}；外部改动2次，均由两人具名采用")), "{text}");
    }
    // before the certificate goes out there is no head to check it with
    let (pdf, _) = notice(&header, &DrawRecord { head: None, interventions: Some(0) });
    assert!(pdf.contains("；没有外部改动。") && !pdf.contains("变更摘要"), "{pdf}");
    // a draw from before the log, and a project without one
    let (pdf, _) = notice(&header, &DrawRecord::default());
    assert!(pdf.contains("日志根值") && !pdf.contains("外部改动"), "{pdf}");
    let (pdf, _) = notice(&public_header(), &DrawRecord::default());
    assert!(!pdf.contains("核验信息") && pdf.contains("特此通告。"), "{pdf}");
}

#[test]
fn the_word_notice_has_a_repeated_head_and_whole_rows() {
    let (checks, results) = visited(30);
    let made = notice(&checks, &results, &[]).unwrap();
    let mut archive = zip::ZipArchive::new(Cursor::new(&made.files[1].bytes)).unwrap();
    let part = archive.by_name("word/document.xml").unwrap();
    assert!(part.compressed_size() * 5 < part.size(), "{} of {}", part.compressed_size(), part.size());
    drop(part);
    let mut document = String::new();
    std::io::Read::read_to_string(&mut archive.by_name("word/document.xml").unwrap(), &mut document).unwrap();
    assert_eq!(document.matches("<w:tblHeader").count(), 1, "the head is repeated on every page");
    assert_eq!(document.matches("<w:cantSplit").count(), 31, "no row is cut");
    assert!(document.contains("上海犇淼鑫化工（集团）有限公司") && document.contains("特此通告。"));
    // upright pages, then turned ones, both with the page's number
    assert_eq!(document.matches("<w:sectPr").count(), 2);
    assert_eq!(document.matches("<w:footerReference").count(), 4);
    assert!(document.contains("w:orient=\"landscape\""));
}

#[test]
fn a_month_without_results_says_so() {
    let (checks, mut results) = visited(2);
    for result in &mut results {
        result.completed_on = None;
    }
    let made = notice(&checks, &results, &[]).unwrap();
    let text = pdf_text(&made.files[0].bytes).unwrap();
    assert_eq!(text.lines().count(), 1, "no attachment");
    assert!(text.contains("2026年3月没有可以公开的检查结果") && text.contains("另有 2 项检查任务尚未办结"), "{text}");
    assert!(!text.contains("附件"));
}

#[test]
fn an_unvisited_target_is_found_in_a_pdf_and_in_a_word_file() {
    let (checks, results) = visited(8);
    let made = notice(&checks, &results, &[]).unwrap();
    let open = PublicScan::new(&checks[..1], &checks[1..]);
    for file in &made.files {
        let code = scan_public_file(&file.name, &file.bytes, &open).unwrap_err().code();
        assert_eq!(code, "DIS-044", "{}", file.name);
        assert!(scan_public_file(&file.name, &file.bytes, &PublicScan::new(&[due(500)], &checks)).unwrap());
    }
    // a file whose text can't be read can't be searched
    let mut cut = made.files[0].bytes.clone();
    let at = cut.windows(6).position(|w| w == b"stream").unwrap();
    cut.truncate(at + 20);
    assert_eq!(scan_public_file("x.pdf", &cut, &open).unwrap_err().code(), "EXP-033");
}

#[test]
fn an_office_s_template_takes_the_place_of_the_product_s() {
    let (checks, results) = visited(3);
    let own = "#import \"公文.typ\": *\n#show: official.with(title: doc.title)\n= 本局格式：#doc.agency\n";
    let made = notice(&checks, &results, &[("检查结果通告.typ", own)]).unwrap();
    let text = pdf_text(&made.files[0].bytes).unwrap();
    assert!(text.contains("本局格式：上海市生态环境局") && !text.contains("特此通告"), "{text}");
}

#[test]
fn a_fault_in_a_template_is_told_with_line_and_column() {
    let (checks, results) = visited(1);
    let fault = |name: &str, text: &str| notice(&checks, &results, &[(name, text)]).unwrap_err();
    let unknown = fault("检查结果通告.typ", "#let x = 1\n\n文字 #没有这个\n");
    let finding = unknown.finding().clone();
    assert_eq!((unknown.code(), finding.row), ("EXP-060", Some(3)), "{finding}");
    assert_eq!(finding.file.as_deref(), Some("模板/检查结果通告.typ"));
    let said = finding.to_string();
    assert!(
        said.contains("没有这个名称：没有这个") && said.contains("第 5 个字符") && said.contains("移走它"),
        "{said}"
    );
    let open = fault("检查结果通告.typ", "#table(\n");
    assert!(open.code() == "EXP-060" && open.to_string().contains("括号没有配对"), "{open}");
    // in the common part, told from where it is
    let common = fault("公文.typ", "#let data = json(\"data.json\")\n#let doc = data.nothing\n");
    assert_eq!((common.code(), common.finding().row), ("EXP-060", Some(2)), "{common}");
    assert!(common.to_string().contains("模板/公文.typ"));
    // no clock, no file from elsewhere
    let today = fault("检查结果通告.typ", "#datetime.today().display()");
    assert!(today.to_string().contains("模板不能取当前日期"), "{today}");
    let file = fault("检查结果通告.typ", "#read(\"/etc/passwd\")");
    assert!(file.to_string().contains("没有这个文件"), "{file}");
    let bytes = Templates::with_own([("公文.typ".to_owned(), vec![0xb0, 0xa1])].into()).unwrap_err();
    assert_eq!(bytes.code(), "EXP-061");
}

#[test]
fn characters_that_no_font_has_are_named() {
    let (mut checks, results) = visited(2);
    checks[1].name = "上海𠮷𱁬餐饮有限公司".into();
    let made = notice(&checks, &results, &[]).unwrap();
    let said = made.notes.join("\n");
    assert!(said.contains("EXP-062") && said.contains("𠮷（U+20BB7）") && said.contains("𱁬（U+3106C）"), "{said}");
    assert!(!said.contains('犇'), "what can be printed is not named: {said}");
}

/// A body's pack of so many targets.
pub(crate) fn pack(count: u32) -> TaskPack {
    // reserves and withdrawn ones are no tasks
    let tasks = (1_u32..).map(|n| target(n * 2)).filter(|row| row.draw.role == TargetRole::Selected);
    let mut targets: Vec<TargetRow> = tasks.take(count as usize).collect();
    for (target, name) in targets.iter_mut().zip(HARD) {
        target.unit.name = name.into();
    }
    let body = (targets[0].staff.body.clone(), targets[0].staff.body_name.clone());
    let header = BookHeader { body: Some(body), ..book(1).header };
    let lists = load_checklists().unwrap();
    let rows = lists.rows("2641", Some(fairdraw::domain::Category::Key), day("2026-03-01"));
    let checklists = vec![PrintChecklist { names: "通用检查表".into(), note: "待专家审定".into(), rows }];
    let outline = vec![vec![(121.3, 31.0), (121.9, 31.0), (121.9, 31.4), (121.3, 31.4), (121.3, 31.0)]];
    let detail = TaskDetail {
        earlier: vec!["2025-06-03 台账缺失".into()],
        limits: vec!["DA001 二氧化硫 50".into()],
        checklist: 0,
        sketch: Some(0),
        proof: Some("FD1:".to_owned() + &"12345678901234567".repeat(100)),
    };
    let details = targets.iter().map(|_| detail.clone()).collect();
    let month = targets[0].draw.month;
    let book = TaskBook { header, month, targets, matters: "排污许可执行情况".into() };
    TaskPack { book, details, checklists, sketches: vec![Sketch::new(&outline).unwrap()] }
}

#[test]
fn a_task_book_has_a_sheet_and_a_checklist_for_each_target() {
    let (fonts, templates) = (Fonts::bundled(), Templates::default());
    let pack = pack(4);
    let made = render_task_pack(&pack, (true, true), &typesetter(&fonts, &templates)).unwrap();
    assert_eq!(made.files.len(), 2);
    assert!(made.files.iter().all(|file| file.audience == Audience::Internal && file.name.contains("检查任务书")));
    let pdf = &made.files.iter().find(|file| ends_in(&file.name, "pdf")).unwrap().bytes;
    let text = pdf_text(pdf).unwrap();
    let sheets: Vec<&str> = text.lines().filter(|page| page.contains("双随机检查任务单")).collect();
    assert_eq!(sheets.len(), 4);
    for (sheet, target) in sheets.iter().zip(&pack.book.targets) {
        for part in ["被检查单位", "检查依据", "风险等级", "2025-06-03 台账缺失", "DA001 二氧化硫 50"]
        {
            assert!(sheet.contains(part), "{part}: {sheet}");
        }
        assert!(sheet.contains(&target.unit.name) && sheet.contains(&target.draw.plan_code), "{sheet}");
        let lead = target.staff.lead.as_ref().unwrap();
        assert!(sheet.contains(&format!("{}（证号 {}）", lead.name, lead.certificate)), "{sheet}");
    }
    assert_eq!(text.matches("□未发现问题").count(), 4 * pack.checklists[0].rows.len());
    // what the firm signs stands on pages that hold nothing internal
    let signed: Vec<&str> = text.lines().filter(|page| page.contains("执法人员签字")).collect();
    assert_eq!(signed.len(), 4);
    let inner = |page: &&str| page.contains("风险等级") || page.contains("入选原因");
    assert!(signed.iter().all(|page| page.contains("当事人意见") && !inner(page)));
    assert!(text.contains("内部资料，检查前保密") && text.contains("执法人员配对名单"));
    // before the code: the law that it took the place of
    assert!(text.contains("《中华人民共和国环境保护法》第四十五条") && !text.contains("生态环境法典"));
    // the code on the first sheet is a picture of its own, printed once
    assert!(pdf.windows(6).filter(|w| w == b"/Image").count() >= 1);
    let word = &made.files.iter().find(|file| ends_in(&file.name, "docx")).unwrap().bytes;
    let mut archive = zip::ZipArchive::new(Cursor::new(word)).unwrap();
    let part = archive.by_name("word/document.xml").unwrap();
    assert!(part.compressed_size() * 5 < part.size(), "{} of {}", part.compressed_size(), part.size());
    drop(part);
    let mut document = String::new();
    std::io::Read::read_to_string(&mut archive.by_name("word/document.xml").unwrap(), &mut document).unwrap();
    assert_eq!(document.matches("双随机检查任务单").count(), 4);
    assert!(document.contains("检查情况") && document.contains("通用检查表（待专家审定）"));
    // sketch and code beside each other, each a picture of the sheet's own
    assert_eq!(document.matches("位置示意：上北，图宽约").count(), 4, "the sketch says how wide it is");
    assert_eq!(document.matches("<pic:pic").count(), 8);
    assert_eq!(render_task_pack(&pack, (true, true), &typesetter(&fonts, &templates)).unwrap(), made);
    // a body that is drawn off-site checks alone has nothing to print
    let mut unvisited = pack;
    unvisited.book.targets.iter_mut().for_each(|row| row.draw.role = TargetRole::OffSite);
    assert_eq!(render_task_pack(&unvisited, (true, true), &typesetter(&fonts, &templates)).unwrap().files, []);
}

#[test]
fn a_large_task_book_is_one_document_with_one_cover_and_running_pages() {
    let fonts = Fonts::bundled();
    let mut pack = pack(45);
    pack.checklists[0].rows.truncate(2);
    let set = |own: &[(&str, &str)]| {
        let own = own.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect();
        let templates = Templates::with_own(own).unwrap();
        let made = render_task_pack(&pack, (true, false), &typesetter(&fonts, &templates)).unwrap();
        assert_eq!(made.files.len(), 1);
        (pdf_text(&made.files[0].bytes).unwrap(), made.notes)
    };
    let (text, notes) = set(&[]);
    assert_eq!(notes, Vec::<String>::new());
    let pages: Vec<&str> = text.lines().filter(|page| !page.trim().is_empty()).collect();
    assert!(pages.len() > 90, "{}", pages.len());
    for (page, number) in pages.iter().zip(1..) {
        assert!(page.contains(&format!("— {number} —")), "{number}: {page}");
    }
    let sheets = pages.iter().filter(|page| page.contains("双随机检查任务单"));
    let shown: Vec<&str> =
        sheets.zip(&pack.book.targets).filter(|(p, t)| p.contains(&t.draw.plan_code)).map(|(p, _)| *p).collect();
    assert_eq!(shown.len(), 45, "each has its sheet, in their order");
    for once in ["检查前名单保密", "执法人员配对名单"] {
        assert_eq!(text.matches(once).count(), 1, "{once}");
    }
    // a template of an office's own that knows nothing of pieces is given everything at once
    let own = "#import \"公文.typ\": *\n本局封面\n#for sheet in doc.sheets [#pagebreak() 任务 #sheet.code]\n";
    let (text, _) = set(&[("检查任务书.typ", own)]);
    assert_eq!((text.matches("本局封面").count(), text.matches("任务 ").count()), (1, 45));
}
