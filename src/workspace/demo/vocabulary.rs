//! Words of the demo city: districts, bodies, industries, names that match no real firm on purpose.

use super::random::Dice;
use crate::domain::Uscc;

/// A district of the demo: code, name, share of the city's sources, share of its key units.
pub struct DistrictWords {
    /// Six-digit code.
    pub code: u32,
    /// Name.
    pub name: &'static str,
    /// Weight among all sources.
    pub weight: f64,
    /// Industrial parks that its sources gather in.
    pub parks: u32,
}

/// The 16 districts of Shanghai; weights are made up in the order of their industry.
pub const DISTRICTS: [DistrictWords; 16] = [
    DistrictWords { code: 310_101, name: "黄浦区", weight: 0.9, parks: 1 },
    DistrictWords { code: 310_104, name: "徐汇区", weight: 1.6, parks: 2 },
    DistrictWords { code: 310_105, name: "长宁区", weight: 1.1, parks: 1 },
    DistrictWords { code: 310_106, name: "静安区", weight: 1.3, parks: 2 },
    DistrictWords { code: 310_107, name: "普陀区", weight: 1.8, parks: 2 },
    DistrictWords { code: 310_109, name: "虹口区", weight: 0.8, parks: 1 },
    DistrictWords { code: 310_110, name: "杨浦区", weight: 1.5, parks: 2 },
    DistrictWords { code: 310_112, name: "闵行区", weight: 10.5, parks: 8 },
    DistrictWords { code: 310_113, name: "宝山区", weight: 8.0, parks: 7 },
    DistrictWords { code: 310_114, name: "嘉定区", weight: 13.0, parks: 9 },
    DistrictWords { code: 310_115, name: "浦东新区", weight: 17.5, parks: 14 },
    DistrictWords { code: 310_116, name: "金山区", weight: 9.0, parks: 7 },
    DistrictWords { code: 310_117, name: "松江区", weight: 12.5, parks: 9 },
    DistrictWords { code: 310_118, name: "青浦区", weight: 9.0, parks: 8 },
    DistrictWords { code: 310_120, name: "奉贤区", weight: 9.5, parks: 8 },
    DistrictWords { code: 310_151, name: "崇明区", weight: 2.0, parks: 4 },
];

/// An industry: GB/T 4754-2017 class, name as registers write it, weights among key, simplified and
/// registered units, and the word in a firm's name.
pub struct IndustryWords {
    /// Class code.
    pub code: &'static str,
    /// Class name.
    pub name: &'static str,
    /// Weights for key, simplified, registration.
    pub weights: [f64; 3],
    /// Word in names.
    pub word: &'static str,
}

macro_rules! industry {
    ($code:literal, $name:literal, $a:literal, $b:literal, $c:literal, $word:literal) => {
        IndustryWords { code: $code, name: $name, weights: [$a, $b, $c], word: $word }
    };
}

/// Industries of the demo city.
pub const INDUSTRIES: [IndustryWords; 28] = [
    industry!("3360", "金属表面处理及热处理加工", 26.0, 12.0, 3.0, "表面处理"),
    industry!("2511", "原油加工及石油制品制造", 2.0, 0.0, 0.1, "石油化工"),
    industry!("2641", "涂料制造", 6.0, 4.0, 0.6, "涂料"),
    industry!("2642", "油墨及类似产品制造", 2.0, 2.0, 0.2, "油墨"),
    industry!("2643", "工业颜料制造", 1.0, 0.5, 0.1, "颜料"),
    industry!("3110", "炼铁", 0.5, 0.0, 0.0, "冶铁"),
    industry!("7724", "危险废物治理", 5.0, 0.5, 0.0, "环境固废"),
    industry!("4620", "污水处理及其再生利用", 5.0, 4.0, 0.5, "水务"),
    industry!("4411", "火力发电", 2.0, 0.3, 0.0, "热电"),
    industry!("4430", "热力生产和供应", 2.0, 6.0, 3.0, "供热"),
    industry!("2614", "有机化学原料制造", 6.0, 1.5, 0.2, "化学"),
    industry!("2710", "化学药品原料药制造", 4.0, 1.0, 0.1, "药业"),
    industry!("2720", "化学药品制剂制造", 2.0, 4.0, 0.8, "制药"),
    industry!("3973", "集成电路制造", 4.0, 2.0, 0.5, "微电子"),
    industry!("3982", "电子电路制造", 5.0, 3.0, 0.8, "电路"),
    industry!("1713", "棉印染精加工", 3.0, 1.0, 0.2, "印染"),
    industry!("2231", "纸和纸板容器制造", 0.5, 4.0, 4.0, "包装"),
    industry!("2319", "包装装潢及其他印刷", 1.0, 9.0, 6.0, "印刷"),
    industry!("2921", "塑料薄膜制造", 0.5, 5.0, 3.0, "薄膜"),
    industry!("2929", "塑料零件及其他塑料制品制造", 0.5, 7.0, 10.0, "塑料制品"),
    industry!("2110", "木质家具制造", 1.0, 6.0, 4.0, "家具"),
    industry!("3670", "汽车零部件及配件制造", 4.0, 9.0, 9.0, "汽车零部件"),
    industry!("3311", "金属结构制造", 0.5, 4.0, 10.0, "金属结构"),
    industry!("3484", "机械零部件加工", 0.3, 4.0, 16.0, "机械"),
    industry!("8111", "汽车修理与维护", 0.1, 6.0, 14.0, "汽车维修"),
    industry!("1411", "糕点、面包制造", 0.2, 3.0, 4.0, "食品"),
    industry!("3021", "水泥制品制造", 0.3, 3.0, 4.0, "建材"),
    industry!("8432", "专科疾病防治院（所、站）", 0.6, 3.0, 2.0, "医疗"),
];

const BRAND_FIRST: &str = "拟仿虚幻设";
const BRAND_SECOND: &str = "沄砾珩垚翀昶霁澍畅岑峤崟玥珺煜熠焱淼鑫垒茗蓥镕铄钰珂琰璟瑄瑜晟昊晔曜朔栩桉桐梓榆槿樾";
const BRAND_THIRD: &str = "达恒宏盛隆泰和源润腾科创联诚信益佳美丰茂康宁安泽川原野岭峰";

/// The city whose firms the demo of a city has.
pub const CITY: &str = "上海";

fn nth(list: &str, n: usize) -> char {
    list.chars().nth(n).unwrap_or('拟')
}

/// A made-up name of a place, of two or three characters: one for each number up to 1 380 or 6 900.
#[must_use]
pub fn place_name(n: usize, characters: usize) -> String {
    let (first, second, third) = [BRAND_FIRST, BRAND_SECOND, BRAND_THIRD].map(|list| list.chars().count()).into();
    let (a, rest) = (n % second, n / second);
    let (b, c) = (rest % third, rest / third % first);
    let name = [nth(BRAND_FIRST, c), nth(BRAND_SECOND, a), nth(BRAND_THIRD, b)];
    name[3_usize.saturating_sub(characters)..].iter().collect()
}

/// A firm's name in a city: its brand begins with 拟, 仿, 虚, 幻 or 设, so that nobody takes it for a real one. Outside the
/// demo of a city brands are longer, since no registrar gives the same name twice in a city.
pub fn firm_name(dice: &mut Dice, city: &str, word: &str) -> String {
    let pick = |dice: &mut Dice, list: &str| nth(list, dice.below(list.chars().count() as u64) as usize);
    let mut name = String::from(city);
    name.push(pick(dice, BRAND_FIRST));
    name.push(pick(dice, BRAND_SECOND));
    name.push(pick(dice, BRAND_THIRD));
    if city != CITY {
        name.push(pick(dice, BRAND_THIRD));
    }
    name.push_str(word);
    match dice.below(20) {
        0 => name.push_str("股份有限公司"),
        1 => {
            name.push('（');
            name.push_str(city);
            name.push_str("）有限公司");
        }
        2 => name.push('厂'),
        _ => name.push_str("有限公司"),
    }
    name
}

const FAMILY: &str = "王李张刘陈杨黄赵周吴徐孙马朱胡郭何林高罗郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁于余";
const GIVEN: &str = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂英华玉萍红娥玲芬燕彩云宁晨曦宇轩";

/// A person's name, made up.
pub fn person_name(dice: &mut Dice) -> String {
    let pick = |dice: &mut Dice, list: &str| nth(list, dice.below(list.chars().count() as u64) as usize);
    let mut name = String::new();
    name.push(pick(dice, FAMILY));
    for _ in 0..=dice.below(2) {
        name.push(pick(dice, GIVEN));
    }
    name
}

/// A USCC with right check digits that no registrar has given out: its organisation code begins with
/// `MFD`, followed by the serial number in base 31.
#[must_use]
pub fn uscc(district: u32, serial: u32) -> String {
    const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
    let mut code = Vec::with_capacity(18);
    code.extend_from_slice(b"91");
    code.extend_from_slice(format!("{district:06}").as_bytes());
    code.extend_from_slice(b"MFD");
    let mut rest = serial;
    let mut digits = [b'0'; 5];
    for digit in digits.iter_mut().rev() {
        *digit = ALPHABET[(rest % 31) as usize];
        rest /= 31;
    }
    code.extend_from_slice(&digits);
    code.push(Uscc::organisation_character(&code[8..16]));
    code.push(Uscc::check_character(&code));
    String::from_utf8(code).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn made_up_codes_are_well_formed() {
        for serial in [0, 1, 30, 31, 38_000, 4_000_000] {
            let code = uscc(310_115, serial);
            assert!(Uscc::parse(&code).is_ok(), "{code}");
        }
        assert_ne!(uscc(310_115, 5), uscc(310_115, 6));
    }
}
