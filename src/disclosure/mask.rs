//! Masking of personal data in public lists.
//!
//! What is masked: names and codes of individual businesses (个体工商户: code beginning with 92, or told by
//! their name), identity numbers (18 characters by GB 11643-1999, or the older 15 digits) wherever they stand,
//! also inside old registration numbers; passports and permits; telephone numbers; bank cards; e-mail and messenger
//! accounts; number plates; personal names in running text: however they are grouped and in whichever digits. Marks
//! that nobody sees (zero width, direction of writing) go, so that none can hide in them or turn a text around. Basis:
//! 《个人信息保护法》第34、73条, 《政府信息公开条例》第15条. Where in doubt it masks.
//!
//! Every public writer takes its texts through here. What is sealed can't be masked afterwards: such texts are
//! refused before ([`super::check_public_words`]).
//!
//! Companies (code beginning with 91 and others) keep their name and code: these are public by law, also
//! where a company is named after a person.

mod announce;
mod contacts;
mod digits;
mod numbers;
mod people;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use self::contacts::hide_contacts;
use self::digits::{figure, with_lookalikes};
use self::numbers::hide_numbers;
use self::people::{hide_names, looks_like_a_person, mask_individual_name, mask_person_in_brackets};
use super::names::{ORGANISATION_WORDS, SMALL_ENDINGS};
use crate::domain::{PermitForm, PermitNumber, Uscc, has_identity};
use crate::text::{fold_width, half_width, is_noise};

/// How many items were masked, by kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct MaskCounts {
    /// Individual businesses.
    pub individuals: u64,
    /// Identity numbers.
    pub identities: u64,
    /// Passports, permits of residence and of travel.
    pub papers: u64,
    /// Telephone numbers.
    pub phones: u64,
    /// Bank cards and accounts.
    pub cards: u64,
    /// E-mail addresses.
    pub mails: u64,
    /// Messengers' accounts.
    pub accounts: u64,
    /// Number plates.
    pub plates: u64,
    /// Personal names in running text.
    pub names: u64,
    /// Texts with marks that nobody sees.
    pub marks: u64,
}

impl MaskCounts {
    /// The kinds with what they are called and how many there are.
    #[must_use]
    pub fn kinds(&self) -> [(&'static str, u64); 10] {
        [
            ("个体经营者", self.individuals),
            ("身份证号", self.identities),
            ("护照等证件", self.papers),
            ("电话", self.phones),
            ("银行卡号", self.cards),
            ("电子邮箱", self.mails),
            ("微信、QQ 等账号", self.accounts),
            ("车牌号", self.plates),
            ("姓名", self.names),
            ("不可见字符", self.marks),
        ]
    }

    /// `身份证号 1 处，电话 2 处`; empty where nothing was masked.
    #[must_use]
    pub fn words(&self) -> String {
        let found = self.kinds().into_iter().filter(|(_, count)| *count > 0);
        found.map(|(kind, count)| format!("{kind} {count} 处")).collect::<Vec<_>>().join("，")
    }

    /// True where nothing was masked.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Adds what was masked elsewhere.
    pub fn add(&mut self, other: &Self) {
        let own = [
            &mut self.individuals,
            &mut self.identities,
            &mut self.papers,
            &mut self.phones,
            &mut self.cards,
            &mut self.mails,
            &mut self.accounts,
            &mut self.plates,
            &mut self.names,
            &mut self.marks,
        ];
        own.into_iter().zip(other.kinds()).for_each(|(own, (_, more))| *own += more);
    }
}

/// A text that was masked, for the operator's eyes before it goes out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MaskFinding {
    /// Where it stands.
    pub place: String,
    /// As it was entered.
    pub before: String,
    /// As it goes out.
    pub after: String,
}

/// What was masked: how often, and where.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MaskLog {
    /// By kind.
    pub counts: MaskCounts,
    /// The texts.
    pub found: Vec<MaskFinding>,
}

impl MaskLog {
    /// Notes a text that goes out otherwise than it was entered.
    pub fn note(&mut self, place: &str, before: &str, after: &str) {
        if before != after {
            let place = place.to_owned();
            self.found.push(MaskFinding { place, before: before.to_owned(), after: after.to_owned() });
        }
    }

    /// Adds what was masked elsewhere.
    pub fn append(&mut self, mut other: Self) {
        self.counts.add(&other.counts);
        self.found.append(&mut other.found);
    }
}

/// Masks texts; knows the names that must be replaced (inspectors, by their certificate number).
#[derive(Debug, Clone, Default)]
pub struct Masker {
    /// Names by their first two characters, each with what stands in its place, the longest first: a nation has
    /// tens of thousands of inspectors.
    known: BTreeMap<[char; 2], Vec<(Vec<char>, String)>>,
}

impl Masker {
    /// A masker that also replaces the known personal names (name, replacement), e.g. an inspector's name by
    /// the certificate number. Names of fewer than two characters are ignored.
    pub fn new(known: impl IntoIterator<Item = (String, String)>) -> Self {
        let sorted: BTreeMap<String, String> = known.into_iter().filter(|(n, _)| n.chars().count() >= 2).collect();
        let mut known: BTreeMap<[char; 2], Vec<(Vec<char>, String)>> = BTreeMap::new();
        for (name, by) in sorted {
            let name: Vec<char> = name.chars().collect();
            if let Some(head) = name.first_chunk::<2>() {
                known.entry(*head).or_default().push((name, by));
            }
        }
        for alike in known.values_mut() {
            alike.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| a.0.cmp(&b.0)));
        }
        Self { known }
    }

    /// The longest known name that a text begins with, and what stands for it.
    fn known_at(&self, text: &[char]) -> Option<&(Vec<char>, String)> {
        self.known.get(text.first_chunk::<2>()?)?.iter().find(|(name, _)| text.starts_with(name))
    }

    /// True where the unit is, or may be, a natural person's business.
    #[must_use]
    pub fn is_individual(&self, name: &str, uscc: Option<&str>, number: &str) -> bool {
        if let Some(code) = uscc.filter(|code| Uscc::parse(code).is_ok()) {
            return code.starts_with("92");
        }
        let number = PermitNumber::parse(number);
        if let Some(code) = number.as_ref().and_then(PermitNumber::uscc) {
            return code.as_str().starts_with("92");
        }
        let folded: String = fold_width(name).chars().filter(|c| !c.is_whitespace()).collect();
        let code_of_a_person = number.as_ref().is_some_and(|n| {
            (n.form() == PermitForm::Other || n.form() == PermitForm::Standard) && n.as_str().starts_with("92")
                || has_identity(n.as_str())
        });
        if code_of_a_person || folded.contains("个体") {
            return true;
        }
        let chars: Vec<char> = folded.chars().collect();
        if looks_like_a_person(&chars) {
            return true;
        }
        !ORGANISATION_WORDS.iter().any(|word| folded.contains(word))
            && SMALL_ENDINGS.iter().any(|ending| folded.split('(').next().is_some_and(|stem| stem.ends_with(ending)))
    }

    /// The unit's name as it may be published, and whether anything was masked.
    pub fn mask_unit_name(&self, name: &str, individual: bool, counts: &mut MaskCounts) -> String {
        let before = *counts;
        let mut text = self.mask_text(name, counts);
        if individual {
            text = mask_individual_name(&text);
            if *counts == before && text != name {
                counts.individuals += 1;
            }
        } else {
            text = mask_person_in_brackets(&text, counts);
        }
        text
    }

    /// The code as it may be published: an individual's keeps its first eight and last two characters.
    pub fn mask_code(&self, code: &str, individual: bool, counts: &mut MaskCounts) -> String {
        if individual {
            counts.individuals += 1;
            return cover(code, 8, 2);
        }
        if Uscc::parse(code).is_ok() { code.to_owned() } else { self.mask_text(code, counts) }
    }

    /// The permit or registration number as it may be published.
    pub fn mask_number(&self, number: &str, individual: bool, counts: &mut MaskCounts) -> String {
        let masked = self.mask_text(number, counts);
        if individual && masked == number {
            // Standard numbers keep their tail (site number and letter); others only their beginning.
            let tail = if number.chars().count() == 22 { 4 } else { 0 };
            return cover(number, 8, tail);
        }
        masked
    }

    /// Running text without personal data and without marks that nobody sees.
    pub fn mask_text(&self, text: &str, counts: &mut MaskCounts) -> String {
        let original: Vec<char> = text.chars().filter(|c| !is_hidden(*c)).map(shown).collect();
        if original.len() < text.chars().count() {
            counts.marks += 1;
        }
        let folded: Vec<char> = original.iter().map(|c| half_width(*c)).collect();
        let mut hide = vec![false; original.len()];
        hide_contacts(&folded, &mut hide, counts);
        hide_numbers(&folded, &mut hide, counts);
        // once more with every numeral taken for its digit: 一三八…, and ① beside 1
        let figures: Vec<char> = original.iter().map(|c| figure(*c)).collect();
        if figures != folded {
            hide_numbers(&figures, &mut hide, counts);
        }
        let alike = with_lookalikes(&figures);
        if alike != figures {
            hide_numbers(&alike, &mut hide, counts);
        }
        hide_names(&folded, &mut hide, counts);
        let mut out = String::with_capacity(text.len());
        let mut i = 0;
        while i < original.len() {
            // Known names go first: they are replaced by what stands for them, not starred out.
            if let Some((name, by)) = self.known_at(&folded[i..]) {
                counts.names += 1;
                out.push_str(by);
                i += name.len();
                continue;
            }
            out.push(if hide[i] { '*' } else { original[i] });
            i += 1;
        }
        out
    }

    /// As [`Masker::mask_text`], with what was masked noted under its place.
    pub fn mask_noted(&self, text: &str, place: &str, log: &mut MaskLog) -> String {
        let masked = self.mask_text(text, &mut log.counts);
        log.note(place, text, &masked);
        masked
    }
}

/// Marks that nobody sees: zero width, direction of writing, fillers, control characters but for the line's end.
fn is_hidden(c: char) -> bool {
    !matches!(c, '\n' | '\t' | '\r')
        && (is_noise(c)
            || matches!(
                c,
                '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180e}'
                    | '\u{2028}' | '\u{2029}' | '\u{206a}'..='\u{206f}' | '\u{3164}' | '\u{fff9}'..='\u{fffb}' | '\u{ffa0}'
                    | '\u{e0000}'..='\u{e007f}'
            ))
}

/// A tab or a carriage return is a blank: at the head of a cell a spreadsheet would read on as a formula.
fn shown(c: char) -> char {
    if matches!(c, '\t' | '\r') { ' ' } else { c }
}

/// Keeps the first `head` and the last `tail` characters, stars between; a short text is starred whole.
fn cover(text: &str, head: usize, tail: usize) -> String {
    let chars: Vec<char> = text.chars().collect();
    let (head, tail) = if chars.len() > head + tail + 3 { (head, tail) } else { (0, 0) };
    chars.iter().enumerate().map(|(i, c)| if i < head || i + tail >= chars.len() { *c } else { '*' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(input: &str) -> String {
        Masker::default().mask_text(input, &mut MaskCounts::default())
    }

    #[test]
    fn identity_numbers_go_wherever_they_stand() {
        for (input, wanted) in [
            ("身份证310113197503021234。", "身份证310113************。"),
            ("３１０１１３１９７５０３０２１２３Ｘ", "３１０１１３************"),
            ("310113 19750302 1234", "310113 ******** ****"),
            ("310113197503021234001W", "310113************001W"),
            ("hb310113197503021234", "hb310113************"),
            ("310113750302123", "310113*********"),
            ("31011375030212301", "310113*********01"),
            ("L310113750302123", "L310113*********"),
        ] {
            assert_eq!(text(input), wanted, "{input}");
        }
        // No identity numbers: a registration number without a date inside, codes of organisations.
        for same in [
            "310115000012345",
            "91310000802100433B",
            "911302307808371268",
            "91130200699229617X001P",
            "12310120425006133D",
            "2026-03-05",
            "沪环罚〔2026〕310115号",
            "合计 123456789012 元",
        ] {
            assert_eq!(text(same), same);
        }
    }

    #[test]
    fn telephone_numbers_go() {
        for (input, wanted) in [
            ("电话13812345678", "电话138********"),
            ("+86 138-1234-5678", "+86 138-****-****"),
            ("１３８１２３４５６７８", "１３８********"),
            ("8613812345678", "86138********"),
            ("021-62345678", "021-********"),
            ("(021)62345678", "(021)********"),
            ("0512-6234567", "0512-*******"),
            ("联系电话：62345678", "联系电话：********"),
            ("电话：(021)6234 5678", "电话：(021)**** ****"),
            ("QQ 12345678", "QQ ********"),
        ] {
            let masked = text(input);
            assert!(!masked.contains("345678") && !masked.contains("234567"), "{input}: {masked}");
            assert_eq!(masked, wanted, "{input}");
        }
        for same in ["20260305", "2026-03-05 14:30", "62345678 吨", "计划编码 202703-310115-0012", "GB 18597-2023"]
        {
            assert_eq!(text(same), same);
        }
    }

    #[test]
    fn what_is_written_for_a_digit_a_dash_or_a_sign_is_read_as_it() {
        for (input, wanted) in [
            ("138一1234一5678", "138一****一****"),
            ("138转1234转5678", "138转****转****"),
            ("l38O123456O", "l38********"),
            ("138;1234:5678", "138;****:****"),
            ("zhang7#qq.com", "******#******"),
            ("zhang7 at qq dot com", "****** at ** *** ***"),
            ("加V zhang7788", "加V *********"),
        ] {
            assert_eq!(text(input), wanted, "{input}");
        }
        for same in [
            "2#废气排口1.5mg",
            "增加VOCs治理设施",
            "确保安全生产",
            "项目经理部",
            "1#、2#、3#炉",
            "13:45:12 至 14:20:08",
        ] {
            assert_eq!(text(same), same);
        }
    }

    #[test]
    fn personal_names_in_running_text_go() {
        for (input, wanted) in [
            ("现场负责人张三丰承认未安装", "现场负责人张**承认未安装"),
            ("法定代表人：李四", "法定代表人：李*"),
            ("联系人王五 13800000000", "联系人王* 138********"),
            ("经营者为欧阳锋，已责令改正", "经营者为欧阳*，已责令改正"),
            ("执法人员张三、李四到场", "执法人员张*、李*到场"),
            ("由赵六先生陪同", "由赵*先生陪同"),
            ("负责人（钱七）签字", "负责人（钱*）签字"),
            ("法人代表系王芳", "法人代表系王*"),
            ("员工张伟称", "员工张*称"),
            ("当事人王某某拒绝签字", "当事人王某某拒绝签字"),
        ] {
            assert_eq!(text(input), wanted, "{input}");
        }
        for same in [
            "负责人不在现场",
            "负责人于现场确认",
            "检查人员查阅台账",
            "执法人员全程录像",
            "车间主任已签收",
            "责令改正，限期三十日",
            "法人单位已变更",
            "项目经理",
            "废气处理设施管理不善",
            "负责人应当及时改正",
            "已告知当事人陈述申辩权利",
            "业主方已整改",
            "负责人任命文件缺失",
            "罚款13800000000元",
        ] {
            assert_eq!(text(same), same);
        }
    }

    #[test]
    fn individual_businesses_keep_place_and_trade_only() {
        let masker = Masker::default();
        let name = |n: &str| masker.mask_unit_name(n, true, &mut MaskCounts::default());
        assert_eq!(name("上海市宝山区张三五金加工店"), "上海市宝山区**五金加工店");
        assert_eq!(name("张三"), "张*");
        assert_eq!(name("欧阳锋"), "欧阳*");
        assert_eq!(name("上海市崇明区李长镇豆制品加工坊"), "上海市崇明区**豆制品加工坊");
        assert_eq!(name("王五（个体工商户）"), "王*（个体工商户）");
        assert_eq!(name("青浦区老街餐饮店（李四）"), "青浦区**餐饮店（**）");
        assert_eq!(name("奉贤区阿珍便利店"), "奉贤区**店");
        assert_eq!(name("奉贤区汽车修理店"), "奉贤区汽车修理店");
    }

    #[test]
    fn individuals_are_told_by_code_then_by_name() {
        let masker = Masker::default();
        let mut code = b"92310113MA1HK4TX0".to_vec();
        code[16] = Uscc::organisation_character(&code[8..16]);
        code.push(Uscc::check_character(&code));
        let code = String::from_utf8(code).unwrap();
        assert!(Uscc::parse(&code).is_ok());
        assert!(masker.is_individual("上海某某有限公司", Some(&code), ""));
        assert!(masker.is_individual("某某汽修", None, &format!("{code}001W")));
        assert!(
            !masker.is_individual("张三", Some("91310000802100433B"), "") || Uscc::parse("91310000802100433B").is_err()
        );
        assert!(!masker.is_individual("张小泉剪刀店", Some("91110000802100433B"), ""));
        assert!(masker.is_individual("张小泉剪刀店", None, "310115000012345"));
        assert!(masker.is_individual("某某加工厂", None, "310113197503021234001W"));
        assert!(masker.is_individual("李四", None, ""));
        assert!(masker.is_individual("上海阿明电器修理部（王明）", None, ""));
        assert!(!masker.is_individual("上海石化", None, ""));
        assert!(!masker.is_individual("上海张小泉刀剪有限公司", None, ""));
        let mut counts = MaskCounts::default();
        assert_eq!(masker.mask_code(&code, true, &mut counts), format!("92310113********{}", code.get(16..).unwrap()));
        let number = masker.mask_number(&format!("{code}001W"), true, &mut counts);
        assert!(number.starts_with("92310113**********") && number.ends_with("001W"), "{number}");
        assert_eq!(masker.mask_code("91110000802100433B", false, &mut counts), "91110000802100433B");
    }

    #[test]
    fn organisations_keep_their_names() {
        let masker = Masker::default();
        for same in
            ["上海张小泉刀剪有限公司", "江南造船（集团）有限责任公司", "上海某某化工厂（金山）", "某某企业（有限合伙）"]
        {
            assert_eq!(masker.mask_unit_name(same, false, &mut MaskCounts::default()), same);
        }
        assert_eq!(
            masker.mask_unit_name("上海某某服装厂（张三）", false, &mut MaskCounts::default()),
            "上海某某服装厂（张*）"
        );
    }

    #[test]
    fn known_names_become_certificate_numbers() {
        let masker = Masker::new([("诸星团".to_owned(), "沪-31011501".to_owned()), ("刚".to_owned(), "x".to_owned())]);
        let mut counts = MaskCounts::default();
        assert_eq!(masker.mask_text("由诸星团刚检查", &mut counts), "由沪-31011501刚检查");
        assert_eq!(counts.names, 1);
    }
}
