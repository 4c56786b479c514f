//! Damaged files: one clear answer, never a panic.

use super::*;

/// Whatever is done to a file, it is read, refused or noticed; nothing panics and nothing is allocated beyond reason.
#[test]
fn damaged_files_never_panic() {
    let columns = [("adcode", vec!["310101", "310104"]), ("name", vec!["黄浦区", "徐汇区"])];
    let whole = files_of(&two(), &columns, "GBK");
    let mut next = numbers(3);
    let (mut read, mut refused) = (0, 0);
    for _ in 0..3000 {
        let mut files = whole.clone();
        for part in [&mut files.shp, &mut files.shx, &mut files.dbf, &mut files.prj, &mut files.cpg] {
            let Some(bytes) = part.as_mut() else { continue };
            if next() < 0.15 {
                let keep = (next() * bytes.len() as f64) as usize;
                bytes.truncate(keep);
            }
            for _ in 0..(next() * 4.0) as usize {
                if !bytes.is_empty() {
                    let at = (next() * bytes.len() as f64) as usize;
                    bytes[at] = (next() * 256.0) as u8;
                }
            }
        }
        let mut diagnostics = Diagnostics::new();
        let set = check_layer(files, &ShapeOptions::default(), &mut diagnostics).and_then(|layer| {
            check_districts(&layer, &DistrictOptions::default(), &mut diagnostics, &Progress::none())
        });
        match set {
            Ok(set) => {
                read += 1;
                assert!(set.districts().iter().all(|d: &District| !d.shape.0.is_empty()));
                let _ = set.locate(121.05, 31.05);
            }
            Err(error) => {
                refused += 1;
                assert!(error.code().starts_with("GIS-"), "{error}");
            }
        }
    }
    assert!(read > 100 && refused > 100, "{read} read, {refused} refused");
}
