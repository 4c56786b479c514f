//! Public lists, the gate, the scan for leaks.

use super::*;

#[test]
fn the_public_list_names_only_what_may_be_named() {
    let calendar = calendar();
    let masker = Masker::new([("王小明".to_owned(), "31011501".to_owned())]);
    let mut checks: Vec<DueCheck> = (1..=6).map(due).collect();
    checks[1].uscc = Some(uscc("92310115", 7));
    checks[1].number = format!("{}001W", uscc("92310115", 7));
    checks[1].name = "上海市浦东新区张三五金加工店".into();
    let mut results = vec![
        result(&checks[0], "2026-03-12", Some("2026-03-12"), Outcome::Ordered),
        result(&checks[1], "2026-03-10", Some("2026-03-10"), Outcome::Clear),
        result(&checks[2], "2026-03-10", None, Outcome::Clear),
        result(&checks[3], "2026-03-10", Some("2026-03-10"), Outcome::Clear),
        result(&checks[4], "2026-03-11", Some("2026-03-11"), Outcome::Pending),
    ];
    results[3].withheld = Some(WithholdingGround::new("《政府信息公开条例》第十五条").unwrap());
    results[0].handling =
        "王小明责令改正，联系人李四 13812345678；罚款 3 万元（沪0115环罚〔2026〕1 号）；限期 30 日".into();
    let penalty = |document: &str, repaired: Option<&str>| PenaltyNote {
        document: document.into(),
        text: "罚款 3 万元".into(),
        publicity_until: None,
        repaired_on: repaired.map(day),
        publishable: true,
    };
    results[0].penalties = vec![penalty("沪0115环罚〔2026〕1号", Some("2026-03-20"))];
    results[4].penalties = vec![penalty("沪0115环罚〔2026〕2号", None)];
    let list = compute_result_list(&list_input(&checks, &results, &calendar, &masker, "2026-03-31")).unwrap();
    assert_eq!((list.rows.len(), list.withheld.len(), list.running), (3, 1, 1));
    assert_eq!(list.withheld[0].ground, "《政府信息公开条例》第十五条");
    assert_eq!(list.plan_codes, [1, 4, 0].map(|i: usize| checks[i].plan_code.clone()));
    let shop = &list.rows[0];
    assert_eq!(shop.target().name(), "上海市浦东新区**五金加工店");
    assert!(shop.target().code().contains("********") && shop.target().number().contains("**********"));
    let fined = &list.rows[1];
    assert_eq!(fined.handling, "责令改正；罚款 3 万元（沪0115环罚〔2026〕2号）");
    let repaired = &list.rows[2];
    assert_eq!(repaired.handling, "31011501责令改正，联系人李* 138********；限期 30 日");
    assert_eq!(list.penalties_left_out, 1);
    assert_eq!(list.diagnostics.count_code("DIS-062"), 1);
    assert_eq!(
        (repaired.due.date, repaired.disclosed_on, repaired.late_days),
        (day("2026-04-10"), day("2026-03-31"), 0)
    );
    assert_eq!(repaired.inspectors, "31011501、31011502");
    // One check is still open: no certificate yet.
    assert!(list.rows.iter().all(|row| row.draw == format!("承诺值 {}", "ab".repeat(32))));
    results.push(result(&checks[5], "2026-03-30", Some("2026-03-30"), Outcome::Clear));
    let list = compute_result_list(&list_input(&checks, &results, &calendar, &masker, "2026-04-30")).unwrap();
    assert!(list.rows.iter().all(|row| row.draw == "抽取证书 certificate-2026-03.json"));
    assert!(list.rows.iter().any(|row| row.late_days > 0) && list.diagnostics.count_code("DIS-061") > 0);
    // the month's second draw is open: the first one's certificate is named all the same, for all its bodies or none
    let mut both = checks.clone();
    both.push(fairdraw::disclosure::DueCheck { sequence: 2, ..checks[0].clone() });
    let list = compute_result_list(&list_input(&both, &results, &calendar, &masker, "2026-04-30")).unwrap();
    assert!(!list.rows.is_empty() && list.rows.iter().all(|row| row.draw == "抽取证书 certificate-2026-03.json"));
    both.push(fairdraw::disclosure::DueCheck {
        unit_id: UnitId::new("91310115MA1UNSEEN1001P").unwrap(),
        body: BodyId::new("310104").unwrap(),
        ..checks[0].clone()
    });
    let list = compute_result_list(&list_input(&both, &results, &calendar, &masker, "2026-04-30")).unwrap();
    assert!(!list.rows.is_empty() && list.rows.iter().all(|row| row.draw.starts_with("承诺值")));
}

#[test]
fn lists_refuse_what_lies_ahead() {
    let calendar = calendar();
    let masker = Masker::default();
    let checks = [due(1)];
    let mut one = result(&checks[0], "2026-04-09", Some("2026-03-10"), Outcome::Clear);
    let error = compute_result_list(&list_input(&checks, std::slice::from_ref(&one), &calendar, &masker, "2026-03-31"))
        .unwrap_err();
    assert_eq!(error.code(), "DIS-041");
    one.inspected_on = day("2026-03-09");
    assert_eq!(
        compute_result_list(&list_input(&checks, &[one], &calendar, &masker, "2026-03-31")).unwrap().rows.len(),
        1
    );
}

#[test]
fn the_gate_refuses_and_names_the_first_unvisited() {
    let checks: Vec<DueCheck> = (1..=3).map(due).collect();
    let mut results = vec![
        result(&checks[0], "2026-03-10", None, Outcome::Clear),
        result(&checks[2], "2026-03-20", None, Outcome::Clear),
    ];
    let error = check_all_visited(&checks, &results, day("2026-03-31")).unwrap_err();
    assert_eq!(error.code(), "DIS-043");
    assert!(error.to_string().contains(&checks[1].name) && error.to_string().contains("共 1 家"), "{error}");
    results.push(result(&checks[1], "2026-03-21", None, Outcome::Gone));
    assert!(check_all_visited(&checks, &results, day("2026-03-31")).is_ok());
    assert!(check_all_visited(&checks, &results, day("2026-03-20")).is_err());
    let masker = Masker::default();
    let target = |check: &DueCheck, result: &CheckResult, on: &str| {
        PublicTarget::of_result(check, result, day(on), &masker, &mut MaskCounts::default())
    };
    assert_eq!(target(&checks[0], &results[1], "2026-03-31").unwrap_err().code(), "DIS-040");
    assert_eq!(target(&checks[0], &results[0], "2026-03-09").unwrap_err().code(), "DIS-041");
    assert_eq!(target(&checks[0], &results[0], "2026-03-10").unwrap().name(), checks[0].name);
    results[0].withheld = Some(WithholdingGround::new("《政府信息公开条例》第十五条").unwrap());
    assert_eq!(target(&checks[0], &results[0], "2026-03-10").unwrap_err().code(), "DIS-042");
}

#[test]
fn the_scan_finds_leaks_and_excuses_visited_targets() {
    let secret = due(1);
    let open = due(2);
    let scan = PublicScan::new(std::slice::from_ref(&secret), std::slice::from_ref(&open));
    assert!(scan.check_bytes("a.csv", format!("1,{},{}", open.name, open.number).as_bytes()).is_ok());
    for leak in [secret.name.as_str(), secret.unit_id.as_str(), secret.uscc.as_deref().unwrap()] {
        let error = scan.check_bytes("a.csv", format!("前文{leak}后文").as_bytes()).unwrap_err();
        assert_eq!(error.code(), "DIS-044");
        assert!(error.to_string().contains(&secret.name));
    }
    // Another site of a visited enterprise: its own number is a leak, the shared name and code are not.
    let mut site = open.clone();
    site.unit_id = UnitId::new(open.unit_id.as_str().replace("001P", "002P")).unwrap();
    site.number = site.unit_id.to_string();
    let scan = PublicScan::new(std::slice::from_ref(&site), std::slice::from_ref(&open));
    assert!(
        scan.check_bytes("a", format!("{} {} {}", open.name, open.uscc.clone().unwrap(), open.number).as_bytes())
            .is_ok()
    );
    assert!(scan.check_bytes("a", site.number.as_bytes()).is_err());
    // A third one, which a certificate names as a reserve, is no leak; the code alone and the target's own number are.
    let reserve = site.number.replace("002P", "003P");
    let alone = PublicScan::new(std::slice::from_ref(&site), &[]);
    assert!(alone.check_bytes("a", reserve.as_bytes()).is_err(), "it begins with the target's code");
    let scan = PublicScan::beside(std::slice::from_ref(&site), &[], &[reserve.clone()].into());
    assert!(scan.check_bytes("a", reserve.as_bytes()).is_ok());
    for leak in [site.number.as_str(), site.uscc.as_deref().unwrap(), &site.name] {
        assert!(scan.check_bytes("a", format!("{reserve} {leak}").as_bytes()).is_err(), "{leak}");
    }
    // A name inside a visited target's longer name is excused there and nowhere else.
    let needle = |text: &str| LeakNeedle { text: text.into(), unit: "u".into() };
    let scan = PublicScan::of_needles(&[needle("华新化工"), needle("12")], &["上海华新化工贸易".to_owned()]);
    assert!(scan.check_bytes("a", "名单：上海华新化工贸易".as_bytes()).is_ok());
    assert!(scan.check_bytes("a", "上海华新化工贸易、华新化工".as_bytes()).is_err());
    assert_eq!(scan.check_bytes("a", b"").unwrap().too_short, 1);
}
