//! What is wrong with a RON text, in Chinese: the parser's own words are English.

use ron::Error as E;

/// English words of the parser for kinds of values, the longer before those that they hold.
const KINDS: [(&str, &str); 22] = [
    ("invalid type: ", "类型不对："),
    ("invalid value: ", "取值不对："),
    ("invalid length ", "长度不对："),
    ("missing field ", "缺少字段 "),
    ("unknown field ", "无法识别的字段 "),
    ("unknown variant ", "无法识别的取值 "),
    ("duplicate field ", "写了两次的字段 "),
    (", expected one of ", "，应为其中之一："),
    (", expected ", "，应为"),
    ("floating point number", "小数"),
    ("floating point", "小数"),
    ("a borrowed string", "文字"),
    ("a string", "文字"),
    ("string", "文字"),
    ("an integer", "整数"),
    ("integer", "整数"),
    ("a boolean", " true 或 false"),
    ("boolean", "真假"),
    ("a sequence", "列表 […]"),
    ("sequence", "列表"),
    ("a map", "对应表 {…}"),
    ("unit value", "空值 ()"),
];

/// Words of the parser on kinds of values, in Chinese.
#[must_use]
pub fn value_words(text: &str) -> String {
    let mut words = text.to_owned();
    for (english, chinese) in KINDS {
        words = words.replace(english, chinese);
    }
    for number in ["u8", "u16", "u32", "u64", "usize", "i32", "i64"] {
        words = words.replace(number, "整数");
    }
    words.replace("f64", "数").replace("map", "对应表")
}

/// What is wrong, in Chinese, without its place.
#[must_use]
pub fn ron_words(error: &E) -> String {
    match error {
        E::Eof => "文件意外结束，可能缺少右括号".to_owned(),
        E::ExpectedArray => "应为 [".to_owned(),
        E::ExpectedArrayEnd => "应为 ] 或逗号".to_owned(),
        E::ExpectedMap => "应为 {".to_owned(),
        E::ExpectedMapEnd => "应为 } 或逗号".to_owned(),
        E::ExpectedMapColon => "应为冒号".to_owned(),
        E::ExpectedComma => "应为逗号".to_owned(),
        E::ExpectedStructLike | E::ExpectedNamedStructLike(_) | E::ExpectedStructName(_) => "应为 (".to_owned(),
        E::ExpectedStructLikeEnd | E::ExpectedOptionEnd => "应为 ) 或逗号".to_owned(),
        E::ExpectedString | E::ExpectedChar => "应为加英文双引号的文字".to_owned(),
        E::ExpectedStringEnd => "文字缺少结束的双引号".to_owned(),
        E::ExpectedInteger => "应为整数".to_owned(),
        E::ExpectedFloat => "应为数值".to_owned(),
        E::ExpectedBoolean => "应为 true 或 false".to_owned(),
        E::ExpectedIdentifier | E::InvalidIdentifier(_) | E::SuggestRawIdentifier(_) => "应为字段名".to_owned(),
        E::ExpectedOption => "应为 Some(…) 或 None".to_owned(),
        E::ExpectedUnit => "应为 ()".to_owned(),
        E::ExpectedDifferentStructName { expected, found } => format!("名称「{found}」不对，应为 {expected}"),
        E::IntegerOutOfBounds => "整数超出范围".to_owned(),
        E::InvalidIntegerDigit { digit, .. } => format!("数字中不应出现「{digit}」"),
        E::InvalidEscape(_) => "反斜杠后的字符不能识别；路径中的反斜杠须写两个".to_owned(),
        E::NoSuchExtension(name) => format!("没有名为 {name} 的扩展"),
        E::UnclosedBlockComment => "注释 /* 没有结束".to_owned(),
        E::UnclosedLineComment => "注释 // 没有结束".to_owned(),
        E::FloatUnderscore | E::UnderscoreAtBeginning => "数字中的下划线位置不对".to_owned(),
        E::UnexpectedChar(c) => format!("不应出现字符「{c}」"),
        E::TrailingCharacters => "末尾有多余的内容".to_owned(),
        E::ExceededRecursionLimit => "嵌套过深".to_owned(),
        E::Utf8Error(_) => "不是 UTF-8 文字".to_owned(),
        E::InvalidValueForType { expected, found } => {
            format!("类型不对：写的是{}，应为{}", value_words(found), value_words(expected))
        }
        E::ExpectedDifferentLength { expected, found } => {
            format!("有 {found} 项，应为{}", value_words(expected))
        }
        E::Message(message) => value_words(message),
        other => value_words(&other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_english_is_left() {
        #[derive(Debug, serde::Deserialize)]
        #[allow(dead_code, reason = "only read")]
        struct Two {
            name: String,
            count: u32,
            on: bool,
            list: Vec<u32>,
        }
        let good = r#"(name: "甲", count: 1, on: true, list: [1])"#;
        assert!(ron::from_str::<Two>(good).is_ok());
        for (from, to) in
            [("\"甲\"", "甲"), ("1,", "一,"), ("1,", "\"1\","), ("true", "yes"), ("[1]", "1"), ("[1])", "[1]")]
                .into_iter()
                .chain([
                    ("(name", "name"),
                    ("1, on", "1 on"),
                    ("count: 1", "count: -1"),
                    ("\"甲\"", "\"甲"),
                    ("[1]", "[\"a\"]"),
                ])
        {
            let error = ron::from_str::<Two>(&good.replacen(from, to, 1)).expect_err(to);
            let words = ron_words(&error.code);
            // names of the file's own fields and types are told as they are
            let own = ["true", "false", "Some", "None", "name", "count", "list", "Two"];
            let letters = own.iter().fold(words.clone(), |left, word| left.replace(word, ""));
            assert!(!letters.chars().any(|c| c.is_ascii_alphabetic()), "{to}: {words}");
        }
    }
}
