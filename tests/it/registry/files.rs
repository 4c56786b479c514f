//! Frames stored and read back, the report, whole files.

use super::*;

#[test]
fn frames_come_back_from_parquet_as_they_were() {
    let registry = check(vec![
        input(sources_with("备注", ["=1+1", ""])),
        input(raw("信用.csv", &[vec!["企业名称", "年度", "信用等级"], vec!["甲化工", "2025", "好"]])),
    ]);
    let mut back = Registry::empty();
    for (name, frame) in registry.frames() {
        let bytes = frame_to_bytes(frame).unwrap();
        back.restore(name, frame_from_bytes(bytes, name).unwrap()).unwrap();
    }
    for kind in TableKind::ALL {
        assert!(registry.frame(kind).equals_missing(back.frame(kind)), "{}", kind.id());
    }
    assert!(registry.set_aside.equals_missing(&back.set_aside));
    assert_eq!(frame_from_bytes(b"PAR1 no parquet".to_vec(), "sources").unwrap_err().code(), "IMP-083");
    let wrong = back.credit.clone();
    assert_eq!(back.restore("sources", wrong).unwrap_err().code(), "IMP-083");
    // a word that no vocabulary has is no default's: `closed` misspelled would draw a closed unit
    let mut odd = back.sources.clone();
    let words = (0..odd.height()).map(|_| Some("Closed")).collect();
    odd.with_column(fairdraw::registry::schema::sources::STATUS.column(words)).unwrap();
    let refused = back.restore("sources", odd).unwrap_err();
    assert_eq!(refused.code(), "IMP-083");
    assert!(refused.to_string().contains("closed"), "{refused}");
}

#[test]
fn past_checks_of_an_earlier_version_get_their_flag_from_their_words() {
    let registry = check(vec![
        input(two_sources()),
        input(raw(
            "检查台账.csv",
            &[
                vec!["被检查单位", "检查日期", "检查类型", "检查结果"],
                vec!["上海甲化工有限公司", "2026-03-02", "双随机", "发现问题待后续处理"],
                vec!["上海乙电镀有限公司", "2026-03-03", "双随机", "未发现问题"],
            ],
        )),
    ]);
    let flags = |frame: &DataFrame| frame.column("pending").unwrap().bool().unwrap().iter().collect::<Vec<_>>();
    assert_eq!(flags(&registry.past_checks), [Some(true), Some(false)]);
    let before = registry.past_checks.drop("pending").unwrap();
    let mut back = Registry::empty();
    back.restore("past_checks", before).unwrap();
    assert_eq!(flags(&back.past_checks), [Some(true), Some(false)]);
}

#[test]
fn the_report_names_everything() {
    let registry = check(vec![input(sources(&[
        [UNIT_A, "甲公司", USCC_A, "徐汇", "=重点"],
        [UNIT_B, "乙公司", USCC_B, "徐汇", "重点"],
    ]))]);
    let report = render_report(&registry);
    assert_eq!(report.height() as u64, registry.diagnostics.summary().map(|(_, _, n)| n).sum::<u64>());
    let csv = report_csv(&render_report(&registry));
    assert!(csv.starts_with('\u{feff}') && csv.contains("IMP-012") && csv.contains("'=重点"), "{csv}");
    assert!(render_set_aside_csv(&registry).contains("IMP-012"));
    let summary = render_summary(&registry);
    assert!(summary.contains("污染源名录：读入 2 行，采用 1 行，搁置 1 行，合并重复 0 行"), "{summary}");
    assert!(summary.contains("[IMP-012] 必填项的取值无法识别：1 条"), "{summary}");
}

#[test]
fn texts_of_findings_are_capped_but_all_are_counted() {
    let mut options = options();
    options.finding_cap = 3;
    let numbers: Vec<String> = (0..50).map(|i| format!("X-{i:03}")).collect();
    let rows: Vec<[&str; 5]> = numbers.iter().map(|number| [number.as_str(), "甲", "", "南汇", "重点"]).collect();
    let registry = check_with(vec![input(sources(&rows))], &options);
    assert_eq!(registry.diagnostics.count_code("IMP-030"), 50);
    assert_eq!(registry.set_aside.height(), 50);
    let csv = report_csv(&render_report(&registry));
    assert!(csv.contains("另有 47 条未逐条列出"), "{csv}");
}

#[test]
fn files_are_loaded_and_a_bad_one_stops_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("污染源名录.csv");
    // "排污许可证编号,单位名称,行政区划代码,管理类别" and one row, in GB18030.
    let text = format!(
        "排污许可证编号,单位名称,行政区划代码,管理类别\r\n{UNIT_A},上海堃鑫化工（集团）有限公司,310115,重点管理\r\n"
    );
    let (bytes, _, _) = encoding_rs::GB18030.encode(&text);
    std::io::Write::write_all(&mut std::fs::File::create(&path).unwrap(), &bytes).unwrap();
    let mut options = options();
    options.mapping = Mapping::from_ron("(files: [(file: \"没有这个文件.csv\")])", "m.ron").unwrap();
    let files = [
        InputFile { path, ..InputFile::default() },
        InputFile { path: folder.path().join("缺.xlsx"), ..InputFile::default() },
    ];
    let registry = load_registry(&files, &options, &NoMap, &Progress::none()).unwrap();
    assert_eq!(text_of(&registry, "name"), "上海堃鑫化工（集团）有限公司", "{}", messages(&registry));
    assert!(registry.diagnostics.count(Severity::Error) >= 1);
    assert!(has(&registry, &codes::MAPPING_UNUSED));
    assert_eq!(registry.recognised.files[0].encoding.as_deref(), Some("GB18030"));
    let cancelled = Progress::none();
    cancelled.cancel();
    assert_eq!(load_registry(&files, &options, &NoMap, &cancelled).unwrap_err().code(), "JOB-001");
}

/// Everything that an import gives, to be compared.
fn told(registry: &Registry) -> String {
    let findings: Vec<String> = registry.diagnostics.findings().iter().map(ToString::to_string).collect();
    format!("{findings:#?}\n{:?}\n{:?}", registry.recognised, registry.summaries)
}

fn loaded(folder: &std::path::Path, large_file: u64) -> Registry {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let inputs: Vec<InputFile> = paths.into_iter().map(|path| InputFile { path, ..InputFile::default() }).collect();
    let mapping = Mapping::from_ron(r#"(files: [(file: "没有.csv", table: credit, columns: {})])"#, "m.ron").unwrap();
    let options = RegistryOptions { large_file, mapping, ..options() };
    load_registry(&inputs, &options, &TwoDistricts, &Progress::none()).unwrap()
}

fn wait_or_not(folder: &std::path::Path) -> Registry {
    let (at_once, waiting) = (loaded(folder, u64::MAX), loaded(folder, 0));
    assert_eq!(told(&at_once), told(&waiting));
    for kind in TableKind::ALL {
        assert!(at_once.frame(kind).equals_missing(waiting.frame(kind)), "{}", kind.id());
    }
    assert!(at_once.set_aside.equals_missing(&waiting.set_aside));
    nothing_is_lost(&waiting);
    waiting
}

#[test]
fn large_texts_wait_for_their_table_and_nothing_else_changes() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("一、说明.csv", "这是说明\n没有表格\n");
    write("信用 甲.csv", "企业名称,年度,信用等级\n上海甲化工有限公司,2025,好\n没有这家,2025,好\n");
    write("信用 乙.csv", "企业名称,年度,信用等级\n上海乙电镀有限公司,2025,差\n上海甲化工有限公司,2025,差\n");
    write(
        "投诉.csv",
        "受理日期,被投诉单位,投诉内容\n2026-03-01,上海甲化工有限公司,臭\n不是日期,上海乙电镀有限公司,臭\n",
    );
    write(
        "名录.csv",
        &format!(
            "{}\n{UNIT_A},上海甲化工有限公司,,徐汇,重点\n{UNIT_B},上海乙电镀有限公司,,浦东,重点\nX-001,丙,,南汇,重点\n",
            HEAD.join(",")
        ),
    );
    let registry = wait_or_not(folder.path());
    assert_eq!((registry.sources.height(), registry.credit.height(), registry.complaints.height()), (2, 4, 1));
    // what begins as a table and can't be read to its end is no table, whenever it is read
    let mut long = "企业名称,年度,信用等级\n".to_owned();
    long.push_str(&"上海甲化工有限公司,2024,好\n".repeat(40_000));
    long.push_str(&",".repeat(40_000));
    write("信用 丙.csv", &long);
    let registry = wait_or_not(folder.path());
    assert_eq!(registry.diagnostics.count_code("RAW-005"), 1, "{}", told(&registry));
    assert_eq!(registry.credit.height(), 4);
}
