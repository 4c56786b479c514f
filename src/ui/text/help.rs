//! What the terms of the glossary mean, for whoever meets them for the first time: a few plain sentences, an example
//! from daily work, and where it comes from. [`crate::ui::help`] shows them at the 「?」 beside each term.

/// A term that screens explain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Term {
    /// 污染源.
    Site,
    /// 执法主体.
    Body,
    /// 类别.
    Category,
    /// 层.
    Stratum,
    /// 等级.
    Tier,
    /// 频次 λ.
    Frequency,
    /// 预计.
    Expected,
    /// 抽查.
    DrawnCheck,
    /// 必查.
    MandatoryCheck,
    /// 触发式检查.
    TriggeredCheck,
    /// 入选概率.
    InclusionProbability,
    /// 取整.
    Rounding,
    /// 年度种子.
    YearSeed,
    /// 抽样框.
    SamplingFrame,
    /// 封存.
    Seal,
    /// 承诺值.
    Commitment,
    /// 可信程度.
    Trust,
    /// 公开数.
    PublicNumber,
    /// 开封.
    Opening,
    /// 种子.
    Seed,
    /// 键值.
    Key,
    /// 默克尔根.
    Merkle,
    /// 备选.
    Reserve,
    /// 替换.
    Substitution,
    /// 配对.
    Pairing,
    /// 缺口.
    Shortage,
    /// 办法.
    Remedy,
    /// 办结日期.
    Completion,
    /// 公开.
    Disclosure,
    /// 证书.
    Certificate,
    /// 证明.
    Proof,
    /// 核验.
    Verification,
}

/// What is said of a term.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Help {
    /// The word.
    pub name: &'static str,
    /// Two or three plain sentences.
    pub words: &'static str,
    /// How it meets somebody at work.
    pub example: &'static str,
    /// Where it comes from.
    pub article: &'static str,
}

/// The decree's item on double random.
const ITEM_13: &str = "沪环执法〔2023〕154号 第13项";
/// The draw's own published method.
const METHOD: &str = "本程序的抽取办法，随证书公开，任何人可以重算";

impl Term {
    /// All, in the order of the glossary.
    pub const ALL: [Self; 32] = [
        Self::Site,
        Self::Body,
        Self::Category,
        Self::Stratum,
        Self::Tier,
        Self::Frequency,
        Self::Expected,
        Self::DrawnCheck,
        Self::MandatoryCheck,
        Self::TriggeredCheck,
        Self::InclusionProbability,
        Self::Rounding,
        Self::YearSeed,
        Self::SamplingFrame,
        Self::Seal,
        Self::Commitment,
        Self::Trust,
        Self::PublicNumber,
        Self::Opening,
        Self::Seed,
        Self::Key,
        Self::Merkle,
        Self::Reserve,
        Self::Substitution,
        Self::Pairing,
        Self::Shortage,
        Self::Remedy,
        Self::Completion,
        Self::Disclosure,
        Self::Certificate,
        Self::Proof,
        Self::Verification,
    ];

    /// What is said of it.
    #[must_use]
    pub const fn help(self) -> Help {
        HELPS[self as usize]
    }
}

/// What is said, in the order of [`Term::ALL`].
const HELPS: [Help; Term::ALL.len()] = [
    Help {
        name: "污染源",
        words: "名录里的一行：一个有自己的排污许可证或登记号的地方。抽取和检查都以它为对象。一个单位可以有几个污染源。",
        example: "同一家公司在嘉定和青浦各有一个厂区、各有一张许可证，就是两个污染源；年度检查上限按公司合并计算。",
        article: "《排污许可管理条例》第二十五条",
    },
    Help {
        name: "执法主体",
        words: "去检查的那个机构。每个污染源归一个执法主体，名额、力量和公开率都按它统计；它与污染源所在的区不一定相同。",
        example: "市总队直管的大厂坐落在宝山区，名额算在市总队，不占宝山局的力量。",
        article: ITEM_13,
    },
    Help {
        name: "类别",
        words: "同一执法主体之内污染源的分类，如重点、一般、简易监管对象。最低频次和每次检查所需的力量按类别规定。",
        example: "重点监管对象规定每年至少查一次，简易监管对象只规定抽查比例。",
        article: "上海市固定污染源分类监管（2023）第四条",
    },
    Help {
        name: "层",
        words: "一个执法主体的一个类别。名额分到层，抽取在层内各自进行，互不影响。",
        example: "「嘉定局·一般监管对象」是一层：本月这一层抽 12 家，只在这一层里抽。",
        article: METHOD,
    },
    Help {
        name: "等级",
        words: "按风险分划分的档次，A 最需要关注。等级越高，一年里被抽到的机会越大，但没有哪一家的机会是零。",
        example: "B 级降到 C 级，全年平均被查次数从约 1 次降到约 0.3 次。",
        article: "沪环执法〔2023〕154号 第13、14项",
    },
    Help {
        name: "频次 λ",
        words: "按规则一家一年平均被抽查几次。它可以是小数：小数不是查了一部分，而是几年才轮到一次。",
        example: "λ = 0.2 就是平均约五年一次；λ = 4 就是每季度一次。",
        article: "沪环执法〔2023〕154号 第13项；《排污许可管理条例》第二十五条",
    },
    Help {
        name: "预计",
        words: "抽取之前对次数的估计，是平均数，所以带小数。抽取之后以实际抽中的为准。",
        example: "预计 2 月检查 577.3 次，开封后可能是 577 次，也可能是 578 次。",
        article: METHOD,
    },
    Help {
        name: "抽查",
        words: "由随机抽取决定的检查。谁也不能指定某一家，也不能保证某一家不被抽到。",
        example: "本月嘉定局应查 40 次，其中 28 次抽查、12 次必查。",
        article: ITEM_13,
    },
    Help {
        name: "必查",
        words: "按规则到了日子就必须查的，不靠随机：首次申领、延续、变更的质量检查，限期整改到期，问题复查等。",
        example: "一家 3 月 10 日整改到期，3 月的检查对象里一定有它。",
        article: "沪环执法〔2023〕154号 第5、6、8项",
    },
    Help {
        name: "触发式检查",
        words: "因举报、督办、监测异常等事由临时加入当月的检查。须写明事由，记入操作日志，不占抽查的机会。",
        example: "接到夜间偷排举报，当天加入触发式检查；这一家以后被抽到的机会不因此减少。",
        article: "沪环执法〔2023〕154号 第16项",
    },
    Help {
        name: "入选概率",
        words: "本月抽取时这一家被抽中的机会，封存前就已算好并写入抽样框，封存后不能再改。",
        example: "入选概率 8 %：像从 100 个签里摸中 8 个之一。100 % 的是必查，0 的本月不参加并写明原因。",
        article: METHOD,
    },
    Help {
        name: "取整",
        words: "算出来的名额是小数，而检查只能是整数次。多出来的小数进不进位，由事先封存的年度种子决定，不由人挑。",
        example: "某层应抽 2.4 家：有六成机会抽 2 家、四成机会抽 3 家，长年平均正好 2.4 家。",
        article: METHOD,
    },
    Help {
        name: "年度种子",
        words: "每年开始时先封存、再用公开数开出的一个随机数，只做一件事：决定各月名额的小数怎样取整。它不抽任何一家。",
        example: "12 月底封存，次日用双色球开出；以后每个月谁也不能借取整给某个区多加或少给一次检查。",
        article: METHOD,
    },
    Help {
        name: "抽样框",
        words: "本月每一家一行的总表：属于哪一层、入选概率多少、不参加的原因。抽取只从它出发，封存后一个字也不能改。",
        example: "有人问「我们为什么 2 月没抽到」，在抽样框里找到这一行，就能看到当时的入选概率。",
        article: METHOD,
    },
    Help {
        name: "封存",
        words: "在公开数产生之前，把抽样框、规则、名册和公开数的来源一起锁住，得到一个承诺值。封存之后只能开封或公开作废，不能重来。",
        example: "周四上午封存并公布承诺值，当晚双色球开奖，周五开封。",
        article: ITEM_13,
    },
    Help {
        name: "承诺值",
        words: "封签的指纹，64 位字母和数字。先把它公布出去，事后封签若改动一个字，指纹就对不上。",
        example: "把承诺值贴在公告栏或发到工作群留下时间，抽取之后任何人都能核对。",
        article: METHOD,
    },
    Help {
        name: "可信程度",
        words: "一次抽取除本单位自己的话（自证）之外还有谁可以作证：时间戳证明封存在先，信标的号码带签名，见证人另机签名并拒绝第二份记录。",
        example: "封存后把 commitment.tsq 送时间戳机构，取回应答存入，可信程度由「自证」变为「自证＋时间戳」。",
        article: METHOD,
    },
    Help {
        name: "公开数",
        words: "封存时谁也不知道、事后人人查得到的一个数，如双色球开奖号码、收盘指数。它和封签里的秘密一起定出种子。",
        example: "约定用第 2026135 期双色球，开奖后照公告原样输入。",
        article: METHOD,
    },
    Help {
        name: "开封",
        words: "输入公开数，算出种子，抽取名单随即确定。每个封签只能开封一次。",
        example: "开奖次日，两人在场输入两遍号码，开封后名单与配对同时产生。",
        article: ITEM_13,
    },
    Help {
        name: "种子",
        words: "由承诺值、秘密和公开数算出的随机数。有了它，全部票号和抽取结果都能一步步重算出来。",
        example: "审计时把种子和抽样框交给第三方，重算的名单应与公布的一字不差。",
        article: METHOD,
    },
    Help {
        name: "键值",
        words: "每一家由种子得到一个票号，再按入选概率换算成键值。同一层里键值小的先入选，排在后面的依次是备选。",
        example: "一层抽 3 家，键值最小的三家入选，第四小的就是第一备选。入选概率大的，键值更容易小。",
        article: METHOD,
    },
    Help {
        name: "默克尔根",
        words: "把抽样框的所有行逐级合成一个指纹。有了它，只给出一家的那一行和几个中间指纹，就能证明这一行确实在封存的表里。",
        example: "企业只看到自己的一行，看不到别家，仍能核对自己没有被调包。",
        article: METHOD,
    },
    Help {
        name: "备选",
        words: "同一层里没有入选、按键值排好先后的其余各家。入选的已关闭、搬迁或合并时，由排在最前的备选替换。",
        example: "抽中的一家已注销，程序自动取第一备选，次序在开封时就已定好，不能挑。",
        article: METHOD,
    },
    Help {
        name: "替换",
        words: "入选的一家已关闭、搬迁或合并，由同层下一个备选接替。须写明依据，记入操作日志并列入证书。",
        example: "现场发现厂房已拆除，附照片和日期，替换为同层第一备选。",
        article: ITEM_13,
    },
    Help {
        name: "配对",
        words: "第二个随机：为每次检查抽两名执法人员，避开应当回避的，专业相符，轻重大致平均。",
        example: "张三的亲属在某公司任职，这一家不会配给张三。",
        article: "《行政处罚法》第四十二条、第四十三条",
    },
    Help {
        name: "缺口",
        words: "力量、最低频次或人员专业合不上的地方。有缺口时计划做不到，程序写明差在哪里、差多少。",
        example: "2 月工作日少，某区最低频次要 60 队日，只有 45 队日。",
        article: ITEM_13,
    },
    Help {
        name: "办法",
        words: "消除缺口的一种改动，并写明代价：把检查挪到别的月份、借调力量，或有依据地降低某项最低频次。",
        example: "把 2 月的 15 次挪到 3 月，全年次数不变。",
        article: ITEM_13,
    },
    Help {
        name: "办结日期",
        words: "这项检查全部办完的日子。公开期限从办结的第二天算起，只数工作日。",
        example: "3 月 4 日现场检查，3 月 5 日结案，办结日期写 3 月 5 日，期限从 3 月 6 日起数二十个工作日。",
        article: ITEM_13,
    },
    Help {
        name: "公开",
        words: "检查结果在网站或公示平台上公布。办结后二十个工作日之内都要公开，应为百分之百；依法不公开的要写明条款。",
        example: "周五已在网站公布、周一才来登记，登记时把公开日期写成周五。",
        article: ITEM_13,
    },
    Help {
        name: "证书",
        words: "一次抽取的全部证据：承诺值、公开数、种子、各层名额与抽中的对象。凭它不需要名录也能核验抽取。",
        example: "本月检查全部完成后公布证书，媒体和企业都能自己核验。",
        article: METHOD,
    },
    Help {
        name: "证明",
        words: "给一家看的一页：它在抽样框里的那一行、入选概率，以及开封后它的票号。不含其他各家。",
        example: "企业问「为什么又抽到我们」，出具本单位抽取证明，凭承诺值即可核对。",
        article: METHOD,
    },
    Help {
        name: "核验",
        words: "拿公布的材料把抽取从头重算一遍，看结果是否一致。任何一步对不上都会指出是哪一步。",
        example: "上级抽查时选中 2 月的证书，几秒钟给出逐步结论。",
        article: METHOD,
    },
];

/// Before the example.
pub const EXAMPLE: &str = "例如";
/// Before the source.
pub const ARTICLE: &str = "依据";

/// Name of the mark beside a term.
#[must_use]
pub fn mark(name: &str) -> String {
    format!("{name}是什么")
}

/// Name of the 「?」 of sentences that have no room.
#[must_use]
pub fn said(words: &str) -> String {
    format!("说明：{words}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_term_has_its_own_words_in_a_few_sentences() {
        for (at, term) in Term::ALL.into_iter().enumerate() {
            assert_eq!(term as usize, at, "{term:?} stands where its words stand");
            let Help { name, words, example, article } = term.help();
            let sentences = words.matches(['。', '；']).count();
            assert!((1..=4).contains(&sentences), "{name}: {sentences} sentences");
            assert!(words.chars().count() <= 110 && example.chars().count() <= 80, "{name} is too long");
            assert!(!example.is_empty() && !article.is_empty(), "{name}");
        }
        let names: std::collections::BTreeSet<&str> = Term::ALL.iter().map(|term| term.help().name).collect();
        assert_eq!(names.len(), Term::ALL.len());
    }
}
