//! Passkeys, sessions and demo cards.

use super::{HOSTILE, id, morning};
use techo_app::views::{
    demo::{DemoCard, DemoCardState, DemoCardsView},
    passkeys::{
        NicknameProblem, PasskeyLine, PasskeyUse, PasskeysView, RenameField, RenameForm, SessionCursor,
        SessionLine,
    },
};
use techo_identity::passkey::{PasskeyState, PasskeyStorage};
use techo_model::{PasskeyId, SessionId};
use techo_web::form::FilledForm;

pub fn passkey(number: u128) -> PasskeyLine {
    PasskeyLine {
        id: PasskeyId(id(number)),
        nickname: "自分のスマートフォン".to_owned(),
        storage: PasskeyStorage::Synced,
        created_at: morning("2026-06-02"),
        last_used_at: Some(morning("2026-11-23")),
        state: PasskeyState::Active,
        use_now: PasskeyUse::ThisSession,
    }
}

pub fn passkeys() -> PasskeysView {
    let other = |number, nickname: &str, storage, state| PasskeyLine {
        nickname: nickname.to_owned(),
        storage,
        state,
        last_used_at: None,
        use_now: PasskeyUse::Elsewhere,
        ..passkey(number)
    };
    PasskeysView {
        passkeys: vec![
            passkey(1),
            other(2, "家のパソコン", PasskeyStorage::DeviceBound, PasskeyState::Suspended),
            other(3, "", PasskeyStorage::DeviceBound, PasskeyState::Active),
        ],
        sessions: vec![
            session("Chrome / Android", SessionCursor::Here),
            session("Firefox / Windows", SessionCursor::Elsewhere),
            session("", SessionCursor::Elsewhere),
        ],
        rename: None,
    }
}

pub fn passkeys_with_mistake() -> PasskeysView {
    PasskeysView { rename: Some(rename(2, HOSTILE, NicknameProblem::TooLong)), ..passkeys() }
}

pub fn one_passkey() -> PasskeysView {
    let form = rename(1, "", NicknameProblem::Empty);
    let sessions = vec![session("Chrome / Android", SessionCursor::Here)];
    PasskeysView { passkeys: vec![passkey(1)], sessions, rename: Some(form) }
}

fn rename(number: u128, typed: &str, problem: NicknameProblem) -> RenameForm {
    let form = FilledForm::default().with(RenameField::Nickname, typed);
    RenameForm { id: PasskeyId(id(number)), form: form.refused(RenameField::Nickname, problem) }
}

fn session(device: &str, place: SessionCursor) -> SessionLine {
    SessionLine {
        id: SessionId(id(7)),
        device: device.to_owned(),
        started_at: morning("2026-11-22"),
        last_seen_at: morning("2026-11-23"),
        place,
    }
}

pub fn demo() -> DemoCardsView {
    let card = |serial: &str, name: &str, age, code: Option<&str>, state| DemoCard {
        serial: serial.to_owned(),
        name: name.to_owned(),
        age,
        checkups: 5,
        doses: 1,
        coverages: 0,
        pin: "1234".to_owned(),
        activation_code: code.map(str::to_owned),
        state,
    };
    let code = Some("7QK2-M9XD-03HV-TB5N");
    DemoCardsView {
        cards: vec![
            card("00a1", "佐藤 はな", Some(72), code, DemoCardState::Valid),
            card("00a2", "𠮷田 健一郎", Some(45), None, DemoCardState::Valid),
            card("00a3", HOSTILE, None, code, DemoCardState::OnHold),
            card("00a4", "高橋 マリア クリスティーナ", Some(31), code, DemoCardState::Revoked),
            card("00a5", "田中 すみれ", Some(0), code, DemoCardState::Expired),
        ],
        page: 2,
        pages: 13,
    }
}
