//! Fonts, colours and number formats of the workbooks.

use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder};

use crate::export::sheet::{CellKind, Emphasis};

/// Font of the workbooks: on every Windows and macOS of an office; elsewhere replaced by the system's own.
const FONT: &str = "Microsoft YaHei";

pub(super) struct Styles {
    pub(super) title: Format,
    pub(super) note: Format,
    pub(super) mark: Format,
    pub(super) header: Format,
    pub(super) input_header: Format,
    pub(super) band: Format,
}

fn base() -> Format {
    Format::new().set_font_name(FONT).set_font_size(10)
}

pub(super) fn styles() -> Styles {
    let border = Color::RGB(0x00D0_D7DE);
    let header = base()
        .set_bold()
        .set_font_color(Color::White)
        .set_background_color(Color::RGB(0x0014_5A6E))
        .set_align(FormatAlign::Center)
        .set_align(FormatAlign::VerticalCenter)
        .set_text_wrap()
        .set_border(FormatBorder::Thin)
        .set_border_color(border);
    Styles {
        title: base().set_bold().set_font_size(15).set_align(FormatAlign::VerticalCenter),
        note: base()
            .set_font_size(9)
            .set_font_color(Color::RGB(0x0057_606A))
            .set_text_wrap()
            .set_align(FormatAlign::VerticalCenter),
        mark: base().set_bold().set_font_color(Color::RGB(0x00B4_2318)).set_align(FormatAlign::VerticalCenter),
        input_header: header.clone().set_background_color(Color::RGB(0x009A_6700)),
        header,
        band: Format::new().set_background_color(Color::RGB(0x00F2_F7F9)),
    }
}

/// The format of a column's cells, by what stands out.
pub(super) fn cell_format(kind: CellKind, emphasis: Option<Emphasis>, quoted: bool) -> Format {
    let mut format = base()
        .set_align(FormatAlign::VerticalCenter)
        .set_border(FormatBorder::Thin)
        .set_border_color(Color::RGB(0x00D0_D7DE));
    format = match kind {
        CellKind::Text => format.set_text_wrap().set_align(FormatAlign::Left),
        CellKind::Id => format.set_num_format("@").set_align(FormatAlign::Left).set_text_wrap(),
        CellKind::Integer => format.set_num_format("#,##0").set_align(FormatAlign::Right).set_indent(1),
        CellKind::Decimal(decimals) => {
            format.set_num_format(decimal_format("#,##0", decimals)).set_align(FormatAlign::Right).set_indent(1)
        }
        CellKind::Percent(decimals) => format
            .set_num_format(format!("{}%", decimal_format("0", decimals)))
            .set_align(FormatAlign::Right)
            .set_indent(1),
        CellKind::Date => format.set_num_format("yyyy-mm-dd").set_align(FormatAlign::Center),
    };
    format = match emphasis {
        Some(Emphasis::Alert) => {
            format.set_bold().set_font_color(Color::RGB(0x00B4_2318)).set_background_color(Color::RGB(0x00FD_ECEA))
        }
        Some(Emphasis::Strong) => format.set_bold(),
        None => format,
    };
    if quoted { format.set_quote_prefix() } else { format }
}

fn decimal_format(whole: &str, decimals: u8) -> String {
    let zeros = "0".repeat(usize::from(decimals.min(6)));
    if zeros.is_empty() { whole.to_owned() } else { format!("{whole}.{zeros}") }
}
