//! Memo fields in GBK: the text of a district or a remark that lies in a file of its own.

use super::*;

fn gbk(text: &str) -> Vec<u8> {
    encoding_rs::GB18030.encode(text).0.into_owned()
}

/// A table of one record with a text and a memo field, which points at block 1.
fn table(version: u8, language: u8, name: &[u8]) -> Vec<u8> {
    let mut bytes = vec![version, 126, 3, 1];
    bytes.extend(1_u32.to_le_bytes());
    bytes.extend((32 + 2 * 32 + 1_u16).to_le_bytes());
    bytes.extend((1 + 20 + 10_u16).to_le_bytes());
    bytes.extend([0; 17]);
    bytes.extend([language, 0, 0]);
    for (field, kind, length) in [("NAME", b'C', 20), ("REMARK", b'M', 10)] {
        let mut head = [0; 32];
        head[..field.len()].copy_from_slice(field.as_bytes());
        (head[11], head[16]) = (kind, length);
        bytes.extend(head);
    }
    bytes.push(0x0D);
    bytes.push(b' ');
    bytes.extend(name);
    bytes.extend(vec![b' '; 20 - name.len()]);
    bytes.extend(b"         1");
    bytes.push(0x1A);
    bytes
}

#[test]
fn memos_in_gbk_are_read_beside_names_in_any_encoding() {
    let (name, remark) = ("浦东新区", "北至长江，含临港；见《区划图》㙦");
    let dbase3 = [vec![0; 512], gbk(remark), vec![0x1A, 0x1A]].concat();
    let dbase4 = {
        let text = gbk(remark);
        let head = [0xFF, 0xFF, 0x08, 0x00].into_iter().chain((text.len() as u32 + 8).to_le_bytes());
        [vec![0; 512], head.collect(), text].concat()
    };
    let foxpro = {
        let text = gbk(remark);
        let mut bytes = vec![0; 512];
        bytes[7] = 0;
        bytes[6] = 2; // blocks of 512 bytes
        [bytes, 1_u32.to_be_bytes().to_vec(), (text.len() as u32).to_be_bytes().to_vec(), text].concat()
    };
    for (version, language, stored, cpg, memo) in [
        (0x83, 0x4D, gbk(name), None, &dbase3),
        (0x83, 0, gbk(name), None, &dbase3),
        (0x83, 0, gbk(name), Some("GBK"), &dbase3),
        (0x83, 0, gbk(name), Some("936"), &dbase3),
        (0x83, 0, name.as_bytes().to_vec(), Some("UTF-8"), &dbase3),
        (0x8B, 0x4D, gbk(name), None, &dbase4),
        (0xF5, 0x7A, gbk(name), None, &foxpro),
    ] {
        let mut files = files_of(&[square(121.0, 31.0, 0.1)], &[("NAME", vec!["x"])], "UTF-8");
        files.dbf = Some(table(version, language, &stored));
        files.cpg = cpg.map(|cpg| cpg.as_bytes().to_vec());
        files.memo = Some(memo.clone());
        let mut diagnostics = Diagnostics::new();
        let layer = check_layer(files, &ShapeOptions::default(), &mut diagnostics).unwrap();
        let what = format!("{version:x} {cpg:?} {:?}", diagnostics.findings());
        assert_eq!(layer.value(0, 0), Some(name), "{what}");
        assert_eq!(layer.value(0, 1), Some(remark), "{what}");
    }
}
