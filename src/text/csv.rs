//! Records of csv, and the guard against cells that a spreadsheet would take for formulas.

use std::borrow::Cow;
use std::io;

/// Who reads the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CsvStyle {
    /// A spreadsheet: UTF-8 with byte order mark, CRLF, formulas neutralised.
    Office,
    /// A program: UTF-8 without a mark, LF, values as they are.
    Strict,
    /// A terminal or whatever stands behind it: UTF-8 without a mark, CRLF (RFC 4180), values as they are.
    Plain,
}

/// Text with an apostrophe in front where a spreadsheet would take it for a formula (see [`is_formula`]).
#[must_use]
pub fn neutralise(text: &str) -> Cow<'_, str> {
    if is_formula(text) { format!("'{text}").into() } else { text.into() }
}

/// True where a spreadsheet might take the text for a formula (OWASP "CSV injection"): = + - @, tab, carriage
/// return, line feed, their full-width forms, also behind blanks and invisible marks.
#[must_use]
pub fn is_formula(text: &str) -> bool {
    match text.as_bytes() {
        [b'\t' | b'\r' | b'\n', ..] => return true,
        // letters, digits and Han characters (which begin with the bytes e4 to e9) stand in most cells
        [first, ..] if first.is_ascii_alphanumeric() || (0xe4..=0xe9).contains(first) => return false,
        _ => {}
    }
    let first = text.trim_start_matches(|c: char| c.is_whitespace() || super::is_noise(c));
    first.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠', '﹦', '﹢', '﹣', '﹫', '−'])
}

/// Writes records, quoted where needed.
pub struct CsvWriter<W: io::Write> {
    inner: csv::Writer<W>,
    style: CsvStyle,
}

impl<W: io::Write> CsvWriter<W> {
    /// Begins a file.
    ///
    /// # Errors
    /// What writing gives.
    pub fn new(mut out: W, style: CsvStyle) -> io::Result<Self> {
        let terminator = match style {
            CsvStyle::Office => {
                out.write_all("\u{feff}".as_bytes())?;
                csv::Terminator::CRLF
            }
            CsvStyle::Plain => csv::Terminator::CRLF,
            CsvStyle::Strict => csv::Terminator::Any(b'\n'),
        };
        Ok(Self { inner: csv::WriterBuilder::new().terminator(terminator).from_writer(out), style })
    }

    /// Writes a cell of text.
    ///
    /// # Errors
    /// What writing gives.
    pub fn text(&mut self, text: &str) -> io::Result<()> {
        match self.style {
            CsvStyle::Office => self.inner.write_field(&*neutralise(text))?,
            CsvStyle::Strict | CsvStyle::Plain => self.inner.write_field(text)?,
        }
        Ok(())
    }

    /// Writes a cell of a number or a date that this program has spelled itself: −5 stays a number.
    ///
    /// # Errors
    /// What writing gives.
    pub fn value(&mut self, value: &str) -> io::Result<()> {
        Ok(self.inner.write_field(value)?)
    }

    /// Ends a record.
    ///
    /// # Errors
    /// What writing gives, and where the record has not as many cells as the first one.
    pub fn end(&mut self) -> io::Result<()> {
        Ok(self.inner.write_record(None::<&[u8]>)?)
    }

    /// Writes a record of texts.
    ///
    /// # Errors
    /// As [`CsvWriter::end`].
    pub fn record<S: AsRef<str>>(&mut self, texts: impl IntoIterator<Item = S>) -> io::Result<()> {
        for text in texts {
            self.text(text.as_ref())?;
        }
        self.end()
    }

    /// Writes out what is held back and gives the writer back.
    ///
    /// # Errors
    /// What writing gives.
    pub fn finish(self) -> io::Result<W> {
        self.inner.into_inner().map_err(csv::IntoInnerError::into_error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_neutralised() {
        for bad in [
            "=1+1",
            "+86",
            "-1",
            "-5",
            "@SUM(A1)",
            "@x",
            "\tx",
            "\rx",
            "\n=1",
            " =1",
            "　=1",
            "   @x",
            "＝1",
            "＋1",
            "－x",
            "＠x",
            "﹦1",
            "−1+1",
            " ＝1",
            "\u{feff}=1",
            "\u{a0}=1",
            "\u{200b}+1",
            "\u{2060}=1",
            "\0=1",
        ] {
            assert_eq!(neutralise(bad), format!("'{bad}"), "{bad:?}");
        }
        for good in ["", "上海", "1-2", "a=b", "'=1", " 上海", "（-1）"] {
            assert_eq!(neutralise(good), good);
        }
    }

    fn written(style: CsvStyle) -> String {
        let mut writer = CsvWriter::new(Vec::new(), style).unwrap();
        writer.record(["名称", "=1+1"]).unwrap();
        writer.text("a,\"b\"").unwrap();
        writer.text("两\n行").unwrap();
        writer.end().unwrap();
        writer.text("-5").unwrap();
        writer.value("-5").unwrap();
        writer.end().unwrap();
        String::from_utf8(writer.finish().unwrap()).unwrap()
    }

    #[test]
    fn each_reader_gets_its_form() {
        assert_eq!(written(CsvStyle::Office), "\u{feff}名称,'=1+1\r\n\"a,\"\"b\"\"\",\"两\n行\"\r\n'-5,-5\r\n");
        assert_eq!(written(CsvStyle::Strict), "名称,=1+1\n\"a,\"\"b\"\"\",\"两\n行\"\n-5,-5\n");
        assert_eq!(written(CsvStyle::Plain), "名称,=1+1\r\n\"a,\"\"b\"\"\",\"两\n行\"\r\n-5,-5\r\n");
    }
}
