//! What the words of a check's result say, clause by clause.
//!
//! One reading for results that come in (`disclosure`) and for past checks (`registry`). The vocabulary is that of the
//! public platforms (未发现问题 … 搬迁或关闭; 企业信用信息公示系统's eight results of a random check), the method for
//! free words this: a denial (未发现, 无…问题, 不存在) reaches to the end of its clause or to the next statement
//! (但, 发现, 责令); what stands in its reach is denied. A problem that is stated anywhere outweighs what is denied
//! elsewhere. Words that say nothing of these are not read: no clause is guessed.

use crate::text::fold_width;

/// What a result says. Several may be said at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ResultWords {
    /// That nothing was found.
    pub clear: bool,
    /// That a problem was found.
    pub problem: bool,
    /// That it was ordered to be mended, or is mended.
    pub ordered: bool,
    /// That it is left to be dealt with: a case, a transfer, a penalty.
    pub pending: bool,
    /// That the check was hindered.
    pub obstructed: bool,
    /// That the unit stood still, or does not do what was to be checked.
    pub stopped: bool,
    /// That the unit moved, closed or can't be found.
    pub gone: bool,
}

/// What a word says.
#[derive(Clone, Copy, PartialEq)]
enum Says {
    /// Denies what follows in its clause, which must be something that could be found.
    Denial,
    /// Denies what it names and what follows in its clause.
    Clean,
    /// Something is well.
    Well,
    /// Ends the reach of a denial; what was found follows.
    Found,
    /// Ends the reach of a denial.
    Turn,
    Problem,
    Ordered,
    Pending,
    Obstructed,
    Stopped,
    Gone,
    /// Known, and says nothing of the result (不予处罚, 不予立案).
    Nothing,
    /// Leaves open what the result is: the whole text is not read.
    Open,
}

/// Words and what they say; of two that begin at one place the longer counts.
const WORDS: &[(&str, Says)] = &[
    ("未发现开展本次抽查涉及的经营活动", Says::Stopped),
    ("未发现开展经营活动", Says::Stopped),
    ("未发现从事相关经营活动", Says::Stopped),
    ("未按规定公示应当公示的信息", Says::Problem),
    ("公示信息隐瞒真实情况", Says::Problem),
    ("弄虚作假", Says::Problem),
    ("通过登记的住所(经营场所)无法联系", Says::Gone),
    ("通过登记的住所无法联系", Says::Gone),
    ("无法取得联系", Says::Gone),
    ("无法联系", Says::Gone),
    ("查无下落", Says::Gone),
    ("查无此单位", Says::Gone),
    ("查无此企业", Says::Gone),
    ("人去楼空", Says::Gone),
    ("已拆除", Says::Gone),
    ("已拆迁", Says::Gone),
    ("已关闭停业", Says::Gone),
    ("正在组织清算", Says::Gone),
    ("搬迁或关闭", Says::Gone),
    ("搬迁", Says::Gone),
    ("迁出", Says::Gone),
    ("关闭", Says::Gone),
    ("关停", Says::Gone),
    ("注销", Says::Gone),
    ("未搬迁", Says::Nothing),
    ("未关闭", Says::Nothing),
    ("拟搬迁", Says::Open),
    ("拟关闭", Says::Open),
    ("停产整治", Says::Open),
    ("停产整改", Says::Open),
    ("责令停产整治", Says::Pending),
    ("责令停产", Says::Pending),
    ("季节性停产", Says::Stopped),
    ("停产停业", Says::Stopped),
    ("停产", Says::Stopped),
    ("停业", Says::Stopped),
    ("停运", Says::Stopped),
    ("无生产", Says::Stopped),
    ("未生产", Says::Stopped),
    ("未停产", Says::Nothing),
    ("部分停产", Says::Open),
    ("不配合检查情节严重", Says::Obstructed),
    ("不配合", Says::Obstructed),
    ("拒绝检查", Says::Obstructed),
    ("拒不配合", Says::Obstructed),
    ("阻挠检查", Says::Obstructed),
    ("阻挠", Says::Obstructed),
    ("未发现", Says::Denial),
    ("没有发现", Says::Denial),
    ("没发现", Says::Denial),
    ("未见异常", Says::Clean),
    ("未见违法", Says::Clean),
    ("未见问题", Says::Clean),
    ("未见明显", Says::Denial),
    ("未出现", Says::Denial),
    ("没有", Says::Denial),
    ("无任何", Says::Denial),
    ("无明显", Says::Denial),
    ("未查见", Says::Denial),
    ("未查出", Says::Denial),
    ("未查实", Says::Denial),
    ("未存在", Says::Denial),
    ("不存在", Says::Denial),
    ("没有问题", Says::Clean),
    ("没有违法", Says::Clean),
    ("没问题", Says::Clean),
    ("无问题", Says::Clean),
    ("无环境问题", Says::Clean),
    ("无违法", Says::Clean),
    ("无违规", Says::Clean),
    ("无环境违法", Says::Clean),
    ("无异常", Says::Clean),
    ("无超标", Says::Clean),
    ("不构成违法", Says::Clean),
    ("未构成违法", Says::Clean),
    ("未超标", Says::Clean),
    ("无需整改", Says::Nothing),
    ("无需改正", Says::Nothing),
    ("不需整改", Says::Nothing),
    ("正常", Says::Well),
    ("合格", Says::Well),
    ("符合要求", Says::Well),
    ("符合规定", Says::Well),
    ("符合标准", Says::Well),
    ("符合", Says::Well),
    ("达标", Says::Well),
    ("良好", Says::Well),
    ("基本合格", Says::Open),
    ("基本符合", Says::Open),
    ("基本正常", Says::Open),
    ("基本达标", Says::Open),
    ("不合格", Says::Problem),
    ("不符合", Says::Problem),
    ("不达标", Says::Problem),
    ("未达标", Says::Problem),
    ("不正常", Says::Problem),
    ("非正常", Says::Problem),
    ("未正常", Says::Problem),
    ("未能正常", Says::Problem),
    ("异常", Says::Problem),
    ("超标", Says::Problem),
    ("违法", Says::Problem),
    ("违规", Says::Problem),
    ("问题", Says::Problem),
    ("隐患", Says::Problem),
    ("无证排污", Says::Problem),
    ("环境污染", Says::Problem),
    ("污染环境", Says::Problem),
    ("跑冒滴漏", Says::Problem),
    ("没有正常", Says::Problem),
    ("恢复正常", Says::Nothing),
    ("警告", Says::Pending),
    ("直排", Says::Problem),
    ("偷排", Says::Problem),
    ("不规范", Says::Problem),
    ("不完善", Says::Problem),
    ("不到位", Says::Problem),
    ("不齐全", Says::Problem),
    ("缺失", Says::Problem),
    ("泄漏", Says::Problem),
    ("未按", Says::Problem),
    ("未办理", Says::Problem),
    ("未取得", Says::Problem),
    ("未建立", Says::Problem),
    ("未落实", Says::Problem),
    ("未开展", Says::Problem),
    ("未安装", Says::Problem),
    ("未运行", Says::Problem),
    ("未整改", Says::Pending),
    ("未改正", Says::Pending),
    ("拒不改正", Says::Pending),
    ("整改不到位", Says::Pending),
    ("发现", Says::Found),
    ("存在", Says::Found),
    ("但", Says::Turn),
    ("后续", Says::Turn),
    ("另", Says::Turn),
    ("责令", Says::Ordered),
    ("限期整改", Says::Ordered),
    ("限期改正", Says::Ordered),
    ("整改", Says::Ordered),
    ("改正", Says::Ordered),
    ("未责令", Says::Nothing),
    ("立案", Says::Pending),
    ("不予立案", Says::Nothing),
    ("未立案", Says::Nothing),
    ("移送", Says::Pending),
    ("移交", Says::Pending),
    ("查处", Says::Pending),
    ("行政处罚", Says::Pending),
    ("处罚", Says::Pending),
    ("罚款", Says::Pending),
    ("不予处罚", Says::Nothing),
    ("不予行政处罚", Says::Nothing),
    ("免予处罚", Says::Nothing),
    ("免罚", Says::Nothing),
    ("未处罚", Says::Nothing),
    ("待后续处理", Says::Pending),
    ("待处理", Says::Pending),
    ("查封", Says::Pending),
    ("扣押", Says::Pending),
];

/// Characters that turn a word into its opposite or leave it open, where they stand before it in its clause.
const REVERSING: &str = "不未非无没难欠差待应须需免拟";

/// What a result's words say; `None` where they say nothing that is known, or leave it open.
///
/// Blanks don't matter, full width equals half width; ticks and single figures say nothing.
#[must_use]
pub fn read_result(text: &str) -> Option<ResultWords> {
    let text: String = fold_width(text).chars().filter(|c| !c.is_whitespace()).collect();
    let mut words = ResultWords::default();
    let mut clause = Clause::default();
    let mut rest = text.as_str();
    while let Some(first) = rest.chars().next() {
        let longest = WORDS.iter().filter(|(word, _)| rest.starts_with(word)).max_by_key(|(word, _)| word.len());
        let Some((word, says)) = longest else {
            if matches!(first, ',' | ';' | '。' | '.' | '!' | ':' | '(' | ')') {
                if clause.is_open() {
                    return None;
                }
                clause = Clause::default();
            }
            clause.reversed |= REVERSING.contains(first);
            rest = &rest[first.len_utf8()..];
            continue;
        };
        rest = &rest[word.len()..];
        match says {
            Says::Open => return None,
            Says::Turn | Says::Found if clause.denial => return None,
            Says::Turn => clause = Clause::default(),
            Says::Found => clause = Clause { found: true, ..Clause::default() },
            Says::Denial => clause = Clause { denied: true, denial: true, ..Clause::default() },
            Says::Clean => {
                words.clear = true;
                clause = Clause { denied: true, ..Clause::default() };
            }
            Says::Nothing => clause.found = false,
            // A measure is taken, never looked for: it ends what is denied before it.
            Says::Ordered | Says::Pending => {
                if clause.denial {
                    return None;
                }
                if clause.reversed {
                    words.pending = true;
                } else {
                    words.set(*says);
                }
                clause = Clause::default();
            }
            _ if clause.denied => {
                words.clear |= clause.denial;
                clause.denial = false;
            }
            // 不太正常, 应符合, 无明显违法: turned about by what stands before it.
            _ if clause.reversed => return None,
            Says::Well if clause.found => return None,
            says => {
                words.set(*says);
                clause.found = false;
            }
        }
    }
    if clause.is_open() {
        return None;
    }
    // 整改合格: what is well now was a problem.
    words.problem |= words.ordered || words.pending;
    (words != ResultWords::default()).then_some(words)
}

/// What is known of the clause being read.
#[derive(Clone, Copy, Default)]
struct Clause {
    /// In the reach of a denial.
    denied: bool,
    /// The denial has not met yet what it denies.
    denial: bool,
    /// Something was found, and nothing has followed yet.
    found: bool,
    /// A character stands before that turns words about.
    reversed: bool,
}

impl Clause {
    /// True where the clause must not end yet.
    fn is_open(self) -> bool {
        self.denial || self.found
    }
}

impl ResultWords {
    fn set(&mut self, says: Says) {
        match says {
            Says::Well => self.clear = true,
            Says::Problem => self.problem = true,
            Says::Ordered => self.ordered = true,
            Says::Pending => self.pending = true,
            Says::Obstructed => self.obstructed = true,
            Says::Stopped => self.stopped = true,
            Says::Gone => self.gone = true,
            Says::Denial | Says::Clean | Says::Found | Says::Turn | Says::Nothing | Says::Open => {}
        }
    }

    /// Whether a problem was found; `None` where the unit was not there to be checked, or the words leave it open.
    #[must_use]
    pub fn has_problem(self) -> Option<bool> {
        if self.problem || self.obstructed {
            Some(true)
        } else if self.clear && !self.stopped && !self.gone {
            Some(false)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_that_is_stated_outweighs_what_is_denied() {
        for (text, problem) in [
            ("未发现问题", Some(false)),
            ("未发现违法违规行为；", Some(false)),
            ("无违法违规行为", Some(false)),
            ("设施运行正常，台账齐全", Some(false)),
            ("现场未发现废水直排，发现危废贮存不规范，责令改正", Some(true)),
            ("未发现无证排污，但存在台账缺失问题", Some(true)),
            ("经查无问题后续发现在线监测不正常", Some(true)),
            ("污染防治设施未正常运行", Some(true)),
            ("污染防治设施运行不正常", Some(true)),
            ("未按规定公示应当公示的信息", Some(true)),
            ("轻微违法不予处罚", Some(true)),
            ("已整改合格", Some(true)),
            ("移送公安", Some(true)),
            ("未完成整改", Some(true)),
            ("未发现开展本次抽查涉及的经营活动", None),
            ("通过登记的住所（经营场所）无法联系", None),
            ("停产", None),
        ] {
            let words = read_result(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(words.has_problem(), problem, "{text}");
        }
    }

    #[test]
    fn what_leaves_it_open_is_not_read() {
        for text in [
            "",
            "√",
            "1",
            "无",
            "—",
            "基本合格",
            "设施不太正常",
            "未发现废水直排，发现有臭味",
            "未发现该企业",
            "查无实据",
            "停产整治",
            "发现设施运行正常",
            "台账不存在",
            "不予处罚",
            "拟关闭",
            "没有明火",
            "部分停产",
        ] {
            assert_eq!(read_result(text), None, "{text}");
        }
    }
}
