//! x
use techo_app::*;
fn main() {
    let assets = Assets { css: "/pkg/a.css".into(), js: "/pkg/a.js".into(), wasm: "/pkg/a.wasm".into() };
    let frame = PageFrame {
        lang: Lang::Ja,
        nonce: "abc",
        assets: &assets,
        path: "/",
        viewer: views::frame::Viewer::Stranger,
        banners: vec![views::frame::Banner::AgreeToPrivacy],
        edition: views::frame::Edition::Demo,
    };
    println!("{}", render(&frame, pages::landing(Lang::Ja)));
    let home = techo_domain::portal::home::HomeView {
        name: "<b>𠮷田 O'Hara".into(),
        coverage: techo_domain::portal::coverage::CoverageNow::Unknown,
        news: vec![],
        next: vec![techo_domain::portal::home::NextStep::AddSecondPasskey],
        latest_checkup: None,
        counts: Default::default(),
    };
    println!("{}", render(&frame, pages::home(Lang::En, &home)));
    let t = std::time::Instant::now();
    for _ in 0..1000 {
        std::hint::black_box(render(&frame, pages::home(Lang::En, &home)));
    }
    eprintln!("{:?} each", t.elapsed() / 1000);
}
