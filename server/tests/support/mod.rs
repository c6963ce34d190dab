//! The whole portal in one process: real databases, a real card authority, devices in software, and browsers that keep
//! cookies. Requests pass every layer.
#![allow(
    dead_code,
    clippy::allow_attributes,
    clippy::unwrap_used,
    reason = "each test binary uses its own part, and helpers of tests fail like tests"
)]

#[path = "../../citizen/tests/support/mod.rs"]
pub mod town;

mod browser;

pub use browser::{Answer, Browser};
use techo_audit::log::LogWriter;
use techo_disclosure::clinic::ClinicAccess;

use axum::Router;
use serde_json::{Value, json};
use std::{collections::HashMap, fs};
use techo::{
    config::{Settings, Sources},
    portal::{self, DemoHolder, DemoReader, PortalState},
    services::Services,
};
use techo_app::views::{PRIVACY_VERSION, frame::Edition};
use techo_cardlab::{Card, CardSpec, Lab};
use techo_identity::{
    letters::{Addressees, LetterRun},
    passkey::soft::SoftAuthenticator,
    session::{self, SessionKey},
};
use techo_model::{CalendarDate, account::SessionDoor, number::MunicipalityCode};
use tempfile::TempDir;
use town::{Town, city, record_code, residents_file, towns};

pub const ORIGIN: &str = "http://localhost:3000";
pub const PIN: &str = "1234";

/// A running portal without a listener.
pub struct App {
    pub town: Town,
    pub services: Services,
    pub state: PortalState,
    pub router: Router,
    pub folder: TempDir,
}

/// Somebody with a card, a letter and a device.
pub struct Person {
    pub card: Card,
    pub code: String,
    pub device: SoftAuthenticator,
}

/// The demo on every engine: three residents with cards and letters, nobody enrolled.
pub async fn apps() -> Vec<App> {
    let mut all = Vec::new();
    for town in towns().await {
        all.push(app(town, &[]).await);
    }
    all
}

/// The portal with further settings.
pub async fn app(town: Town, settings: &[(&str, &str)]) -> App {
    let people = [
        (1, "山田花子", "1975-04-01", &[][..]),
        (2, "佐藤次郎", "1980-01-02", &[][..]),
        (3, "鈴木三葉", "2001-07-07", &[][..]),
    ];
    town.residents(&city(), residents_file(&city(), &people)).await;
    let folder = tempfile::tempdir().unwrap();
    let site = folder.path().join("site");
    fs::create_dir_all(site.join("pkg")).unwrap();
    fs::write(
        site.join("assets.json"),
        r#"{"css":"/pkg/app.css","js":"/pkg/app.js","wasm":"/pkg/app.wasm"}"#,
    )
    .unwrap();
    fs::write(site.join("pkg/app.css"), "body{}").unwrap();
    let (lab, holders) = cards(&town, &folder).await;
    let (ca, crl) = (lab.ca_folder(), lab.crl_folder());
    let mut pairs = vec![
        ("SITE", site.to_str().unwrap()),
        ("CARD_CA", ca.to_str().unwrap()),
        ("CARD_CRL", crl.to_str().unwrap()),
        // Tests are quicker than people and systems.
        ("ACCOUNT_RATE", "1000000"),
        ("ORGANISATION_RATE", "1000000"),
    ];
    pairs.extend(settings);
    let settings = Settings::load(&Sources::of_pairs(&pairs)).unwrap();
    let demo = settings.portal_url.is_local().then_some(DemoReader { lab, holders });
    let edition = if demo.is_some() { Edition::Demo } else { Edition::Live };
    let services = Services::open(town.custody.clone(), settings, edition).unwrap();
    let state = PortalState::new(&services, demo).await.unwrap();
    App { router: portal::router(state.clone()), services, state, town, folder }
}

/// The same services with another access log.
pub fn with_log(services: &Services, log: LogWriter) -> Services {
    let Services { custody, trust, card_lists, .. } = services.clone();
    let clinic_access = ClinicAccess::new(custody, log.clone(), trust, card_lists);
    Services { log, clinic_access, ..services.clone() }
}

async fn cards(town: &Town, folder: &TempDir) -> (Lab, HashMap<String, DemoHolder>) {
    let now = town.custody.environment.now();
    let lab = Lab::create(&folder.path().join("lab"), [5; 32], now).unwrap();
    let municipality = MunicipalityCode::parse(&city().id).unwrap();
    let mut holders = HashMap::new();
    for n in 1..=3 {
        let addressees = Addressees::Named(vec![record_code(n)]);
        let letter = LetterRun::new(&town.custody, &municipality, addressees, ORIGIN)
            .next_page()
            .await
            .unwrap()
            .remove(0);
        let card = lab.issue(&[CardSpec::new(&letter.name, PIN.parse().unwrap())], now).unwrap().remove(0);
        let holder = DemoHolder {
            order: u32::try_from(n).unwrap(),
            name: letter.name,
            birth_date: CalendarDate::parse("1975-04-01").unwrap(),
            activation_code: letter.code,
            checkups: 0,
            doses: 0,
            coverages: 0,
        };
        holders.insert(card.serial.to_string(), holder);
    }
    (lab, holders)
}

impl App {
    pub fn engine(&self) -> &'static str {
        self.town.engine()
    }

    pub fn browser(&self) -> Browser {
        Browser::new(self.router.clone(), self.state.settings.portal_url.origin())
    }

    /// The nth resident, 1 to 3.
    pub fn person(&self, n: u32) -> Person {
        let demo = self.state.demo.as_ref().unwrap();
        let (serial, holder) = demo.holders.iter().find(|(_, holder)| holder.order == n).unwrap();
        Person {
            card: demo.lab.card(&serial.parse().unwrap()).unwrap(),
            code: holder.activation_code.clone(),
            device: SoftAuthenticator::new(ORIGIN, &self.town.custody.environment),
        }
    }

    /// The card in the demo's reader, through the same requests as a browser's.
    pub async fn show_card(
        &self,
        browser: &mut Browser,
        purpose: &str,
        card: &Card,
        code: Option<&str>,
    ) -> Answer {
        let challenge = browser.post_json("/card/challenge", &json!({ "purpose": purpose })).await.json();
        let asked = json!({ "pin": PIN, "origin": challenge["origin"], "nonce": challenge["nonce"] });
        let token = browser.post_json(&format!("/demo/cards/{}/sign", card.serial), &asked).await.json();
        browser.post_json("/card/token", &json!({ "token": token, "activation_code": code })).await
    }

    /// Makes a passkey in the device of a person.
    pub async fn register(&self, browser: &mut Browser, person: &mut Person) -> Answer {
        let options: Value = browser.post_json("/passkey/register/begin", &json!({})).await.json();
        let answer = person.device.create(&options).expect("the device makes a passkey");
        browser.post_json("/passkey/register/finish", &answer).await
    }

    /// One button.
    pub async fn sign_in(&self, browser: &mut Browser, person: &mut Person) -> Answer {
        let options: Value = browser.post_json("/passkey/sign-in/begin", &json!({})).await.json();
        let answer = person.device.get(&options).expect("the device has a passkey");
        browser.post_json("/passkey/sign-in/finish", &answer).await
    }

    /// What a browser's session remembers, as it stands in the vault.
    pub async fn session_data(&self, browser: &Browser) -> String {
        let key = SessionKey::of_token(&browser.cookies["techo"]);
        session::load_session(&self.town.custody, &key, SessionDoor::Portal).await.unwrap().unwrap().data
    }

    /// The passkey once more, for something that wants a fresh check.
    pub async fn check(&self, browser: &mut Browser, person: &mut Person) -> Answer {
        let options: Value = browser.post_json("/passkey/verify/begin", &json!({})).await.json();
        let answer = person.device.get(&options).expect("the device has a passkey");
        let checked = browser.post_json("/passkey/verify/finish", &answer).await;
        assert_eq!(checked.status, 200, "{}", checked.text);
        checked
    }

    /// A browser in which the nth resident is enrolled and signed in.
    pub async fn enrolled(&self, n: u32) -> (Browser, Person) {
        let (mut browser, mut person) = (self.browser(), self.person(n));
        browser.post_form("/enrol/agree", &[("agree", "yes"), ("version", PRIVACY_VERSION)]).await;
        let shown = self.show_card(&mut browser, "enrol", &person.card, Some(&person.code)).await;
        assert_eq!(shown.status, 200, "{}", shown.text);
        self.town.custody.environment.advance(std::time::Duration::from_secs(1));
        let made = self.register(&mut browser, &mut person).await;
        assert_eq!(made.json()["next"], "/home", "{}", made.text);
        (browser, person)
    }
}
