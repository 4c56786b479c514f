//! Words: what a result says, whether a firm is running.

use fairdraw::registry::TableKind;

use super::support::{cell, found, new_from_both, register, rows_of, table, told, uscc};

#[test]
fn a_result_is_read_clause_by_clause() {
    let said = [
        ("未发现问题", "false"),
        ("未发现违法行为", "false"),
        ("无违法行为", "false"),
        ("无异常", "false"),
        ("合格", "false"),
        ("符合", "false"),
        ("发现问题已责令改正", "true"),
        ("现场未发现废水直排，发现危废贮存不规范，责令改正", "true"),
        ("未发现无证排污，但存在台账缺失问题", "true"),
        ("经查无问题后续发现在线监测不正常", "true"),
        ("污染防治设施未正常运行", "true"),
        ("未按规定公示应当公示的信息", "true"),
        ("不合格", "true"),
        ("不符合", "true"),
        ("移送公安", "true"),
        ("行政处罚", "true"),
        ("轻微违法不予处罚", "true"),
        ("拒绝检查", "true"),
        ("有异常", "true"),
        ("整改后合格", "true"),
        ("限期整改", "true"),
        ("停产", ""),
        ("未发现开展本次抽查涉及的经营活动", ""),
        ("通过登记的住所（经营场所）无法联系", ""),
        ("已关闭停业或正在组织清算", ""),
    ];
    let open = ["基本合格", "基本符合", "√", "1", "未发现废水直排，发现有臭味", "设施不太正常", "未发现该企业"];
    let codes: Vec<String> = (0..said.len() + open.len()).map(uscc).collect();
    let mut rows = vec![vec!["统一社会信用代码", "检查日期", "检查结果"]];
    for (text, code) in said.iter().map(|said| said.0).chain(open).zip(&codes) {
        rows.push(vec![code, "2026-05-06", text]);
    }
    new_from_both(&[register(&[], &[vec![]]), table("历次检查", &rows)], |registry| {
        for (row, (text, problem)) in said.iter().enumerate() {
            assert_eq!(cell(registry, TableKind::PastChecks, "problem", row), *problem, "{text}\n{}", told(registry));
        }
        let words: Vec<&str> =
            found(registry, "IMP-124").iter().filter_map(|finding| finding.value.as_deref()).collect();
        assert_eq!(words, open, "{}", told(registry));
        assert_eq!(registry.past_checks.height(), said.len() + open.len());
    });
}

#[test]
fn a_firms_state_is_known_or_reported() {
    let known = [
        ("正常（停产）", "stopped"),
        ("吊销，未注销", "closed"),
        ("已拆除", "closed"),
        ("责令关闭", "closed"),
        ("迁往外省", "moved"),
        ("已停产", "stopped"),
        ("停产（季节性停产）", "stopped"),
        ("吊销未注销", "closed"),
        ("存续（在营、开业、在册）", "active"),
        ("试生产", "active"),
        ("已搬迁", "moved"),
        ("在产", "active"),
    ];
    let unknown = ["半死不活", "拟关闭", "在产（部分停产）", "待拆除", "筹建", "非正常户", "未停产", "停产、在产"];
    let cells: Vec<Vec<&str>> = known.iter().map(|known| known.0).chain(unknown).map(|text| vec![text]).collect();
    new_from_both(&[register(&["生产状态"], &cells)], |registry| {
        for (row, (text, state)) in known.iter().enumerate() {
            assert_eq!(cell(registry, TableKind::Sources, "status", row), *state, "{text}\n{}", told(registry));
        }
        let rows: Vec<u64> = (0..unknown.len() as u64).map(|i| 2 + known.len() as u64 + i).collect();
        assert_eq!(rows_of(registry, "IMP-117"), rows, "{}", told(registry));
        let first = found(registry, "IMP-117")[0];
        assert_eq!(first.value.as_deref(), Some("半死不活"));
        assert!(first.expected.as_deref().unwrap().contains("在产、停产、关闭、搬迁"), "{first}");
    });
    for empty in ["", "/", "不详", "无", "—"] {
        new_from_both(&[register(&["生产状态"], &[vec!["停产"], vec![empty]])], |registry| {
            assert_eq!(found(registry, "IMP-118")[0].value.as_deref(), Some("1 行"), "{}", told(registry));
        });
    }
}
