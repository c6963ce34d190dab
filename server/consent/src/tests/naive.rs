//! The second model: the paragraphs of `docs/FORMATS.md` one after another, as plainly as possible and without a look at
//! the engine. Strings, lists, no sharing of helpers.

use techo_model::consent::{
    Asker, ConsentRule, ConsentState, Grantee, PersonEmergency, Purpose, RecordFacts, RuleScope,
};

/// The word of a step and whether it permits.
type Answer = (&'static str, bool);

/// What an organisation asks for.
struct Question<'a> {
    state: &'a ConsentState,
    record: &'a RecordFacts,
    number: &'a str,
    class: &'a str,
    subject: Option<&'a str>,
    emergency: Option<&'a PersonEmergency>,
    purpose: &'a str,
    at: i64,
}

/// The word of the step and whether it permits.
pub fn answer(
    state: &ConsentState,
    record: &RecordFacts,
    asker: &Asker,
    purpose: Purpose,
    at: i64,
) -> (&'static str, bool) {
    if record.frozen {
        return ("frozen", false);
    }
    match asker {
        Asker::Support | Asker::Operator => ("role-gate", false),
        Asker::Owner => ("owner", true),
        Asker::Guardian { grant } => guardian(record, grant),
        Asker::Organisation { organisation, class, subject, emergency } => {
            let (number, class, purpose) = (organisation.0.as_str(), class.as_str(), purpose.as_str());
            let (subject, emergency) = (subject.as_deref(), emergency.as_ref());
            let asked = Question { state, record, number, class, subject, emergency, purpose, at };
            let gates = role_gate(&asked).or_else(|| marks(&asked));
            gates.or_else(|| rules(&asked)).unwrap_or_else(|| by_law(&asked))
        }
    }
}

fn mark_of(record: &RecordFacts) -> &'static str {
    record.mark.map_or("", |mark| mark.as_str())
}

fn guardian(record: &RecordFacts, grant: &RuleScope) -> Answer {
    let category = record.category.as_str();
    let mut yes = !record.hidden_from_guardians && mark_of(record) != "sealed";
    yes &= grant.categories.iter().any(|granted| granted.as_str() == category);
    for label in &record.labels {
        yes &= grant.labels.contains(label);
    }
    ("guardian", yes)
}

fn role_gate(asked: &Question<'_>) -> Option<Answer> {
    let Question { record, number, class, purpose, .. } = *asked;
    let category = record.category.as_str();
    if class == "municipality" {
        let own = record.municipality.as_ref().is_some_and(|home| home.0 == number);
        let yes = purpose == "public-health" && category == "vaccination" && record.public_duty && own;
        return Some((if yes { "public-duty" } else { "role-gate" }, yes));
    }
    let pairs: &[(&str, &[&str])] = &[
        ("clinic", &["treatment", "emergency", "payment"]),
        ("hospital", &["treatment", "emergency", "payment"]),
        ("dentist", &["treatment", "emergency", "payment"]),
        ("pharmacy", &["treatment", "emergency", "payment"]),
        ("insurer", &["payment", "insurer-transfer"]),
        ("research", &["research"]),
        ("care", &["treatment"]),
    ];
    let may = pairs.iter().any(|(known, purposes)| *known == class && purposes.contains(&purpose));
    let fits = match purpose {
        "payment" => category == "eligibility",
        "insurer-transfer" => category.starts_with("checkup-"),
        "research" => category != "eligibility",
        _ => true,
    };
    (!may || !fits).then_some(("role-gate", false))
}

/// Sealed, emergency, withheld.
fn marks(asked: &Question<'_>) -> Option<Answer> {
    let (choice, mark) = (asked.state.settings.emergency.as_str(), mark_of(asked.record));
    if mark == "sealed" && !(asked.purpose == "emergency" && choice == "also-sealed") {
        return Some(("sealed", false));
    }
    if asked.purpose != "emergency" {
        return (mark == "withheld").then_some(("withheld", false));
    }
    let (Some(declared), Some(_)) = (asked.emergency, asked.subject) else {
        return Some(("emergency", false));
    };
    let minutes_60 = 3_600_000;
    let length = declared.ends_at.0 - declared.declared_at.0;
    if length <= 0 || length > minutes_60 {
        return Some(("indeterminate", false));
    }
    let now = asked.at >= declared.declared_at.0 && asked.at < declared.ends_at.0;
    Some(("emergency", now && choice != "never"))
}

fn counts(asked: &Question<'_>, rule: &ConsentRule) -> bool {
    let Question { record, number, class, subject, purpose, at, .. } = *asked;
    let is_theirs = match &rule.grantee {
        Grantee::Person { organisation, subject: who } => {
            organisation.0 == number && subject == Some(who.as_str())
        }
        Grantee::Organisation { organisation } => organisation.0 == number,
        Grantee::Class { class: named } => named.as_str() == class,
        Grantee::CareTeam { organisations } => organisations.iter().any(|member| member.0 == number),
    };
    is_theirs
        && rule.purpose.as_str() == purpose
        && at >= rule.validity.from.0
        && rule.validity.until.is_none_or(|until| at < until.0)
        && rule.data.from.is_none_or(|from| record.date >= from)
        && rule.data.to.is_none_or(|to| record.date <= to)
}

fn rules(asked: &Question<'_>) -> Option<Answer> {
    let (state, record) = (asked.state, asked.record);
    if state.rules.iter().any(contradicts_itself) {
        return Some(("indeterminate", false));
    }
    let counting: Vec<&ConsentRule> = state.rules.iter().filter(|rule| counts(asked, rule)).collect();
    let denied = counting.iter().any(|rule| {
        rule.effect.as_str() == "deny"
            && (rule.scope.categories.contains(&record.category)
                || record.labels.iter().any(|label| rule.scope.labels.contains(label)))
    });
    if denied {
        return Some(("denied", false));
    }
    if record.author.as_ref().is_some_and(|author| author.0 == asked.number) {
        return Some(("author", true));
    }
    let switch = match asked.purpose {
        "treatment" => state.settings.clinics.as_str(),
        "research" => state.settings.research.as_str(),
        "insurer-transfer" => state.settings.insurer_transfer.as_str(),
        _ => "on",
    };
    if switch != "on" {
        return Some(("opt-in", false));
    }
    let permitted = counting.iter().any(|rule| {
        rule.effect.as_str() == "permit"
            && rule.scope.categories.contains(&record.category)
            && record.labels.iter().all(|label| rule.scope.labels.contains(label))
    });
    permitted.then_some(("permitted", true))
}

fn by_law(asked: &Question<'_>) -> Answer {
    if !asked.record.labels.is_empty() {
        return ("label", false);
    }
    match (asked.purpose, asked.record.category.as_str()) {
        ("payment", "eligibility") => ("eligibility", true),
        ("insurer-transfer", _) => ("insurer-transfer", true),
        _ => ("default", false),
    }
}

fn contradicts_itself(rule: &ConsentRule) -> bool {
    let nothing_named = rule.scope.categories.is_empty() && rule.scope.labels.is_empty();
    let never = rule.validity.until.is_some_and(|until| until <= rule.validity.from);
    let backwards = matches!((rule.data.from, rule.data.to), (Some(from), Some(to)) if to < from);
    let lonely = matches!(&rule.grantee, Grantee::CareTeam { organisations } if organisations.len() < 2);
    nothing_named || never || backwards || lonely
}
