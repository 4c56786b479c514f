//! Texts of 月度抽取.

/// Title.
pub const TITLE: &str = "月度抽取";
/// Steps.
pub const STEPS: [&str; 6] = ["冻结", "封存", "公布与等待", "录入公开数", "开封抽取", "配对"];
/// The fifth step of the year.
pub const STEP_YEAR_OPEN: &str = "开封取种子";
/// Words for a step's state.
pub const STEP_DONE: &str = "已完成";
/// The first step's name between the review and the sealing, which freezes.
pub const STEP_REVIEWED: &str = "已核对";
/// What that means.
pub const STEP_REVIEWED_HINT: &str = "已核对，封存时一并冻结";
/// The step at hand.
pub const STEP_NOW: &str = "当前步骤";
/// A step that is locked.
pub const STEP_LATER: &str = "未到，已锁定";
/// Gives the ceremony the whole screen.
pub const STAGE: &str = "全屏抽取";
/// Gives it back.
pub const STAGE_LEAVE: &str = "退出全屏 Esc";
/// Year's seed.
pub const YEAR_SEED: &str = "年度种子";
/// Why the year comes first.
pub const YEAR_WHY: &str = "为什么先做这一步：各区各类每月应查的次数算出来带小数（如 2.4 次），进一还是舍去不能由人挑，\
    要由一个事先封存、公开开出的随机数来定，这就是年度种子。每年只做一次，须在第一个月之前完成。";
/// A read-only project.
pub const READ_ONLY: &str = "项目以只读方式打开，不能封存或开封";
/// Something is under way.
pub const ACTING: &str = "正在处理，请稍候";
/// The analysis is missing.
pub const NO_ANALYSIS: &str = "风险与年度计划还没有算好";

/// A seal of another period waits.
pub fn elsewhere(period: &str) -> String {
    format!("{period} 的封存尚未开封")
}
/// What follows from it.
pub const ELSEWHERE_HINT: &str = "同一时间只能有一个封签等待开封。请先开封，或写明理由作废，再处理本期。";
/// Goes there.
pub fn go_to(period: &str) -> String {
    format!("前往 {period}")
}

// freeze
/// Heading.
pub const FREEZE: &str = "将被冻结的内容";
/// Figures.
pub const F_FRAME: &str = "抽样框";
/// Units to be drawn.
pub const F_DRAW: &str = "将抽取";
/// Certainties.
pub const F_CERTAIN: &str = "其中必定抽取";
/// Strata.
pub const F_STRATA: &str = "参加抽取的层";
/// The plan's expectation, whole and as it was computed, beside what it was rounded to.
pub fn expected(whole: &str, exact: &str, draw: &str) -> String {
    format!("计划预计 {whole} 家（取整前 {exact}）；各层名额已按年度种子取整，合计 {draw} 家，封存后不变。")
}
/// Those that the rounded quota alone makes certain.
pub fn rounded(units: &str) -> String {
    format!("其中 {units} 家自身概率不足 1，按取整后的名额折算达到 1，必定抽取。")
}
/// The same of one stratum, after its expectation.
pub fn rounded_here(units: usize) -> String {
    format!("；按取整后的名额，其中 {units} 家必定抽取")
}
/// The certain ones of a list: those that must be checked, and those whose probability reached one.
pub fn certain_of_list(certain: usize, mandatory: usize) -> String {
    match certain.saturating_sub(mandatory) {
        0 => format!("{F_CERTAIN} {certain} 家，均为必查"),
        reached => format!("{F_CERTAIN} {certain} 家：必查 {mandatory} 家，概率达到 1 的 {reached} 家"),
    }
}
/// Unit of figures: sites.
pub const U_UNITS: &str = "家";
/// Unit: strata.
pub const U_STRATA: &str = "层";
/// Unit: bodies.
pub const U_BODIES: &str = "个";
/// Bodies.
pub const F_BODIES: &str = "执法主体";
/// Certainties by reason.
pub const CERTAIN_BY: &str = "必定抽取（概率为 1）";
/// Exclusions by reason.
pub const EXCLUDED_BY: &str = "本月不参加（概率为 0，理由入框）";
/// None of them.
pub const NONE: &str = "无";
/// Columns of the strata.
pub const STRATA_COLUMNS: [&str; 6] = ["层（类别 · 执法主体）", "参加抽取", "必定抽取", "预计", "将抽取", "抽取比例"];
/// Their sum.
pub const STRATA_SUM: &str = "合计";
/// While the preview is made.
pub const PREVIEWING: &str = "正在汇总将被冻结的内容";
/// It failed.
pub const PREVIEW_FAILED: &str = "未能汇总将被冻结的内容";
/// Blocked by shortages.
pub fn blocked(count: usize) -> String {
    format!("年度计划有 {count} 项缺口，须先解决才能封存")
}
/// Link to the plan.
pub const TO_PLAN: &str = "查看年度计划";
/// Nothing to draw.
pub const NOTHING_TO_DRAW: &str = "本月没有可抽取的对象；触发式检查请在月度清单中新增";
/// Next.
pub const FREEZE_NEXT: &str = "核对无误，选定公开数";
/// Hint of the bar.
pub const FREEZE_HINT: &str = "请见证人核对数量。封存后规则、名录、名册与本框都不能再改。";
/// Draft.
pub const DRAFT_SAVED: &str = "草稿会先保存：封存的就是保存的。";
/// Earlier months not drawn.
pub fn skips(month: &str) -> String {
    format!("{month} 尚未抽取；本月开封后，之前的月份不能再抽取")
}
/// Second sealing.
pub const SECOND: &str = "本月再次封存：机会已由先前的抽取给出，本次只收新增的必查对象。";

// pledge
/// Heading.
pub const PLEDGE: &str = "选定届时公布的公开数";
/// Explanation.
pub const PLEDGE_WHY: &str =
    "公开数在封存之后才产生，任何人都无法预知。格式、来源、期次与产生时间一并封存，事后不能更改。";
/// Fields.
pub const FORMAT: &str = "公开数格式";
/// Source.
pub const SOURCE: &str = "来源";
/// Reference.
pub const REFERENCE: &str = "期次";
/// Date.
pub const DATE: &str = "产生日期";
/// Time.
pub const TIME: &str = "产生时间";
/// Reason for sealing again.
pub const AGAIN: &str = "再次封存的理由";
/// Its hint.
pub const AGAIN_HINT: &str = "会公布在封签登记簿中";
/// Demonstration.
pub const DEMONSTRATION: &str = "演示（公开数事先已知）";
/// What a demonstration is.
pub const DEMONSTRATION_WHY: &str = "封存后即可录入，证书注明「演示」，不证明抽取公正。真实抽取请关闭。";
/// Proposal.
pub const PROPOSE: &str = "采用建议";
/// The button.
pub const SEAL_BUTTON: &str = "冻结并封存";
/// Back.
pub const BACK: &str = "返回上一步";
/// Hint of the bar.
pub const SEAL_HINT: &str = "封存后立即给出承诺值，请当场公布。";
/// Faults of fields.
pub const E_SOURCE: &str = "请填写公开数由谁公布";
/// Reference.
pub const E_REFERENCE: &str = "请填写是哪一期、哪一天或哪一轮";
/// Date.
pub const E_DATE: &str = "日期应写作 2027-02-28";
/// Time.
pub const E_TIME: &str = "时间应写作 21:15";
/// Past.
pub const E_PAST: &str = "产生时间必须晚于现在，请改用下一期";
/// Control characters.
pub const E_CONTROL: &str = "不能含换行等控制字符";
/// Reason.
pub const E_AGAIN: &str = "本期封存过，必须写明再次封存的理由";
/// Operator.
pub const E_OPERATOR: &str = "请填写操作人姓名";
/// Operator field.
pub const OPERATOR: &str = "操作人";
/// Spelling.
pub const SPELLING: &str = "写法";

// sealed
/// Heading of the commitment.
pub const COMMITMENT: &str = "承诺值（SHA-256）";
/// What to do.
pub const PUBLISH_WHY: &str = "请现在公布承诺值（公告栏、网站、第三方时间戳），再等公开数产生。";
/// Copy.
pub const COPY: &str = "复制承诺值";
/// Save picture.
pub const SAVE_PNG: &str = "存为图片";
/// Save text.
pub const SAVE_TEXT: &str = "存为公告文本";
/// Envelope.
pub const SHOW_ENVELOPE: &str = "显示信封内容（密封保存）";
/// Hides it.
pub const HIDE_ENVELOPE: &str = "隐藏信封内容";
/// Explanation.
pub const ENVELOPE_WHY: &str =
    "秘密词由系统随机产生，抄入或打印装入信封，当场密封、签名。电脑损坏时凭它开封；开封前不得给任何人看。";
/// Envelope saved.
pub const SAVE_ENVELOPE: &str = "存为文本以便打印";
/// Off while projected.
pub const ENVELOPE_OFF: &str = "保密遮盖时不能显示，请先取消遮盖";
/// Sealed at.
pub const SEALED_AT: &str = "封存时间";
/// Frame size.
pub const FRAME_SIZE: &str = "抽样框";
/// Draw.
pub const TO_DRAW: &str = "将抽取";
/// Public number.
pub const PUBLIC_NUMBER: &str = "公开数";
/// When.
pub const AVAILABLE: &str = "产生时间";
/// Sequence.
pub const SEQUENCE: &str = "序号";
/// Title of the QR.
pub const QR: &str = "承诺值二维码";
/// Next.
pub const PUBLISHED: &str = "承诺值已公布，录入公开数";
/// Waiting.
pub const WAITING: &str = "距公开数产生还有";
/// Due.
pub const DUE: &str = "公开数已产生，可以录入";
/// Demonstration due.
pub const DUE_DEMONSTRATION: &str = "演示：可以直接录入";
/// Void.
pub const VOID: &str = "作废此封签";
/// Copied.
pub const QR_HINT: &str = "扫码可得承诺值、机关与期间";

// entropy
/// Field.
pub const ENTROPY: &str = "公开数";
/// Second.
pub const ENTROPY_AGAIN: &str = "再录一遍";
/// Witnesses.
pub const WITNESSED: &str = "两名见证人已核对";
/// Or.
pub const TWICE: &str = "再录一遍，或由两名见证人核对后勾选。";
/// Full width.
pub const FOLDED: &str = "全角数字与符号已转为半角，分组用的空格已去掉。";
/// Accepted.
pub const ACCEPTED: &str = "写法正确";
/// Refused.
pub const REFUSED: &str = "写法不符，应为：";
/// Differs.
pub const DIFFERS: &str = "两遍不一致";
/// Same.
pub const SAME: &str = "两遍一致";
/// Open.
pub const OPEN_BUTTON: &str = "开封并抽取";
/// Year.
pub const OPEN_YEAR: &str = "开封取种子";
/// Hint.
pub const OPEN_HINT: &str = "开封不可撤销：公开数与秘密合成种子，名单随即确定。";
/// Confirm first.
pub const OPEN_NOT_YET: &str = "请先按封存的格式录入，并再录一遍或由见证人核对";
/// The file of the secret is of no use.
pub const SECRET_LOST: &str = "秘密文件 secret.json 遗失或损坏";
/// What to do.
pub const SECRET_WHY: &str =
    "请取出封存时装入信封的秘密，当场打开录入；录入的秘密须与封签相符才能开封，并记入操作日志。";
/// The field.
pub const SECRET: &str = "信封中的秘密";
/// Not typed.
pub const SECRET_EMPTY: &str = "64 位十六进制数字，可以分组录入";
/// No secret's spelling.
pub const SECRET_MISSPELT: &str = "写法不对：应为 64 位十六进制数字，请对照信封逐组核对";
/// Another seal's.
pub const SECRET_ANOTHER: &str = "与封签不符：不是这次封存的秘密，请核对信封上的期间与封存次数";
/// The sealed one.
pub const SECRET_FITS: &str = "与封签相符";
/// Confirm first.
pub const SECRET_NOT_YET: &str = "请录入信封中的秘密，须与封签相符";
/// Example.
pub const EXAMPLE: &str = "填入演示数";
/// Red balls.
pub const RED: &str = "红球";
/// Blue ball.
pub const BLUE: &str = "蓝球";

// reveal
/// Drawn.
pub const DRAWN: &str = "抽取";
/// Pairs.
pub const PAIRED: &str = "配对";
/// Seed.
pub const SEED: &str = "种子";
/// Seed is hidden.
pub const SEED_HIDDEN: &str = "全文随证书公开";
/// Skip.
pub const SKIP: &str = "跳过";
/// Next.
pub const TO_PAIRS: &str = "进入配对";
/// Next.
pub const TO_LIST: &str = "进入本月清单";
/// A stratum by its category and body.
#[must_use]
pub fn stratum(category: &str, body: &str) -> String {
    if category.is_empty() { body.to_owned() } else { format!("{category} · {body}") }
}
/// Legend.
pub const LEGEND: &str = "每条线为一层，短线是单位，按键值 k/(1+k) 从左到右排列";
/// Legend: units drawn, the border, the other units.
pub const LEGEND_MARKS: [&str; 3] = ["入选", "界线", "备选"];
/// Shown while the facts are made.
pub const ARRANGING: &str = "正在整理抽取结果";
/// Under way.
pub const SIMULATING: &str = "正在模拟配对的可能性";
/// It failed.
pub const ARRANGE_FAILED: &str = "未能整理抽取结果";
/// No pairs.
pub const UNPAIRED: &str = "未配对执法人员";
/// Why.
pub const UNPAIRED_WHY: &str = "没有执法人员名册，或封存的名册排不开；见「提示与问题」。";
/// The year's seed is open.
pub const YEAR_OPENED: &str = "年度种子已开封";
/// What follows.
pub const YEAR_OPENED_WHY: &str = "各月配额的取整从此确定，可以逐月封存抽取。";
/// To the month.
pub fn to_month(month: &str) -> String {
    format!("开始 {month} 抽取")
}
/// Map.
pub const MAP: &str = "入选单位分布";

// list
/// Heading.
pub const LIST: &str = "本月检查对象";
/// Columns.
pub const LIST_COLUMNS: [&str; 13] = [
    "序号",
    "单位编号",
    "单位名称",
    "层",
    "区",
    "来源",
    "票号（十六进制）",
    "键值",
    "主办",
    "协办",
    "理由",
    "统一社会信用代码",
    "计划编码",
];
/// The list is that of an area.
pub const OF_AREA: &str = "按顶部所选的区、执法主体显示";
/// Nothing of the area is on the list.
pub const NONE_OF_AREA: &str = "所选的区或执法主体本月没有检查对象，请在顶部改选。";
/// Column of the state.
pub const STATE: &str = "状态";
/// Substitute.
pub const SUBSTITUTE: &str = "替换";
/// Inspector.
pub const REPLACE: &str = "更换执法人员";
/// Triggered.
pub const ADD: &str = "新增触发式检查";
/// Second.
pub const SEAL_AGAIN: &str = "再次封存（仅必查）";
/// Export.
pub const EXPORT: &str = "导出任务单";
/// Export dialog.
pub const EXPORT_PICK: &str = "选择任务单导出到的文件夹";
/// Replay.
pub const REPLAY: &str = "重放抽取";
/// Verify.
pub const TO_AUDIT: &str = "核验证书";
/// Choose a row.
pub const CHOOSE_ROW: &str = "请先在清单中选中一个检查对象";
/// Not substitutable.
pub const NOT_SUBSTITUTABLE: &str = "触发式检查、已替换或已有结果的对象不能替换";
/// No pair.
pub const NO_PAIR: &str = "该对象没有配对执法人员";
/// Origins.
pub const O_DRAWN: &str = "抽取";
/// Of a drawn one whose probability was 1.
pub const O_SURE: &str = "必定抽取";
/// Mandatory.
pub const O_CERTAIN: &str = "必查";
/// Substitute.
pub const O_SUBSTITUTE: &str = "替换";
/// Triggered.
pub const O_TRIGGERED: &str = "触发";
/// States.
pub const S_REPLACED: &str = "已替换";
/// Done.
pub const S_DONE: &str = "已检查";
/// Due.
pub const S_DUE: &str = "待检查";
/// Demonstration mark.
pub const DEMO_MARK: &str = "演示";
/// Of what sequence.
pub fn sequence(sequence: u64) -> String {
    format!("第 {sequence} 次")
}

// dialogs
/// Substitute.
pub const D_SUBSTITUTE_WHY: &str = "同层排在最前、仍存续的备选单位替换它；顺序由封存的抽取决定，不能挑选。原单位从本月清单退出并留痕，登记簿与证书随之注明。";
/// Replace.
pub const D_REPLACE_WHY: &str = "按同一规则另配一人，不能指定；其余配对不变。更换与理由记入日志和证书核验。";
/// Add.
pub const D_ADD_WHY: &str = "触发式检查不经抽取，直接列入本月清单并按同一种子配对执法人员；计入企业频次与审计。";
/// Void.
pub const D_VOID_WHY: &str = "作废后此承诺值不再开封，理由公布在登记簿中；本期须重新封存，并再写明理由。";
/// Reason.
pub const REASON: &str = "理由";
/// Date of evidence.
pub const EVIDENCE: &str = "证据日期";
/// What happened.
pub const KIND: &str = "情形";
/// Who.
pub const WHO: &str = "更换谁";
/// Lead.
pub const LEAD: &str = "主办";
/// Second.
pub const ASSISTANT: &str = "协办";
/// The unit.
pub const UNIT: &str = "单位";
/// What may be typed there.
pub const UNIT_HINT: &str = "名称的一部分、统一社会信用代码或单位编号";
/// Several units fit.
pub const WHICH_UNIT: &str = "请选定是哪一家：";
/// What is selected elsewhere.
pub const OF_SELECTION: &str = "地图或表格中选中的：";
/// More than are listed.
pub const MORE_UNITS: &str = "还有更多，请把名称写得更完整";
/// Where a triggered check comes from.
pub const TRIGGER_KIND: &str = "来源";
/// Not in the register.
pub const E_UNIT: &str = "名录中没有这样的名称、信用代码或编号";
/// The unit is known to be closed.
pub fn known_dead(state: &str) -> String {
    format!("该单位{state}；确需前往的，请写明仍须检查的依据")
}
/// Field of the grounds.
pub const ALTHOUGH_CLOSED: &str = "仍须检查的依据";
/// Before the opening: the number, and how it was made sure.
#[must_use]
pub fn open_sure(number: &str, how: &str) -> String {
    format!("{number}，{how}。{OPEN_HINT}")
}
/// Evidence's date.
pub const E_EVIDENCE: &str = "日期应写作 2027-02-28，且不晚于今天";
/// Unit: pairs.
pub const U_PAIRS: &str = "组";
/// What the year freezes.
pub const YEAR_FRAME: &str = "名录中的每一家都写入年度抽样框，概率均为 0：年度种子不抽取检查对象，只定取整。";

/// What the whole screen is for.
#[must_use]
pub fn stage_hint(keys: &str) -> String {
    format!("投影用：只留抽取过程，字放到最大，单位名称遮盖；{keys} 进出，翻页键或回车走下一步，Esc 退出")
}

/// Begins the next month.
#[must_use]
pub fn begin_month(month: u32) -> String {
    format!("开始 {month} 月")
}

/// The question before a seal: title.
#[must_use]
pub fn seals_title(period: &str) -> String {
    format!("冻结并封存 {period}？")
}

/// What a month's seal fixes.
#[must_use]
pub fn seals_month(draw: u64, frame: u64, certain: u64) -> String {
    let thousands = crate::ui::widgets::thousands;
    let certain = thousands(certain);
    format!("将封存：从 {} 家中抽取 {} 家，其中必定抽取 {certain} 家", thousands(frame), thousands(draw))
}

/// What the year's seal fixes.
#[must_use]
pub fn seals_year(frame: u64) -> String {
    format!("将封存全年抽样框 {} 家，开封后取得年度种子", crate::ui::widgets::thousands(frame))
}

/// By which public number it is opened.
#[must_use]
pub fn seals_by(source: &str, reference: &str, at: &str) -> String {
    format!("公开数取 {source} {reference}，{at} 产生")
}

/// The public number of a demonstration.
pub const SEALS_DEMONSTRATION: &str = "演示：公开数事先已知，不证明抽取公正";
/// The question's yes.
pub const SEAL_MEANT: &str = "确认封存";
/// What a seal means.
pub const SEALS_WHY: &str = "封存后名单范围与名额不能再改；放弃须写明理由作废，作废与再次封存都记入封签登记簿并公开。";

/// What a case of substitution means for the months after.
#[must_use]
pub fn case_means(case: crate::domain::SubstituteCase) -> &'static str {
    match case {
        crate::domain::SubstituteCase::Stopped => "停产：间隔期内不再抽取，期满或查到恢复生产后重新参加",
        _ => "以后各月不再抽取，除非后来查到仍在生产",
    }
}

/// Whose place a reserve took.
#[must_use]
pub fn substitutes(name: &str) -> String {
    format!("{O_SUBSTITUTE} · 接替 {name}")
}
