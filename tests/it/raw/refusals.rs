//! What is refused, and how memory is bounded.

use super::*;

#[test]
fn each_refusal_has_its_code() {
    for (name, bytes, code) in [
        ("t.csv", &b""[..], "RAW-001"),
        ("t.xlsx", b"", "RAW-001"),
        ("t.pdf", b"%PDF-1.7 ...", "RAW-002"),
        ("t.xlsx", b"Rar!\x1A\x07", "RAW-002"),
        ("t.csv", b"\x01\x02\x03\x04\x05\x06\x07\x08\x0E\x0F\x10", "RAW-002"),
        ("t.xml", b"<?xml version='1.0'?><a/>", "RAW-002"),
        ("t.mht", b"MIME-Version: 1.0\r\n", "RAW-002"),
        ("t.dbf", b"\x03abc", "RAW-002"),
        ("t.html", b"<html><body>x</body></html>", "RAW-009"),
        ("t.xls", b"<html><frameset></frameset></html>", "RAW-009"),
        ("t.xls", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "RAW-004"),
        ("t.xlsx", b"PK\x03\x04 cut off", "RAW-004"),
    ] {
        assert_eq!(refused(name, bytes), code, "{name} {bytes:?}");
    }
    assert_eq!(
        refused("t.docx", &zip_of(&[("[Content_Types].xml", b"<x/>"), ("word/document.xml", b"<x/>")])),
        "RAW-002"
    );
    assert_eq!(refused("t.zip", &zip_of(&[("a.md", b"x")])), "RAW-008");
    assert_eq!(refused("t.zip", &zip_of(&[("a.csv", b"x"), ("b.csv", b"x")])), "RAW-008");
    assert_eq!(load_with(Path::new("/no/such.csv"), &ReadOptions::default()).0.unwrap_err().code(), "IO-001");
    assert_eq!(load_with(Folder::new().0.path(), &ReadOptions::default()).0.unwrap_err().code(), "RAW-002");
    assert_eq!(load_with(&fixture("pass_protected.xlsb"), &ReadOptions::default()).0.unwrap_err().code(), "RAW-003");
    let progress = Progress::none();
    progress.cancel();
    let folder = Folder::new();
    let path = folder.file("t.csv", b"a,b\n");
    let result = load_raw(&path, &ReadOptions::default(), &mut Diagnostics::new(), &progress);
    assert_eq!(result.unwrap_err().code(), "JOB-001");
}

#[test]
fn memory_is_bounded_before_it_is_taken() {
    let ns = r#"xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main""#;
    let sheet = |cells: &str| {
        format!("<worksheet {ns}><dimension ref=\"A1:XFD1048576\"/><sheetData>{cells}</sheetData></worksheet>")
    };
    // Two cells far apart are two cells.
    let far = sheet(r#"<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>"#);
    let (tables, _) = load_bytes("t.xlsx", &xlsx(&far, &format!("<sst {ns}/>")));
    assert_eq!((tables[0].rows.as_slice(), tables[0].cells.width()), (&[1, 1_048_576][..], 16_384));
    // A number of strings that can't be is not allocated for.
    let lie = format!("<sst {ns} uniqueCount=\"99999999999\"><si><t>x</t></si></sst>");
    assert_eq!(refused("t.xlsx", &xlsx(&sheet(""), &lie)), "RAW-004");
    // A repeated filled cell would fill a whole sheet.
    let bomb = CONTENT.replace("table:number-rows-repeated=\"2\"", "table:number-rows-repeated=\"1048576\"");
    let bomb = bomb.replace("table:number-columns-repeated=\"2\"", "table:number-columns-repeated=\"16000\"");
    assert_eq!(refused("t.ods", &zip_of(&[("mimetype", MIME), ("content.xml", bomb.as_bytes())])), "RAW-005");
    // An error value from after this reader's time loses itself, not the sheet.
    let new = sheet(r#"<row r="1"><c r="A1" t="e"><v>#FUTURE!</v></c><c r="B1"><v>2</v></c></row>"#);
    let (tables, diagnostics) = load_bytes("t.xlsx", &xlsx(&new, &format!("<sst {ns}/>")));
    assert_eq!((rows(&tables[0]), diagnostics.count_code("RAW-032")), (expect(&[(1, &["", "2"])]), 1));
}

/// Lists of allocation sectors that name one sector again and again would cost the reader of compound files many
/// times the file's length.
#[test]
fn allocation_lists_longer_than_the_file_are_refused() {
    let mut bytes = vec![0; 512];
    bytes[..8].copy_from_slice(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1");
    bytes[24..34].copy_from_slice(&[0x3e, 0, 3, 0, 0xfe, 0xff, 9, 0, 6, 0]);
    let count = 64_u32;
    bytes[44..48].copy_from_slice(&(count * 127).to_le_bytes());
    bytes[60..64].copy_from_slice(&0xffff_fffe_u32.to_le_bytes());
    bytes[72..76].copy_from_slice(&count.to_le_bytes());
    bytes[76..512].fill(0xff);
    for sector in 0..count {
        (0..127).for_each(|_| bytes.extend(count.to_le_bytes()));
        bytes.extend(if sector + 1 == count { 0xffff_fffe_u32 } else { sector + 1 }.to_le_bytes());
    }
    bytes.extend([0xff; 512]);
    assert_eq!(refused("a.xls", &bytes), "RAW-004");
    let (result, _) = load_with(&Folder::new().file("a.xls", &bytes), &ReadOptions::default());
    assert!(format!("{:?}", result.unwrap_err()).contains("扇区分配表"));
    // A list that runs in a circle ends too.
    let end = 512 * count as usize;
    bytes[end + 508..end + 512].copy_from_slice(&0_u32.to_le_bytes());
    assert_eq!(refused("a.xls", &bytes), "RAW-004");
}
