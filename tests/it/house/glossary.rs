//! One word for each thing, held over all Chinese texts; `docs/glossary.md` shows the list.

use std::fs;

use super::scan::{Kind, sources};
use super::{file, hold_part, text_of};

/// A term: Chinese word, English word in code and docs, meaning, words that must not stand for it.
struct Term(&'static str, &'static str, &'static str, &'static [&'static str]);

const TERMS: &[Term] = &[
    Term(
        "污染源",
        "pollution source, site",
        "a row of the register: one place with its own permit or registration; what is drawn",
        &["排污单位", "点位"],
    ),
    Term("单位", "enterprise, firm", "the legal person with a credit code; may have several sites", &["厂家"]),
    Term("检查对象", "target", "a site on a month's list", &["被检查对象", "抽查对象"]),
    Term("单元", "unit", "a row of the sampling frame; the site as the draw knows it", &["样本单元"]),
    Term("名录", "register", "the list of all sites of the body", &["名单库"]),
    Term("名册", "roster", "the list of inspectors, as sealed", &["人员名单"]),
    Term("执法主体", "body", "the office that inspects, with strata of its own", &["执法单位", "执法部门"]),
    Term("执法人员", "inspector", "a person with a certificate; 主办 leads, 协办 is the second", &["检查员"]),
    Term("类别", "category", "kind of site within a body; with the body it makes a stratum", &[]),
    Term("层", "stratum", "body and category; quotas and probabilities are counted in it", &["抽样层"]),
    Term("规则", "policy", "the RON file with factors, weights, tiers, floors, caps", &["策略", "政策"]),
    Term("等级", "tier", "class of risk by score", &["风险级别"]),
    Term("频次 λ", "frequency", "checks a year that the rules ask for, as a mean", &["期望次数", "期望抽查次数"]),
    Term("预计", "expected", "what the plan comes to on average; a figure with decimals", &["预期", "期望"]),
    Term("抽查", "drawn check", "a check by the draw", &[]),
    Term("必查", "mandatory check", "a check that the rules ask for by date; π = 1", &["必检"]),
    Term("触发式检查", "triggered check", "a check for a cause, added to the month", &["专项触发"]),
    Term(
        "入选概率",
        "inclusion probability",
        "π: the probability with which a unit is drawn this month",
        &["入样概率", "中签概率", "抽中概率"],
    ),
    Term("抽样框", "sampling frame", "every unit with stratum, π, rank, reason and salt: frame.csv", &["抽样名单"]),
    Term("备选", "reserve", "a unit below the threshold, in the order of the draw", &["候补", "备用单位"]),
    Term(
        "替换",
        "substitution",
        "the next living reserve takes the place of a unit that is closed, moved or merged",
        &["替补", "递补", "顶替"],
    ),
    Term("更换", "replacement", "another inspector in a pair", &["换人"]),
    Term(
        "封存",
        "to seal",
        "the act: frame, rules, roster and the public number's source are bound",
        &["再封签", "封签时间", "封签之后"],
    ),
    Term(
        "封签",
        "seal",
        "the thing: seal.json, a line of the register of seals",
        &["作废封存", "此封存", "一个封存", "作废后此封存", "封存登记簿"],
    ),
    Term(
        "承诺值",
        "commitment",
        "SHA-256 of the seal, published before the public number exists",
        &["承诺码", "哈希承诺"],
    ),
    Term(
        "公开数",
        "public number",
        "what nobody can know at sealing: a lottery's draw, an index, dice, drand",
        &["公开数字", "公共数字", "公共数", "公开随机数"],
    ),
    Term("开封", "to open", "the act: secret and public number give the seed", &["开启", "拆封", "启封"]),
    Term("作废", "to void", "a seal that will not be opened, with a reason", &[]),
    Term("种子", "seed", "32 bytes from commitment, secret and public number", &["随机种"]),
    Term("配对", "pairing", "the second random: two inspectors for each check", &["分派"]),
    Term("任务单", "task sheet", "what a pair takes along", &["任务表"]),
    Term("检查表", "checklist", "the points that are looked at on the spot", &["检查清单", "检查单"]),
    Term(
        "办结日期",
        "completion date",
        "the day on which the task is closed; publication counts from the next",
        &["完成日期"],
    ),
    Term("公开", "disclosure", "results and penalties on the public platform within 20 working days", &["公示率"]),
    Term("缺口", "shortage", "what capacity, floors or roster can't meet", &["短缺"]),
    Term("办法", "remedy", "a change that closes a shortage, with its price", &["补救", "解决方案"]),
    Term("无法识别", "not recognised", "what a reader says of a word, date or file that it can't take in", &["不认识"]),
    Term("核验", "verification", "recomputing a draw, a certificate, a row", &["验签"]),
    Term("证书", "certificate", "certificate.json: what a draw proves without the frame", &["抽签证书"]),
    Term("证明", "proof", "proof-UNIT.json: one unit's row and, once opened, its ticket", &[]),
    Term(
        "时间戳",
        "time stamp",
        "a token of an authority (RFC 3161, GM/T 0033): the seal existed at that time",
        &["时戳"],
    ),
    Term("信标", "beacon", "a public source of signed random numbers: drand", &[]),
    Term(
        "见证",
        "witness",
        "somebody outside signs seal and opening on another machine and refuses a second history",
        &[],
    ),
    Term("可信程度", "level of trust", "自证, 时间戳, 信标, 见证: what of a draw rests on others", &["信任等级"]),
];

/// Words that stand for something else here: (part of the text, reason).
const ALLOWED: &[(&str, &str)] = &[
    ("检查单位", "the unit inspected, not 检查单"),
    ("更换人员", "to replace people"),
    ("收盘点位", "an index's level, as the exchange says it"),
    ("点位保留两位小数", "an index's level"),
    (
        "演示：公共数字事先已知，本证书不证明抽取公正",
        "the statement in certificates that are out already; verification compares it",
    ),
    ("重点排污单位", "the term of the law"),
    ("排污单位执法", "title of a decree"),
];

/// Files whose words are what offices write and decrees say, not ours.
const THEIRS: [&str; 4] =
    ["assets/aliases.ron", "assets/policy/", "src/disclosure/intake/columns.rs", "src/registry/aliases.rs"];

/// (place, text) of every Chinese text: strings in `src/`, assets, the two pages in Chinese.
fn texts() -> Vec<(String, String)> {
    let mut texts = Vec::new();
    for source in sources().iter().filter(|s| !s.is_test) {
        for token in source.code.iter().filter(|t| t.kind == Kind::Text) {
            texts.push((format!("src/{}:{}", source.path, token.line), token.text.clone()));
        }
    }
    // the help of the command line stands in its comments
    for (i, line) in
        text_of("src/cli/args.rs").lines().enumerate().filter(|(_, line)| line.trim_start().starts_with("///"))
    {
        texts.push((format!("src/cli/args.rs:{}", i + 1), line.to_owned()));
    }
    let mut lines = |path: &str, comment: &str| {
        for (i, line) in text_of(path).lines().enumerate() {
            let said = if comment.is_empty() { line } else { line.split(comment).next().unwrap_or_default() };
            texts.push((format!("{path}:{}", i + 1), said.to_owned()));
        }
    };
    lines("README.md", "");
    lines("tests/README.md", "");
    let mut folders = vec![file("assets")];
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "ron") {
                lines(&path.strip_prefix(file("")).unwrap().to_str().unwrap().replace('\\', "/"), "//");
            }
        }
    }
    texts
}

/// The wrong words of a text with the right ones.
fn wrong_words(text: &str) -> Vec<(&'static str, &'static str)> {
    let mut text = text.to_owned();
    for (part, _) in ALLOWED {
        text = text.replace(part, "");
    }
    let words = TERMS.iter().flat_map(|Term(right, _, _, wrong)| wrong.iter().map(move |w| (*w, *right)));
    words.filter(|(wrong, _)| text.contains(wrong)).collect()
}

#[test]
fn one_word_for_each_thing() {
    let mut faults = Vec::new();
    for (place, text) in texts() {
        if THEIRS.iter().any(|path| place.starts_with(path)) {
            continue;
        }
        for (wrong, right) in wrong_words(&text) {
            faults.push(format!("{place}: 「{wrong}」, say 「{right}」: {text}"));
        }
    }
    assert!(faults.is_empty(), "{} texts\n{}", faults.len(), faults.join("\n"));
}

/// Terms of the table that a newcomer can't read off the word itself; each has its help at a 「?」.
#[test]
fn every_term_that_needs_it_is_explained_and_marked_on_a_screen() {
    use fairdraw::ui::text::help::Term as Helped;
    let names: Vec<&str> = Helped::ALL.iter().map(|term| term.help().name).collect();
    // plain words, said by themselves; 封签 with 封存
    let plain = [
        "单位",
        "检查对象",
        "单元",
        "名录",
        "名册",
        "执法人员",
        "规则",
        "更换",
        "作废",
        "封签",
        "任务单",
        "检查表",
        "无法识别",
        // said with 可信程度
        "时间戳",
        "信标",
        "见证",
    ];
    let unexplained: Vec<&str> =
        TERMS.iter().map(|t| t.0).filter(|term| !names.contains(term) && !plain.contains(term)).collect();
    assert!(unexplained.is_empty(), "without help: {unexplained:?}");
    let idle: Vec<&&str> = plain.iter().filter(|word| names.contains(word)).collect();
    assert!(idle.is_empty(), "{idle:?} have help");
    // each stands beside something on a screen
    let screens: String = sources()
        .iter()
        .filter(|s| s.path.starts_with("ui/screens/"))
        .map(|s| text_of(&format!("src/{}", s.path)))
        .collect();
    let unmarked: Vec<String> =
        Helped::ALL.iter().map(|t| format!("Term::{t:?}")).filter(|t| !screens.contains(t.as_str())).collect();
    assert!(unmarked.is_empty(), "no 「?」 shows {unmarked:?}");
}

#[test]
fn wrong_words_are_found_and_allowed_ones_are_not() {
    assert_eq!(wrong_words("输入公共数字后开启"), [("公共数字", "公开数"), ("公共数", "公开数"), ("开启", "开封")]);
    assert_eq!(wrong_words("检查单位的重点排污单位"), []);
    let named = |word: &str| TERMS.iter().any(|Term(right, ..)| *right == word);
    let clash = TERMS.iter().flat_map(|t| t.3).find(|wrong| named(wrong));
    assert_eq!(clash, None, "a word can't be right and wrong");
}

#[test]
fn the_page_shows_the_terms() {
    let mut part = String::from("| 界面 | code and docs | meaning | not |\n|---|---|---|---|\n");
    for Term(right, english, meaning, wrong) in TERMS {
        let wrong = if wrong.is_empty() { "–".to_owned() } else { wrong.join("、") };
        part.push_str(&format!("| {right} | {english} | {meaning} | {wrong} |\n"));
    }
    part.push_str("\nAllowed in these texts:\n\n");
    for (text, reason) in ALLOWED {
        part.push_str(&format!("- 「{text}」: {reason}\n"));
    }
    hold_part("docs/glossary.md", "terms", &part);
}
