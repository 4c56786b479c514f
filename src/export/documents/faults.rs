//! Typst's messages in Chinese: the common ones by their meaning, others as they are.

/// A message and what it says, by what it begins with; what follows is taken over.
const WORDS: [(&str, &str); 17] = [
    ("unknown variable: ", "没有这个名称："),
    ("unknown font family: ", "没有安装这种字体："),
    ("unclosed delimiter", "括号没有配对"),
    ("unclosed string", "引号没有配对"),
    ("unclosed raw text", "反引号没有配对"),
    ("unexpected end of block comment", "注释没有开头"),
    ("unexpected ", "此处多出："),
    ("expected ", "此处缺少或类型不对，应有："),
    ("file not found", "没有这个文件："),
    ("missing argument: ", "缺少参数："),
    ("unexpected argument", "多出的参数"),
    ("cannot ", "无法进行的运算："),
    ("dictionary does not contain key ", "数据中没有这一项："),
    ("array index out of bounds", "序号超出范围"),
    ("unable to get the current date", "模板不能取当前日期，请用数据中的日期"),
    ("maximum function call depth exceeded", "函数调用层数过多"),
    ("loop seems to be infinite", "循环没有终点"),
];

/// What a message says.
pub(super) fn fault_words(message: &str) -> String {
    match WORDS.iter().find_map(|(begin, words)| Some((words, message.strip_prefix(begin)?))) {
        Some((words, rest)) => format!("{words}{rest}"),
        None => message.to_owned(),
    }
}
