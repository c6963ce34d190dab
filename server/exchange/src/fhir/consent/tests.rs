//! There and back for any choices, and a sentence with a place for everything that cannot be expressed.

mod refusals;
mod round_trip;

use serde_json::Value;
use techo_model::{
    CalendarDate, RuleId, UnixMillis,
    consent::{
        Category, ConsentRule, ConsentSettings, ConsentState, DataPeriod, Effect, Grantee, Label,
        OrganisationNumber, Purpose, RuleScope, RuleValidity, Switch,
    },
    organisation::OrganisationKind,
};
use uuid::Uuid;

/// 2026-11-27 in Japan.
const NOW: UnixMillis = UnixMillis(1_795_705_200_000);
const VERSION: super::StatedVersion = super::StatedVersion { number: 3, chosen_at: NOW };

fn written(state: &ConsentState) -> Value {
    super::write(state, VERSION).unwrap()
}

fn read(body: &Value) -> Result<ConsentState, String> {
    super::read(body.to_string().as_bytes(), NOW).map_err(|problem| problem.to_string())
}

/// The example of `docs/FORMATS.md`: dentists see everything but values until the end of March, and mental health is hidden
/// from one professional.
fn example() -> ConsentState {
    let rule = |id, effect, grantee| ConsentRule {
        id: RuleId(Uuid::from_u128(id)),
        effect,
        grantee,
        scope: RuleScope::default(),
        purpose: Purpose::Treatment,
        validity: RuleValidity { from: UnixMillis(NOW.0 - 86_400_000), until: None },
        data: DataPeriod::default(),
    };
    let dentists = Grantee::Class { class: OrganisationKind::Dentist };
    let mut permit = rule(1, Effect::Permit, dentists);
    permit.scope.categories = [Category::CheckupMeasurements, Category::Vaccination].into();
    permit.scope.labels = [Label::HivSti].into();
    permit.validity.until = Some(UnixMillis::start_of(CalendarDate::new(2027, 4, 1).unwrap()));
    permit.data.from = Some(CalendarDate::new(2024, 4, 1).unwrap());
    let person =
        Grantee::Person { organisation: OrganisationNumber("1310000019".into()), subject: "dr-1".into() };
    let mut deny = rule(2, Effect::Deny, person);
    deny.scope.categories = [Category::CheckupQuestionnaire].into();
    deny.scope.labels = [Label::MentalHealth].into();
    let settings = ConsentSettings { clinics: Switch::On, ..ConsentSettings::default() };
    ConsentState { settings, rules: vec![permit, deny] }
}
