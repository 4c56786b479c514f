//! Word lists for the masking of personal data.
//!
//! Facts of the language, not policy: common surnames, words that announce a person, words that begin like
//! a name and are none. Lists err on the side of masking: a word masked for nothing does less harm than a
//! name published.

/// Single-character surnames: the hundred most frequent, which cover about 85 % of people, and the next.
pub(super) const SURNAMES: &str = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦向柳邢路岳齐沿梅莫庄辛管祝左涂谷祁时舒耿牟卜詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍位覃霍翁隋植甘景薄单包司柏宁柯阮桂闵解强柴华车冉房边辜吉饶刁瞿戚丘古米池滕晋苑邬臧畅宫来嵺苟全褚廉简娄盖符奚木穆党燕郎邸冀谈姬屠连郜晏栾郁商蒙计喻揭窦迟宇敖糜鄢冷卓花仇艾蓝都巩稽井练仲乐虞卞封竺冼原官衣楚佟栗匡宗应台巫鞠僧桑荆谌银扬明沙薄伏岑习胥保和蔺肖闫代付";

/// Two-character surnames.
pub(super) const COMPOUND_SURNAMES: [&str; 16] = [
    "欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "司徒", "令狐", "夏侯", "端木", "宇文",
    "长孙", "独孤",
];

/// Words after which a person's name may stand, longest first.
pub(super) const ROLES: [&str; 57] = [
    "员工",
    "法定代表人",
    "现场负责人",
    "环保负责人",
    "主要负责人",
    "直接负责人",
    "安全负责人",
    "当班负责人",
    "实际控制人",
    "法人代表",
    "执法人员",
    "检查人员",
    "陪同人员",
    "操作人员",
    "在场人员",
    "环保专员",
    "负责人",
    "经营者",
    "联系人",
    "当事人",
    "投诉人",
    "举报人",
    "操作工",
    "监护人",
    "经办人",
    "户主",
    "业主",
    "法人",
    "厂长",
    "联络人",
    "被询问人",
    "签收人",
    "见证人",
    "委托代理人",
    "代理人",
    "授权代表",
    "驾驶员",
    "司机",
    "值班人员",
    "值班员",
    "董事长",
    "总经理",
    "监事",
    "店长",
    "房东",
    "承租人",
    "股东",
    "姓名",
    "收件人",
    "受送达人",
    "老板娘",
    "老板",
    "经理",
    "班长",
    "组长",
    "家属",
    "邻居",
];

/// Words that follow a person's name.
pub(super) const TITLES: [&str; 14] =
    ["先生", "女士", "小姐", "师傅", "老板", "老板娘", "经理", "厂长", "主任", "科长", "队长", "店主", "同志", "本人"];

/// Words that begin like a name and are none.
pub(super) const NOT_NAMES: [&str; 106] = [
    "陈述", "任命", "任职", "计量", "单位", "应当", "应急", "应于", "应在", "时间", "时段", "成员", "管理", "高度",
    "安全", "常年", "常务", "方面", "金属", "黄色", "白色", "温度", "张贴", "全部", "全程", "全体", "任何", "任务",
    "连续", "曾经", "明确", "向社", "都有", "查处", "查看", "查阅", "查验", "支付", "司机", "车间", "万元", "严格",
    "严重", "边界", "计划", "项目", "房屋", "纪律", "关于", "关闭", "关停", "强制", "平台", "平时", "雨水", "江苏",
    "江西", "安徽", "温州", "成都", "常州", "金山", "金华", "黄浦", "徐州", "徐汇", "宁波", "宁夏", "杨浦", "高桥",
    "安亭", "江桥", "华新", "金桥", "张江", "周浦", "康桥", "徐泾", "朱泾", "罗店", "顾村", "马陆", "江川", "马桥",
    "吴泾", "梅陇", "方泰", "石化", "于现", "于当", "于检", "于本", "于今", "于次", "于前", "和环", "和企", "和有",
    "和现", "和陪", "向执", "向检", "白天", "文件", "管道", "路口",
];

/// Characters that end a name in running text.
pub(super) const AFTER_NAME: &str =
    "在未不对已于现称说表承签到场陪及和与或将能可提进按把被当确认否拒无有并的等为是由向从也均则就曾正主出接配";

/// Characters with which no given name begins: what stands before them was no surname.
pub(super) const NOT_GIVEN: &str = "在未不对已于的及应须";

/// Words that end a name in running text.
pub(super) const AFTER_NAME_WORDS: [&str; 4] = ["同意", "全程", "自述", "反映"];

/// Words of trade with which the descriptive part of a business name begins.
pub(super) const TRADES: [&str; 74] = [
    "五金",
    "机械",
    "机电",
    "汽车",
    "汽修",
    "摩托",
    "电动车",
    "金属",
    "不锈钢",
    "铝合金",
    "钢材",
    "钣金",
    "模具",
    "塑料",
    "橡胶",
    "印刷",
    "广告",
    "图文",
    "包装",
    "纸箱",
    "喷漆",
    "喷涂",
    "油漆",
    "涂料",
    "电镀",
    "抛光",
    "洗涤",
    "洗衣",
    "干洗",
    "洗车",
    "水洗",
    "印染",
    "服装",
    "制衣",
    "纺织",
    "缝纫",
    "鞋",
    "家具",
    "木材",
    "木制品",
    "木器",
    "木业",
    "石材",
    "建材",
    "水泥",
    "砖",
    "玻璃",
    "陶瓷",
    "食品",
    "豆制品",
    "糕点",
    "面包",
    "餐饮",
    "餐厅",
    "饭店",
    "酒店",
    "小吃",
    "面馆",
    "火锅",
    "烧烤",
    "屠宰",
    "养殖",
    "水产",
    "畜禽",
    "生猪",
    "废品",
    "再生资源",
    "物资回收",
    "加工",
    "维修",
    "修理",
    "电子",
    "口腔",
    "诊所",
];

/// Endings of a business that is likely a sole proprietor's where it has no code of its own.
pub(super) const SMALL_ENDINGS: [&str; 23] = [
    "部",
    "养殖场",
    "养猪场",
    "养鸡场",
    "猪场",
    "店",
    "经营部",
    "加工部",
    "门市部",
    "服务部",
    "坊",
    "摊",
    "铺",
    "馆",
    "行",
    "屋",
    "吧",
    "养殖户",
    "专业户",
    "户",
    "诊所",
    "工作室",
    "加工点",
];

/// Words that only an organisation's name has.
pub(super) const ORGANISATION_WORDS: [&str; 22] = [
    "公司",
    "集团",
    "医院",
    "学校",
    "大学",
    "学院",
    "研究所",
    "研究院",
    "中心",
    "委员会",
    "合作社",
    "股份",
    "企业",
    "厂",
    "局",
    "银行",
    "基地",
    "事务所",
    "实验室",
    "站",
    "有限",
    "合伙",
];
