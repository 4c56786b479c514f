//! Reading, lifting and writing policy files.
//!
//! RON with two extensions switched on for reading and writing alike: `Some(x)` is written `x` and a district
//! `310115` rather than `(310115)`, so that people can edit the file. The canonical form is fixed here (two
//! spaces, LF, no struct names) because its bytes are hashed into seals.

use ron::extensions::Extensions;
use ron::ser::PrettyConfig;

use crate::diagnostic::{AppError, AppResult, Finding, Severity, ron_words, value_words};
use crate::text::{fold_width, nearest};

use super::locate::PolicyMap;
use super::{Policy, check_policy_text};

/// The format that this program writes.
pub const POLICY_FORMAT: u32 = 1;

/// Policies are a few tens of kilobytes; more is some other file.
const LARGEST: usize = 8 << 20;

fn options() -> ron::Options {
    ron::Options::default().with_default_extension(Extensions::IMPLICIT_SOME | Extensions::UNWRAP_NEWTYPES)
}

/// Reads a policy file and refuses one with errors.
///
/// `file_name` is for messages only. Findings below an error (warnings) are had from [`check_policy_text`].
///
/// # Errors
/// `POL-001`–`POL-009` for a text that is no policy, else the first error of [`check_policy_text`], with line and
/// column.
pub fn load_policy(text: &str, file_name: &str) -> AppResult<Policy> {
    let policy = parse_policy(text, file_name)?;
    let diagnostics = check_policy_text(&policy, text, file_name);
    let errors = diagnostics.count(Severity::Error);
    match diagnostics.findings().iter().find(|f| f.severity == Severity::Error) {
        None => Ok(policy),
        Some(first) => {
            let mut first = first.clone();
            if errors > 1 {
                let hint = first.hint.take().unwrap_or_else(|| "请改正后重新载入".to_owned());
                first.hint = Some(format!("{hint}（另有 {} 处错误）", errors - 1));
            }
            Err(first.into())
        }
    }
}

/// Reads a policy file of any format without judging its numbers, for an editor that shows all findings.
///
/// # Errors
/// `POL-001` syntax, `POL-002` unknown field, `POL-003` missing field, `POL-004` wrong value, `POL-005` format of a
/// newer program, `POL-006` too large; with line and column where known.
pub fn parse_policy(text: &str, file_name: &str) -> AppResult<Policy> {
    if text.len() > LARGEST {
        return Err(Finding::error("POL-006", "规则文件过大，可能选错了文件")
            .value(format!("{} 字节", text.len()))
            .expected(format!("不超过 {LARGEST} 字节"))
            .hint("请选择 policy.ron")
            .file(file_name)
            .into());
    }
    let text = text.trim_start_matches('\u{feff}');
    let lifted = migrate_policy(text, file_name)?;
    options().from_str::<Policy>(&lifted).map_err(|error| syntax_error(&error, file_name))
}

/// The canonical bytes of a policy, as hashed into seals.
///
/// # Errors
/// `POL-007` where a value can't be written.
pub fn write_policy(policy: &Policy) -> AppResult<Vec<u8>> {
    let config = PrettyConfig::new().new_line("\n").indentor("  ").separator(" ").struct_names(false);
    let mut text = options()
        .to_string_pretty(policy, config)
        .map_err(|error| AppError::new("POL-007", "规则无法写出").caused_by(error))?;
    text.push('\n');
    Ok(text.into_bytes())
}

/// Lifts the text of an older format to [`POLICY_FORMAT`], step by step; line numbers stay.
///
/// Works on the text because a typed older model would have to be kept for ever. Format 0 (drafts that had no
/// `format` yet) lacked `merges`, `skills`, `periods`, `key_industries` and named the note `remark`.
///
/// # Errors
/// `POL-005` for a format newer than this program, `POL-004` for a format that is no number.
pub fn migrate_policy(text: &str, file_name: &str) -> AppResult<String> {
    let mut text = text.to_owned();
    loop {
        match format_of(&text, file_name)? {
            0 => text = lift_from_0(&text),
            POLICY_FORMAT => return Ok(text),
            newer => {
                return Err(Finding::error("POL-005", "规则文件的格式比本程序新")
                    .value(newer.to_string())
                    .expected(format!("不高于 {POLICY_FORMAT}"))
                    .hint("请升级本程序，或使用旧格式的规则文件")
                    .file(file_name)
                    .into());
            }
        }
    }
}

fn format_of(text: &str, file_name: &str) -> AppResult<u32> {
    let map = PolicyMap::of(text);
    let Some(place) = map.exact("format") else {
        // No struct at all: leave it to the parser, which says what is wrong with it.
        return Ok(if map.end_of_root().is_some() && map.exact("id").is_some() { 0 } else { POLICY_FORMAT });
    };
    let digits: String =
        text.get(place.offset..).unwrap_or_default().chars().take_while(char::is_ascii_alphanumeric).collect();
    digits.parse().map_err(|_| {
        Finding::error("POL-004", "规则文件的 format 应为整数")
            .row(place.line)
            .column(place.column.to_string())
            .value(digits)
            .expected(POLICY_FORMAT.to_string())
            .file(file_name)
            .into()
    })
}

fn lift_from_0(text: &str) -> String {
    let map = PolicyMap::of(text);
    let mut edits: Vec<(usize, usize, String)> = Vec::new();
    if let Some(place) = map.exact("format") {
        edits.push((place.offset, place.offset + 1, "1".to_owned()));
    }
    if let Some(place) = map.exact("remark") {
        // The field's name stands before its value on the same text: rename the last occurrence before it.
        if let Some(start) = text.get(..place.offset).and_then(|before| before.rfind("remark")) {
            edits.push((start, start + "remark".len(), "note".to_owned()));
        }
    }
    if let Some(end) = map.end_of_root() {
        let before = text.get(..end.offset).unwrap_or_default().trim_end();
        let mut added = String::new();
        if !before.ends_with(',') && !before.ends_with('(') {
            added.push(',');
        }
        for (field, value) in [
            ("format", "1"),
            ("note", "\"\""),
            ("merges", "[]"),
            ("skills", "[]"),
            ("periods", "[]"),
            ("key_industries", "(codes: [], basis: [])"),
        ] {
            let renamed = field == "note" && map.exact("remark").is_some();
            if map.exact(field).is_none() && !renamed {
                for piece in [" ", field, ": ", value, ","] {
                    added.push_str(piece);
                }
            }
        }
        edits.push((end.offset, end.offset, added));
    }
    edits.sort();
    let mut lifted = String::with_capacity(text.len() + 128);
    let mut done = 0;
    for (start, end, new) in edits {
        lifted.push_str(text.get(done..start).unwrap_or_default());
        lifted.push_str(&new);
        done = end;
    }
    lifted.push_str(text.get(done..).unwrap_or_default());
    lifted
}

/// One Chinese message for an error of the parser, with line and column.
fn syntax_error(error: &ron::error::SpannedError, file_name: &str) -> AppError {
    use ron::Error as E;
    let within = |outer: &Option<String>| outer.as_ref().map_or_else(String::new, |o| format!("（{o}）"));
    let finding =
        match &error.code {
            E::NoSuchStructField { expected, found, outer } => {
                Finding::error("POL-002", format!("规则文件有无法识别的字段{}", within(outer)))
                    .value(found)
                    .expected(format!("以下之一：{}", expected.join("、")))
                    .hint(nearest(found, expected).map_or_else(
                        || "请删去该字段，或改为正确的字段名".to_owned(),
                        |name| format!("是否应为 {name}？"),
                    ))
            }
            E::MissingStructField { field, outer } => {
                Finding::error("POL-003", format!("规则文件缺少字段「{field}」{}", within(outer)))
                    .hint("请补上该字段；可对照预置规则")
            }
            E::DuplicateStructField { field, outer } => {
                Finding::error("POL-004", format!("规则文件的字段「{field}」写了两次{}", within(outer)))
                    .hint("请只保留一个")
            }
            E::NoSuchEnumVariant { expected, found, outer } => {
                Finding::error("POL-004", format!("规则文件的取值无法识别{}", within(outer)))
                    .value(found)
                    .expected(format!("以下之一：{}", expected.join("、")))
                    .hint("请改为其中之一")
            }
            E::InvalidValueForType { expected, found } => Finding::error("POL-004", "规则文件的取值类型不对")
                .value(value_words(found))
                .expected(value_words(expected))
                .hint("请改正取值"),
            E::ExpectedDifferentLength { expected, found } => Finding::error("POL-004", "规则文件的列表长度不对")
                .value(format!("{found} 项"))
                .expected(value_words(expected))
                .hint("请补足或删去多余的项"),
            E::IntegerOutOfBounds => Finding::error("POL-004", "规则文件的整数超出范围").hint("请改为较小的非负整数"),
            E::Message(message) => {
                Finding::error("POL-004", format!("规则文件的取值有误：{}", value_words(&fold_width(message))))
                    .hint("请改正取值")
            }
            code => Finding::error("POL-001", format!("规则文件语法有误：{}", ron_words(code)))
                .hint("请检查该处的括号、逗号与引号"),
        };
    finding.row(error.span.start.line as u64).column(error.span.start.col.to_string()).file(file_name).into()
}
