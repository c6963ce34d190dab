//! Writes every page with made-up data to a folder, to be looked at: `cargo run -p techo-app --example gallery -- DIR`.

#[path = "../tests/app/samples/mod.rs"]
mod samples;

use std::{env, fs, io, path::Path};
use techo_app::{AssetPaths, Lang, PageFrame, render, views::frame::PortalEdition};

fn main() -> io::Result<()> {
    let folder = env::args().nth(1).unwrap_or_else(|| "target/gallery".to_owned());
    let folder = Path::new(&folder);
    fs::create_dir_all(folder)?;
    fs::write(folder.join("app.css"), style_sheet()?)?;
    let assets =
        AssetPaths { css: "app.css".to_owned(), js: "app.js".to_owned(), wasm: "app.wasm".to_owned() };
    for sample in samples::all() {
        for lang in Lang::ALL {
            let frame = PageFrame {
                lang,
                nonce: "gallery",
                assets: &assets,
                path: sample.path,
                viewer: sample.viewer,
                banners: sample.banners.clone(),
                unread: 0,
                edition: PortalEdition::Demo,
            };
            let html = render(&frame, (sample.page)(lang));
            fs::write(folder.join(format!("{}.{}.html", sample.name, lang.code())), html)?;
        }
    }
    println!("{}", folder.display());
    Ok(())
}

/// The style files in their order, as the bundle joins them.
fn style_sheet() -> io::Result<String> {
    let style = Path::new(env!("CARGO_MANIFEST_DIR")).join("../style");
    let mut paths: Vec<_> =
        fs::read_dir(style)?.map(|entry| entry.map(|e| e.path())).collect::<Result<_, _>>()?;
    paths.sort();
    paths.iter().map(fs::read_to_string).collect()
}
