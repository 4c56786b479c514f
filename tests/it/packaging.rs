//! What an office installs: the two programs, their icon and resources, the installer, the release's steps.

use std::fs;
#[cfg(unix)]
use std::path::Path;
#[cfg(unix)]
use std::process::{Command, Output};

use tiny_skia::{Color, FillRule, Paint, PathBuilder, Pixmap, PremultipliedColorU8, Transform};

use crate::house::{file, text_of};

/// Sides that Windows asks for at 100 to 250 %, pixels.
const SIDES: [u32; 9] = [16, 20, 24, 32, 40, 48, 64, 128, 256];

/// An attribute of the drawing's element.
fn attribute<'a>(element: &'a str, name: &str) -> &'a str {
    let after = element.split_once(&format!(" {name}=\"")).unwrap_or_else(|| panic!("{name} in {element}")).1;
    after.split('"').next().unwrap()
}

fn number(element: &str, name: &str) -> f32 {
    attribute(element, name).parse().unwrap()
}

/// The drawing at this size; it consists of one rounded square and circles.
fn drawn(side: u32) -> Pixmap {
    let drawing = text_of("assets/icon/fairdraw.svg");
    let mut picture = Pixmap::new(side, side).unwrap();
    let scale = Transform::from_scale(side as f32 / 64.0, side as f32 / 64.0);
    let elements = drawing.split('<').filter(|e| e.starts_with("rect ") || e.starts_with("circle "));
    for element in elements {
        let path = if element.starts_with("rect") {
            let [x, y, w, h, r] = ["x", "y", "width", "height", "rx"].map(|name| number(element, name));
            // the usual length of the handles of a quarter circle
            let (k, right, bottom) = (r * 0.447_715_2, x + w, y + h);
            let mut path = PathBuilder::new();
            path.move_to(x + r, y);
            path.line_to(right - r, y);
            path.cubic_to(right - k, y, right, y + k, right, y + r);
            path.line_to(right, bottom - r);
            path.cubic_to(right, bottom - k, right - k, bottom, right - r, bottom);
            path.line_to(x + r, bottom);
            path.cubic_to(x + k, bottom, x, bottom - k, x, bottom - r);
            path.line_to(x, y + r);
            path.cubic_to(x, y + k, x + k, y, x + r, y);
            path.close();
            path.finish().unwrap()
        } else {
            PathBuilder::from_circle(number(element, "cx"), number(element, "cy"), number(element, "r")).unwrap()
        };
        let colour = u32::from_str_radix(attribute(element, "fill").trim_start_matches('#'), 16).unwrap();
        let [_, red, green, blue] = colour.to_be_bytes();
        let mut paint = Paint { anti_alias: true, ..Paint::default() };
        paint.set_color(Color::from_rgba8(red, green, blue, 255));
        picture.fill_path(&path, &paint, FillRule::Winding, scale, None);
    }
    picture
}

/// Rows of straight red, green, blue, opacity.
fn pixels(picture: &Pixmap) -> Vec<[u8; 4]> {
    let straight = picture.pixels().iter().map(PremultipliedColorU8::demultiply);
    straight.map(|c| [c.red(), c.green(), c.blue(), c.alpha()]).collect()
}

/// One size as the icon's file keeps it: up to 64 pixels as a bitmap, which every Windows reads, larger as PNG.
fn entry(side: u32) -> Vec<u8> {
    let picture = drawn(side);
    if side > 64 {
        return picture.encode_png().unwrap();
    }
    let mask = side.div_ceil(32) * 4 * side;
    let mut bytes = Vec::new();
    for value in [40, side, side * 2, 1 | 32 << 16, 0, side * side * 4 + mask, 0, 0, 0, 0] {
        bytes.extend(value.to_le_bytes());
    }
    for row in pixels(&picture).chunks(side as usize).rev() {
        bytes.extend(row.iter().flat_map(|[red, green, blue, alpha]| [*blue, *green, *red, *alpha]));
    }
    bytes.extend(vec![0; mask as usize]);
    bytes
}

fn icon() -> Vec<u8> {
    let entries: Vec<Vec<u8>> = SIDES.iter().map(|side| entry(*side)).collect();
    let mut bytes = vec![0, 0, 1, 0, SIDES.len() as u8, 0];
    let mut at = bytes.len() as u32 + 16 * SIDES.len() as u32;
    for (side, entry) in SIDES.iter().zip(&entries) {
        // 256 is written as 0
        bytes.extend([*side as u8, *side as u8, 0, 0, 1, 0, 32, 0]);
        bytes.extend((entry.len() as u32).to_le_bytes());
        bytes.extend(at.to_le_bytes());
        at += entry.len() as u32;
    }
    bytes.extend(entries.concat());
    bytes
}

/// The picture at the left of the installer's first and last page: the die on the program's ground, 164 × 314 pixels as
/// a plain bitmap of 24 bits.
fn panel() -> Vec<u8> {
    let (width, height, side) = (164_u32, 314_u32, 128_u32);
    let ground = [0xE8, 0xF1, 0xF3];
    let die = pixels(&drawn(side));
    let mut bytes = b"BM".to_vec();
    for value in [54 + width * 3 * height, 0, 54, 40, width, height, 1 | 24 << 16, 0, width * 3 * height, 0, 0, 0, 0] {
        bytes.extend(value.to_le_bytes());
    }
    let (left, top) = ((width - side) / 2, 56);
    for (y, x) in (0..height).rev().flat_map(|y| (0..width).map(move |x| (y, x))) {
        let inside = (left..left + side).contains(&x) && (top..top + side).contains(&y);
        let [red, green, blue, alpha] = if inside { die[((y - top) * side + x - left) as usize] } else { [0, 0, 0, 0] };
        let over = |ink: u8, ground: u8| {
            ((u32::from(ink) * u32::from(alpha) + u32::from(ground) * (255 - u32::from(alpha)) + 127) / 255) as u8
        };
        bytes.extend([over(blue, ground[2]), over(green, ground[1]), over(red, ground[0])]);
    }
    bytes
}

#[test]
fn the_installers_picture_shows_the_same_die() {
    let path = file("assets/windows/panel.bmp");
    if std::env::var_os("FAIRDRAW_BLESS").is_some() {
        fs::write(&path, panel()).unwrap();
    }
    let (is, expected) = (fs::read(path).unwrap(), panel());
    assert_eq!(is.len(), expected.len());
    assert!(is.iter().zip(&expected).all(|(a, b)| a.abs_diff(*b) <= 2), "not the drawing; FAIRDRAW_BLESS=1 writes it");
    // rows stand from the bottom: the pip in the middle of the die, blue, green, red
    let at = 54 + ((314 - 1 - 120) * 164 + 82) * 3;
    assert_eq!(is[at..at + 3], [0x5A, 0xB6, 0xF2]);
}

/// (side, pixels) of each entry of an icon's file.
fn read_icon(bytes: &[u8]) -> Vec<(u32, Vec<[u8; 4]>)> {
    let word = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap()) as usize;
    let entries = (0..usize::from(bytes[4])).map(|i| (word(6 + 16 * i + 8), word(6 + 16 * i + 12)));
    let read = |(length, at): (usize, usize)| {
        let entry = &bytes[at..at + length];
        if entry.starts_with(b"\x89PNG") {
            let picture = Pixmap::decode_png(entry).unwrap();
            return (picture.width(), pixels(&picture));
        }
        let side = u32::from_le_bytes(entry[4..8].try_into().unwrap());
        let rows = entry[40..40 + (side * side * 4) as usize].chunks(side as usize * 4).rev();
        let straight = rows.flat_map(|row| row.chunks(4)).map(|p| [p[2], p[1], p[0], p[3]]);
        (side, straight.collect())
    };
    entries.map(read).collect()
}

#[test]
fn the_icon_is_its_drawing_at_every_size() {
    let path = file("assets/icon/fairdraw.ico");
    if std::env::var_os("FAIRDRAW_BLESS").is_some() {
        fs::write(&path, icon()).unwrap();
    }
    let (is, expected) = (read_icon(&fs::read(path).unwrap()), read_icon(&icon()));
    assert_eq!(is.iter().map(|(side, _)| *side).collect::<Vec<_>>(), SIDES);
    for ((side, is), (_, expected)) in is.iter().zip(&expected) {
        // processors round the edge of a curve differently
        let near = |a: &[u8; 4], b: &[u8; 4]| a.iter().zip(b).all(|(a, b)| a.abs_diff(*b) <= 2);
        assert!(
            is.iter().zip(expected).all(|(a, b)| near(a, b)),
            "{side}: not the drawing; FAIRDRAW_BLESS=1 writes it"
        );
        let at = |x: u32, y: u32| is[(y * side / 64 * side + x * side / 64) as usize];
        assert_eq!(at(0, 0)[3], 0, "{side}: the corner is clear");
        assert_eq!(at(32, 32), [0xF2, 0xB6, 0x5A, 255], "{side}: the pip in the middle is lit");
    }
}

/// The window program beside another in place of `fairdraw`.
#[cfg(unix)]
fn beside(script: &str, arguments: &[&str]) -> Output {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let window = folder.path().join("FairDraw 工作站");
    fs::copy(env!("CARGO_BIN_EXE_fairdraw-window"), &window).unwrap();
    if !script.is_empty() {
        let program = folder.path().join("fairdraw");
        fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    }
    Command::new(&window).args(arguments).current_dir(folder.path()).output().unwrap()
}

#[test]
#[cfg(unix)]
fn the_window_program_hands_on_its_arguments_and_tells_what_could_not_be_done() {
    let told = |output: &Output| String::from_utf8(output.stderr.clone()).unwrap();
    let project = "计划 二〇二七/打开项目.fairdraw";
    // what it was given is said and refused: the message names it
    let refused = beside("echo \"没有这个项目：$1、$#\" >&2; exit 2", &[project]);
    assert_eq!((refused.status.code(), told(&refused)), (Some(2), format!("没有这个项目：{project}、1\n")));
    // a long trace is cut to its end, which names the cause
    let long = beside("yes 前文 | head -n 9000 >&2; echo 末句 >&2; exit 101", &[]);
    assert_eq!(long.status.code(), Some(101));
    assert!(told(&long).ends_with("末句\n") && long.stderr.len() < 5000, "{} bytes", long.stderr.len());
    // done: nothing is said, whatever was printed
    let done = beside("echo 说明 >&2; echo 数据; exit 0", &[]);
    assert_eq!((done.status.code(), told(&done).as_str(), done.stdout.len()), (Some(0), "", 0));
    // the window has shown this one itself
    let shown = beside("echo '[WIN-001] 无法打开窗口' >&2; exit 2", &[]);
    assert_eq!((shown.status.code(), told(&shown).as_str()), (Some(2), ""));
    // what it started goes on and holds the line open: nobody waits for that
    let begun = std::time::Instant::now();
    let left = beside("sleep 60 & echo 末句 >&2; exit 2", &[]);
    assert_eq!((left.status.code(), told(&left).as_str()), (Some(2), "末句\n"));
    assert!(begun.elapsed().as_secs() < 50, "it waited for what was left behind");
    let silent = beside("kill -9 $$", &[]);
    assert_eq!((silent.status.code(), told(&silent).as_str()), (Some(2), "程序意外结束，没有留下说明\n"));
}

#[test]
#[cfg(unix)]
fn a_window_program_copied_alone_says_what_is_missing() {
    let alone = beside("", &[]);
    let told = String::from_utf8(alone.stderr).unwrap();
    assert_eq!(alone.status.code(), Some(2));
    assert!(told.starts_with("本程序旁边没有 ") && told.contains("fairdraw。请把整个文件夹一起复制"), "{told}");
}

// on Windows the message stands in a box and waits for a click: `.ci/windows` sees it
#[test]
#[cfg(unix)]
fn the_window_program_opens_the_program_beside_it() {
    // the real pair, as cargo leaves them side by side; a word that is no command never gets as far as a window
    let (window, console) = (env!("CARGO_BIN_EXE_fairdraw-window"), env!("CARGO_BIN_EXE_fairdraw"));
    assert_eq!(Path::new(window).parent(), Path::new(console).parent());
    let output = Command::new(window).arg("--没有这个选项").output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert!(told.starts_with("[CLI-013] 没有这个选项或参数：--没有这个选项"), "{told}");
}

/// The value of `!define NAME "…"`.
fn defined<'a>(script: &'a str, name: &str) -> &'a str {
    let line = script.lines().find(|l| l.starts_with(&format!("!define {name} "))).unwrap_or_else(|| panic!("{name}"));
    line.split('"').nth(1).unwrap()
}

#[test]
fn the_installer_keeps_its_promises_to_an_office() {
    let script = text_of("assets/windows/fairdraw.nsi");
    // by this a later version finds an earlier one: it never changes
    assert_eq!(defined(&script, "ID"), "{6F2B1C6E-6B0B-4B58-9C53-7C0F2A3D9E41}");
    assert!(script.contains("Uninstall\\${ID}\""));
    // for one user, in Chinese, without an administrator
    assert!(script.contains("\nRequestExecutionLevel user\n") && !script.contains("HKLM"));
    assert!(script.contains("\nInstallDir \"$LOCALAPPDATA\\Programs\\FairDraw\"\n"));
    assert!(script.contains("!insertmacro MUI_LANGUAGE \"SimpChinese\""));
    // every question has its answer where nobody is asked
    for question in script.lines().filter(|l| l.contains("MessageBox ")) {
        assert!(question.contains(" /SD ID"), "{question}");
    }
    // a project's file opens the program that is packed, with the file as its argument
    let window = defined(&script, "WINDOW_PROGRAM");
    let opens = "shell\\open\\command\" \"\" \"$\\\"$INSTDIR\\${WINDOW_PROGRAM}$\\\" $\\\"%1$\\\"\"";
    assert!(script.contains(opens) && script.contains("Software\\Classes\\.fairdraw"));
    for (packed, program) in [("fairdraw-window", window), ("fairdraw", defined(&script, "CONSOLE_PROGRAM"))] {
        assert!(text_of(".ci/pack").contains(&format!("(\"{packed}\", \"{program}\")")), "{packed}");
        assert!(text_of("build.rs").contains(&format!("(\"{packed}\", \"{program}\", ")), "{packed}");
    }
}

#[test]
fn the_installer_removes_what_it_put_there_and_nothing_else() {
    let script = text_of("assets/windows/fairdraw.nsi");
    let (install, remove) = script.split_once("Section \"Uninstall\"").unwrap();
    let named = |text: &str, before: &str| -> Vec<String> {
        let lines = text.lines().filter_map(|l| l.trim().strip_prefix(before)).map(|l| l.trim_end_matches('"'));
        let mut names: Vec<String> = lines.map(str::to_owned).collect();
        names.sort();
        names
    };
    let put = named(install, "File \"${FROM}\\");
    let removed = named(remove, "Delete \"$INSTDIR\\");
    assert!(put.len() == 6 && put.iter().all(|file| removed.contains(file)), "{put:?} {removed:?}");
    assert_eq!(removed.len(), put.len() + 1, "and the uninstaller itself");
    // by name: a project in the program's folder is neither listed nor caught by a pattern
    assert!(!remove.contains('*') && !remove.contains("/r ") && !remove.contains("APPDATA"), "{remove}");
    for written in ["Software\\Classes\\.fairdraw", "Software\\Classes\\${PROJECT_CLASS}", "${UNINSTALL_KEY}"] {
        assert!(remove.contains(&format!("DeleteRegKey HKCU \"{written}\"")), "{written}");
    }
}

#[test]
fn windows_is_told_what_the_program_can_do() {
    let manifest = text_of("assets/windows/fairdraw.manifest");
    for part in [
        "<activeCodePage xmlns=\"http://schemas.microsoft.com/SMI/2019/WindowsSettings\">UTF-8</activeCodePage>",
        "<longPathAware xmlns=\"http://schemas.microsoft.com/SMI/2016/WindowsSettings\">true</longPathAware>",
        ">PerMonitorV2, PerMonitor</dpiAwareness>",
        "level=\"asInvoker\"",
        "{8e0f7a12-bfb3-4fe8-b9a5-48fd50a15a9a}",
    ] {
        assert!(manifest.contains(part), "{part}");
    }
    let mut reader = quick_xml::Reader::from_str(&manifest);
    while !matches!(reader.read_event().unwrap(), quick_xml::events::Event::Eof) {}
}

#[test]
fn a_release_takes_the_steps_that_can_be_tried_here() {
    let release = text_of(".github/workflows/release.yml");
    assert!(release.contains("tags:") && release.contains("v*"));
    for target in ["x86_64-pc-windows-msvc", "x86_64-unknown-linux-gnu", "aarch64-unknown-linux-gnu"] {
        assert!(release.contains(target), "{target}");
    }
    // the same two commands as the dry run: nothing is packed in one way here and in another there
    let dry = text_of(".ci/release");
    for command in ["cargo build --locked --profile dist", ".ci/pack"] {
        assert!(release.contains(".ci/release") && dry.contains(command), "{command}");
    }
    assert!(text_of("CONTRIBUTING.md").contains("bash .ci/release"));
}
