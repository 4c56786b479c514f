//! The text of a PDF of our own making, read back from its bytes: for the search of public files.
//!
//! Understands what our documents are written as, ISO 32000-1 in its plain parts: objects one after another, deflated
//! streams, composite fonts with a `ToUnicode` map, `Tj` and `TJ`, `ActualText`. Whatever it doesn't understand is a
//! fault, never an empty text: a file that can't be read can't be searched.

use std::collections::BTreeMap;
use std::io::Read;

/// Largest stream unpacked, bytes: more would not be of our own making.
const LARGEST_STREAM: u64 = 1 << 28;

/// A value of the file.
#[derive(Debug, Clone, PartialEq)]
enum Value {
    Number(f64),
    Name(Vec<u8>),
    Text(Vec<u8>),
    List(Vec<Value>),
    Dict(BTreeMap<Vec<u8>, Value>),
    Reference(u32),
    /// An operator, `true`, `null`.
    Word(Vec<u8>),
}

impl Value {
    fn dict(&self) -> Option<&BTreeMap<Vec<u8>, Value>> {
        if let Self::Dict(dict) = self { Some(dict) } else { None }
    }
}

struct Object {
    value: Value,
    /// As it stands, not unpacked.
    stream: Option<Vec<u8>>,
}

/// Reads tokens out of bytes.
struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\n' | b'\r' | b'\t' | 0 | 0x0c)
}

fn is_delimiter(byte: u8) -> bool {
    matches!(byte, b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%')
}

impl<'a> Reader<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    fn peek(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    fn skip_blanks(&mut self) {
        while let Some(byte) = self.peek(0) {
            if byte == b'%' {
                while self.peek(0).is_some_and(|b| b != b'\n' && b != b'\r') {
                    self.at += 1;
                }
            } else if is_blank(byte) {
                self.at += 1;
            } else {
                break;
            }
        }
    }

    /// The next value; `None` at the end, or where nothing can be read. `depth` bounds the nesting.
    fn value(&mut self, depth: u32) -> Option<Value> {
        self.skip_blanks();
        let deeper = depth.checked_sub(1)?;
        match self.peek(0)? {
            b'/' => {
                self.at += 1;
                Some(Value::Name(self.regular().to_vec()))
            }
            b'(' => self.literal().map(Value::Text),
            b'<' if self.peek(1) == Some(b'<') => {
                self.at += 2;
                let mut dict = BTreeMap::new();
                loop {
                    self.skip_blanks();
                    if self.peek(0)? == b'>' {
                        self.at += 2;
                        return Some(Value::Dict(dict));
                    }
                    let Value::Name(key) = self.value(deeper)? else { return None };
                    let value = self.value(deeper)?;
                    dict.insert(key, self.reference_or(value));
                }
            }
            b'<' => self.hexadecimal().map(Value::Text),
            b'[' => {
                self.at += 1;
                let mut items = Vec::new();
                loop {
                    self.skip_blanks();
                    if self.peek(0)? == b']' {
                        self.at += 1;
                        return Some(Value::List(items));
                    }
                    let value = self.value(deeper)?;
                    items.push(self.reference_or(value));
                }
            }
            _ => {
                let word = self.regular();
                if word.is_empty() {
                    return None;
                }
                let number = std::str::from_utf8(word).ok().and_then(|word| word.parse().ok());
                Some(number.map_or_else(|| Value::Word(word.to_vec()), Value::Number))
            }
        }
    }

    /// `12 0 R` where a number was read and that follows.
    fn reference_or(&mut self, value: Value) -> Value {
        let Value::Number(number) = value else { return value };
        let before = self.at;
        let (second, third) = (self.value(1), self.value(1));
        if matches!((second, third), (Some(Value::Number(_)), Some(Value::Word(word))) if word == b"R") {
            return Value::Reference(number as u32);
        }
        self.at = before;
        value
    }

    fn regular(&mut self) -> &'a [u8] {
        let begin = self.at;
        while self.peek(0).is_some_and(|byte| !is_blank(byte) && !is_delimiter(byte)) {
            self.at += 1;
        }
        &self.bytes[begin..self.at]
    }

    fn literal(&mut self) -> Option<Vec<u8>> {
        self.at += 1;
        let (mut text, mut open) = (Vec::new(), 1_u32);
        loop {
            let byte = self.peek(0)?;
            self.at += 1;
            match byte {
                b'(' => open += 1,
                b')' => {
                    open -= 1;
                    if open == 0 {
                        return Some(text);
                    }
                }
                b'\\' => {
                    let escaped = self.peek(0)?;
                    self.at += 1;
                    match escaped {
                        b'n' => text.push(b'\n'),
                        b'r' => text.push(b'\r'),
                        b't' => text.push(b'\t'),
                        b'b' => text.push(8),
                        b'f' => text.push(12),
                        b'\n' => {}
                        b'0'..=b'7' => {
                            let mut code = u32::from(escaped - b'0');
                            for _ in 0..2 {
                                let Some(digit @ b'0'..=b'7') = self.peek(0) else { break };
                                code = code * 8 + u32::from(digit - b'0');
                                self.at += 1;
                            }
                            text.push(code as u8);
                        }
                        other => text.push(other),
                    }
                    continue;
                }
                _ => {}
            }
            text.push(byte);
        }
    }

    fn hexadecimal(&mut self) -> Option<Vec<u8>> {
        self.at += 1;
        let mut digits = Vec::new();
        loop {
            let byte = self.peek(0)?;
            self.at += 1;
            match byte {
                b'>' => break,
                _ if is_blank(byte) => {}
                _ => digits.push(char::from(byte).to_digit(16)? as u8),
            }
        }
        Some(digits.chunks(2).map(|pair| pair[0] << 4 | pair.get(1).copied().unwrap_or(0)).collect())
    }
}

/// Nesting of values: ours don't go deeper.
const DEPTH: u32 = 32;

fn objects(bytes: &[u8]) -> Option<BTreeMap<u32, Object>> {
    let mut all = BTreeMap::new();
    let mut reader = Reader::new(bytes);
    while let Some(value) = reader.value(DEPTH) {
        let Value::Number(number) = value else { continue };
        let before = reader.at;
        let (second, third) = (reader.value(1), reader.value(1));
        if !matches!((second, third), (Some(Value::Number(_)), Some(Value::Word(word))) if word == b"obj") {
            reader.at = before;
            continue;
        }
        let value = reader.value(DEPTH)?;
        reader.skip_blanks();
        let mut stream = None;
        if bytes.get(reader.at..).is_some_and(|rest| rest.starts_with(b"stream")) {
            reader.at += b"stream".len();
            if reader.peek(0) == Some(b'\r') {
                reader.at += 1;
            }
            reader.at += 1;
            let Some(Value::Number(length)) = value.dict()?.get(b"Length".as_slice()) else { return None };
            let end = reader.at.checked_add(*length as usize)?;
            stream = Some(bytes.get(reader.at..end)?.to_vec());
            reader.at = end;
        }
        all.insert(number as u32, Object { value, stream });
    }
    Some(all)
}

fn unpacked(object: &Object) -> Option<Vec<u8>> {
    let stream = object.stream.as_ref()?;
    match object.value.dict()?.get(b"Filter".as_slice()) {
        None => Some(stream.clone()),
        Some(Value::Name(name)) if name == b"FlateDecode" => {
            let mut text = Vec::new();
            let mut decoder = flate2::read::ZlibDecoder::new(stream.as_slice()).take(LARGEST_STREAM);
            decoder.read_to_end(&mut text).ok()?;
            Some(text)
        }
        Some(_) => None,
    }
}

/// What the glyphs of a font stand for.
type GlyphTexts = BTreeMap<u16, String>;

fn utf16(bytes: &[u8]) -> String {
    let units = bytes.chunks(2).map(|pair| u16::from(pair[0]) << 8 | u16::from(pair.get(1).copied().unwrap_or(0)));
    char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

/// Reads a `ToUnicode` map: single glyphs and runs of them.
fn glyph_texts(map: &[u8]) -> GlyphTexts {
    let code = |bytes: &[u8]| bytes.iter().fold(0_u32, |code, byte| code << 8 | u32::from(*byte));
    let mut reader = Reader::new(map);
    let (mut texts, mut operands) = (GlyphTexts::new(), Vec::new());
    while let Some(value) = reader.value(DEPTH) {
        match value {
            Value::Word(word) if word == b"endbfchar" => {
                for pair in operands.chunks(2) {
                    if let [Value::Text(glyph), Value::Text(text)] = pair {
                        texts.insert(code(glyph) as u16, utf16(text));
                    }
                }
                operands.clear();
            }
            Value::Word(word) if word == b"endbfrange" => {
                for run in operands.chunks(3) {
                    let [Value::Text(first), Value::Text(last), to] = run else { continue };
                    for (at, glyph) in (code(first)..=code(last).min(0xffff)).enumerate() {
                        let text = match to {
                            Value::List(list) => match list.get(at) {
                                Some(Value::Text(text)) => utf16(text),
                                _ => continue,
                            },
                            Value::Text(text) => {
                                let mut text = text.clone();
                                if let Some(last) = text.last_mut() {
                                    *last = last.wrapping_add(at as u8);
                                }
                                utf16(&text)
                            }
                            _ => continue,
                        };
                        texts.insert(glyph as u16, text);
                    }
                }
                operands.clear();
            }
            Value::Word(_) => operands.clear(),
            value => operands.push(value),
        }
    }
    texts
}

/// The file's objects with what is needed to read its pages.
struct File {
    objects: BTreeMap<u32, Object>,
    fonts: BTreeMap<u32, GlyphTexts>,
}

impl File {
    fn resolved<'v>(&'v self, value: &'v Value) -> Option<&'v Value> {
        match value {
            Value::Reference(number) => self.objects.get(number).map(|object| &object.value),
            value => Some(value),
        }
    }

    fn part<'v>(&'v self, of: &'v BTreeMap<Vec<u8>, Value>, key: &str) -> Option<&'v BTreeMap<Vec<u8>, Value>> {
        self.resolved(of.get(key.as_bytes())?)?.dict()
    }

    /// The text that a content stream shows with these resources.
    fn shown(
        &self,
        content: &[u8],
        resources: &BTreeMap<Vec<u8>, Value>,
        depth: u32,
        (mark, out): (&str, &mut String),
    ) -> Option<()> {
        let deeper = depth.checked_sub(1)?;
        let fonts = self.part(resources, "Font");
        let mut reader = Reader::new(content);
        let (mut operands, mut font): (Vec<Value>, Option<&GlyphTexts>) = (Vec::new(), None);
        // marked content that says its own text: what its glyphs say is left out
        let (mut marks, mut told): (Vec<bool>, u32) = (Vec::new(), 0);
        while let Some(value) = reader.value(DEPTH) {
            let Value::Word(operator) = value else {
                operands.push(value);
                continue;
            };
            match operator.as_slice() {
                b"Tf" => {
                    let Some(Value::Name(name)) = operands.first() else { return None };
                    let Some(Value::Reference(number)) = fonts?.get(name) else { return None };
                    font = self.fonts.get(number);
                }
                b"Tj" | b"TJ" if told == 0 => {
                    let shown = match operands.last() {
                        Some(Value::List(items)) => items.as_slice(),
                        Some(_) => operands.as_slice(),
                        None => return None,
                    };
                    let glyphs = font?;
                    for item in shown {
                        let Value::Text(codes) = item else { continue };
                        for pair in codes.chunks(2) {
                            let code = u16::from(pair[0]) << 8 | u16::from(pair.get(1).copied().unwrap_or(0));
                            out.push_str(glyphs.get(&code).map_or("\u{fffd}", String::as_str));
                        }
                    }
                    out.push_str(mark);
                }
                b"BDC" | b"BMC" => {
                    let actual = operands.last().and_then(Value::dict).and_then(|d| d.get(b"ActualText".as_slice()));
                    if let Some(Value::Text(text)) = actual {
                        let text = text
                            .strip_prefix(&[0xfe, 0xff])
                            .map_or_else(|| String::from_utf8_lossy(text).into_owned(), utf16);
                        if told == 0 {
                            out.push_str(&text);
                            out.push_str(mark);
                        }
                    }
                    marks.push(actual.is_some());
                    told += u32::from(actual.is_some());
                }
                b"EMC" => told -= u32::from(marks.pop()? && told > 0),
                b"Do" => {
                    let Some(Value::Name(name)) = operands.first() else { return None };
                    let Some(Value::Reference(number)) = self.part(resources, "XObject")?.get(name) else {
                        return None;
                    };
                    let object = self.objects.get(number)?;
                    let dict = object.value.dict()?;
                    if dict.get(b"Subtype".as_slice()) == Some(&Value::Name(b"Form".to_vec())) {
                        let own = self.part(dict, "Resources").unwrap_or(resources);
                        self.shown(&unpacked(object)?, own, deeper, (mark, out))?;
                    }
                }
                _ => {}
            }
            operands.clear();
        }
        Some(())
    }
}

/// The text of a PDF, page after page (a line end after each), or `None` where it can't be read.
///
/// Lines of a paragraph and the cells of a table follow each other without a mark between them, so that a name that
/// was broken over two lines is whole again.
#[must_use]
pub fn pdf_text(bytes: &[u8]) -> Option<String> {
    read(bytes, "")
}

/// The same with a line end after every piece that is shown in one go: a short code is a word of its own there,
/// whatever cell stands beside it.
pub(super) fn pdf_pieces(bytes: &[u8]) -> Option<String> {
    read(bytes, "\n")
}

/// The text with a mark after every piece.
fn read(bytes: &[u8], mark: &str) -> Option<String> {
    let mut file = File { objects: objects(bytes)?, fonts: BTreeMap::new() };
    let named = |object: &Object, key: &[u8], name: &[u8]| {
        object.value.dict().and_then(|dict| dict.get(key)) == Some(&Value::Name(name.to_vec()))
    };
    let mut fonts = BTreeMap::new();
    for (number, object) in &file.objects {
        let Some(Value::Reference(map)) = object.value.dict().and_then(|d| d.get(b"ToUnicode".as_slice())) else {
            continue;
        };
        fonts.insert(*number, glyph_texts(&unpacked(file.objects.get(map)?)?));
    }
    file.fonts = fonts;
    let mut text = String::new();
    for object in file.objects.values().filter(|object| named(object, b"Type", b"Page")) {
        let page = object.value.dict()?;
        let empty = BTreeMap::new();
        let resources = self::File::part(&file, page, "Resources").unwrap_or(&empty);
        let contents = match page.get(b"Contents".as_slice()) {
            None => continue,
            Some(Value::List(list)) => list.clone(),
            Some(one) => vec![one.clone()],
        };
        let mut content = Vec::new();
        for part in contents {
            let Value::Reference(number) = part else { return None };
            content.extend(unpacked(file.objects.get(&number)?)?);
            content.push(b'\n');
        }
        file.shown(&content, resources, DEPTH, (mark, &mut text))?;
        text.push('\n');
    }
    Some(text)
}
