//! `/enrol` and its sisters: one page per purpose of the card, at the step that the session has reached.

use super::{
    PortalState, PortalVisitor, SignedInCitizen,
    step_up::{self, require_step_up},
    visitor::broken,
};
use axum::{
    Form,
    extract::{Query, State},
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;
use techo_app::{
    pages,
    views::{
        PRIVACY_VERSION,
        enrol::{AgreeField, AgreeMistake, CardReaderKind, ChosenCard, EnrolStep, EnrolView, card_page},
    },
};
use techo_identity::enrol::{self, CardPurpose};
use techo_web::{
    form::{FilledForm, refused},
    problem::HttpResult,
};

/// `?card=`: the card that was put into the demo's reader.
#[derive(Deserialize)]
pub struct CardQuery {
    card: Option<String>,
}

/// `/enrol`: agreement, card, passkey.
pub async fn enrol(
    State(state): State<PortalState>,
    visitor: PortalVisitor,
    Query(chosen): Query<CardQuery>,
) -> HttpResult {
    let agreed = visitor.session.data().await.map_err(broken)?.agreed;
    let before_card = match agreed.as_deref() {
        Some(PRIVACY_VERSION) => EnrolStep::ReadCard,
        _ => EnrolStep::Agree(FilledForm::default()),
    };
    step(&state, &visitor, CardPurpose::Enrol, before_card, &chosen).await
}

/// `/enrol/recover`: card, passkey.
pub async fn recover(
    State(state): State<PortalState>,
    visitor: PortalVisitor,
    Query(chosen): Query<CardQuery>,
) -> HttpResult {
    step(&state, &visitor, CardPurpose::Recover, EnrolStep::ReadCard, &chosen).await
}

/// `/settings/card`: a renewed card. Asks for the passkey first.
pub async fn link(
    State(state): State<PortalState>,
    citizen: SignedInCitizen,
    Query(chosen): Query<CardQuery>,
) -> HttpResult {
    if let Some(interruption) =
        require_step_up(&state, &citizen, "link-card", card_page(CardPurpose::Link).to_owned()).await?
    {
        return Ok(interruption);
    }
    Ok(show(&state, &citizen.visitor, CardPurpose::Link, EnrolStep::ReadCard, &chosen))
}

/// `/settings/verify/card`: the card once more.
pub async fn step_up(
    State(state): State<PortalState>,
    citizen: SignedInCitizen,
    Query(chosen): Query<CardQuery>,
) -> HttpResult {
    let view = EnrolView {
        purpose: CardPurpose::StepUp,
        step: EnrolStep::ReadCard,
        reader: reader(&state, &chosen),
        back: Some(step_up::take_return_path(&citizen.visitor).await?),
    };
    Ok(citizen.visitor.page(pages::enrol(citizen.lang(), &view)))
}

/// `POST /enrol/agree`: remembers the agreement in the session; the account gets it when it is made.
pub async fn agree(
    State(state): State<PortalState>,
    visitor: PortalVisitor,
    Form(form): Form<FilledForm<AgreeField, AgreeMistake>>,
) -> HttpResult {
    let chosen = CardQuery { card: form.sent(AgreeField::Card).map(str::to_owned) };
    let mistake = match (form.sent(AgreeField::Agree), form.text(AgreeField::Version)) {
        (_, version) if version != PRIVACY_VERSION => Some(AgreeMistake::Changed),
        (None, _) => Some(AgreeMistake::NotTicked),
        (Some(_), _) => None,
    };
    if let Some(mistake) = mistake {
        let step = EnrolStep::Agree(form.refused(AgreeField::Agree, mistake));
        return Ok(refused(show(&state, &visitor, CardPurpose::Enrol, step, &chosen)));
    }
    visitor.key().await?;
    visitor.session.change(|data| data.agreed = Some(PRIVACY_VERSION.to_owned())).await.map_err(broken)?;
    Ok(Redirect::to(&match reader(&state, &chosen) {
        CardReaderKind::Demo(Some(card)) => format!("/enrol?card={}", card.serial),
        CardReaderKind::Demo(None) | CardReaderKind::None => "/enrol".to_owned(),
    })
    .into_response())
}

/// A card that was shown leads to the passkey; before that, `before_card`.
async fn step(
    state: &PortalState,
    visitor: &PortalVisitor,
    purpose: CardPurpose,
    before_card: EnrolStep,
    chosen: &CardQuery,
) -> HttpResult {
    let ticket = match visitor.session.existing_key().await.map_err(broken)? {
        Some(key) => enrol::has_ticket(&state.custody, &key).await?,
        None => false,
    };
    let step = if ticket { EnrolStep::CreatePasskey } else { before_card };
    Ok(show(state, visitor, purpose, step, chosen))
}

fn show(
    state: &PortalState,
    visitor: &PortalVisitor,
    purpose: CardPurpose,
    step: EnrolStep,
    chosen: &CardQuery,
) -> Response {
    let view = EnrolView { purpose, step, reader: reader(state, chosen), back: None };
    visitor.page(pages::enrol(visitor.lang, &view))
}

fn reader(state: &PortalState, chosen: &CardQuery) -> CardReaderKind {
    let Some(demo) = &state.demo else { return CardReaderKind::None };
    let card = chosen.card.as_ref().and_then(|serial| {
        let holder = demo.holder(&demo.lab.card(&serial.parse().ok()?).ok()?)?;
        Some(ChosenCard { serial: serial.clone(), name: holder.name.clone() })
    });
    CardReaderKind::Demo(card)
}
