//! Gives the programs of Windows their icon, version, and manifest; does nothing elsewhere.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=assets/icon/fairdraw.ico");
    println!("cargo:rerun-if-changed=assets/windows/fairdraw.manifest");
    let target = |what: &str| std::env::var(format!("CARGO_CFG_TARGET_{what}")).unwrap_or_default();
    if target("OS") != "windows" {
        return;
    }
    if target("ENV") == "gnu" {
        // the hour of the build is no part of the program
        println!("cargo:rustc-link-arg-bins=-Wl,--no-insert-timestamp");
    }
    for (binary, file, about) in [
        ("fairdraw", "fairdraw.exe", "FairDraw 双随机执法计划工作站（命令行）"),
        ("fairdraw-window", "FairDraw 工作站.exe", "FairDraw 双随机执法计划工作站"),
    ] {
        if let Err(error) = resources(file, about, target("ENV") == "gnu").compile_for(binary) {
            println!("cargo::error=resources of {binary}: {error}");
        }
    }
}

/// Chinese as it is written on the mainland.
const SIMPLIFIED_CHINESE: u16 = 0x0804;

/// What Windows shows of a program: in the file's properties, in the task manager, in the taskbar.
fn resources(file: &str, about: &str, gnu: bool) -> winresource::WindowsResource {
    let mut resources = winresource::WindowsResource::new();
    resources
        .set_language(SIMPLIFIED_CHINESE)
        .set_icon("assets/icon/fairdraw.ico")
        .set_manifest_file("assets/windows/fairdraw.manifest")
        .set("ProductName", "FairDraw 双随机执法计划工作站")
        .set("FileDescription", about)
        .set("CompanyName", "FairDraw")
        .set("LegalCopyright", "MIT 或 Apache-2.0 许可")
        .set("InternalName", file.trim_end_matches(".exe"))
        .set("OriginalFilename", file);
    if gnu && std::env::var("HOST").is_ok_and(|host| !host.contains("windows")) {
        resources.set_windres_path("x86_64-w64-mingw32-windres").set_ar_path("x86_64-w64-mingw32-ar");
    }
    resources
}
