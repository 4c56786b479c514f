//! The other pages in a browser: search and filters, names that look like scripts; and a code read back from a picture.

use std::fs;
use std::process::Command;

use fairdraw::export::proof_qr_text;
use qrcode::{Color, EcLevel, QrCode};
use serde_json::Value;

use super::browser::{answer, document, put};
use super::same_words::proofs;
use crate::export::web::site_files;
use crate::sampling::example;

#[test]
#[ignore = "needs chromium"]
fn a_list_is_searched_and_filtered_and_a_name_runs_no_script() {
    let folder = tempfile::tempdir().unwrap();
    let (files, ..) = site_files();
    for file in &files {
        fs::write(folder.path().join(&file.name), &file.bytes).unwrap();
    }
    let list = String::from_utf8(files.iter().find(|f| f.name.starts_with("results-")).unwrap().bytes.clone()).unwrap();
    let script = "<script>{ const seen = []; const rows = () => [...document.querySelectorAll('#list tbody \
                  tr')].filter(r => !r.hidden).length; const words = document.getElementById('words'); const type = text \
                  => { words.value = text; words.dispatchEvent(new Event('input')); seen.push(rows(), \
                  document.getElementById('shown').textContent); }; seen.push(rows()); type('ＳＣＲＩＰＴ'); type('没有这家'); \
                  type(''); const choice = document.querySelector('select[data-column]'); choice.value = '崇明区生态环境局'; \
                  choice.dispatchEvent(new Event('change')); seen.push(rows()); const wide = \
                  document.documentElement.scrollWidth - innerWidth; const pre = document.createElement('pre'); pre.id = \
                  'answer'; pre.textContent = JSON.stringify({ seen, wide, scripts: document.scripts.length }); \
                  document.body.append(pre); }</script>";
    let page = list.replace("</body>", &format!("{script}</body>"));
    for width in [1366, 500] {
        let said: Value =
            serde_json::from_str(&answer(&document(&put(folder.path(), "list.html", &page), width))).unwrap();
        assert_eq!(
            said["seen"],
            serde_json::json!([3, 1, "符合 1 项，共 3 项", 0, "符合 0 项，共 3 项", 3, "共 3 项", 1]),
            "{said}"
        );
        assert!(said["wide"].as_i64().unwrap() <= 0, "the page itself does not scroll sideways: {said}");
        assert_eq!(said["scripts"], 2, "its own and the test's");
    }
    // a certificate's page checks what stands in it as soon as it opens
    let shown = document(&format!("file://{}/certificate-2026-03-1.html", folder.path().display()), 1366);
    assert!(shown.contains("data-checked=\"failed\"") && shown.contains("已读入本页所附的证书"));
}

#[test]
#[ignore = "needs zbarimg"]
fn a_code_printed_small_is_read_back() {
    // a frame and strata as a city has them
    let names: Vec<String> =
        (0..56).map(|i| format!("3101{:02}/{}", i / 3, ["general", "key", "simple"][i % 3])).collect();
    let strata: Vec<(&str, usize, usize)> = names.iter().map(|name| (name.as_str(), 680, 18)).collect();
    let e = example(&strata);
    let folder = tempfile::tempdir().unwrap();
    for proof in [proofs(&e).remove(0), proofs(&e).remove(4)] {
        let text = proof_qr_text(&proof, Some("https://sthj.example.gov.cn/ssj/verify.html"));
        let code = QrCode::with_error_correction_level(&text, EcLevel::L).unwrap();
        println!("{} characters, {} modules a side", text.len(), code.width());
        // 0.4 mm a module on paper, quiet zone included
        assert!((code.width() + 8) as f64 * 0.4 <= 62.0, "{} modules", code.width());
        let (side, scale) = (code.width() + 8, 5);
        let dark = |x: usize, y: usize| {
            let inside = |v: usize| (4..code.width() + 4).contains(&v);
            inside(x) && inside(y) && code[(x - 4, y - 4)] == Color::Dark
        };
        let mut picture = format!("P5 {0} {0} 255\n", side * scale).into_bytes();
        for y in 0..side * scale {
            picture.extend((0..side * scale).map(|x| if dark(x / scale, y / scale) { 0 } else { 255 }));
        }
        let path = folder.path().join("code.pgm");
        fs::write(&path, picture).unwrap();
        let out = Command::new("zbarimg").args(["--quiet", "--raw"]).arg(&path).output().expect("zbarimg");
        assert_eq!(String::from_utf8(out.stdout).unwrap().trim(), text);
    }
}
