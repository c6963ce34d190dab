//! The second model: the paragraphs of `docs/FORMATS.md` one after another, as plainly as possible and without a look at
//! the engine. Strings, lists, no sharing of helpers.

use techo_model::consent::{Asker, ConsentState, Grantee, Purpose, RecordFacts, Rule};

/// The word of the step and whether it permits.
pub fn answer(
    state: &ConsentState,
    record: &RecordFacts,
    asker: &Asker,
    purpose: Purpose,
    at: i64,
) -> (&'static str, bool) {
    let purpose = purpose.as_str();
    let category = record.category.as_str();
    let mark = record.mark.map_or("", |mark| mark.as_str());
    if record.frozen {
        return ("frozen", false);
    }
    let (number, class, subject, emergency) = match asker {
        Asker::Support | Asker::Operator => return ("role-gate", false),
        Asker::Owner => return ("owner", true),
        Asker::Guardian { grant } => {
            let mut yes = !record.hidden_from_guardians && mark != "sealed";
            yes &= grant.categories.iter().any(|granted| granted.as_str() == category);
            for label in &record.labels {
                yes &= grant.labels.contains(label);
            }
            return ("guardian", yes);
        }
        Asker::Organisation { organisation, class, subject, emergency } => {
            (organisation.0.as_str(), class.as_str(), subject.as_deref(), emergency)
        }
    };

    // Role gate.
    if class == "municipality" {
        let own = record.municipality.as_ref().is_some_and(|home| home.0 == number);
        let yes = purpose == "public-health" && category == "vaccination" && record.public_duty && own;
        return (if yes { "public-duty" } else { "role-gate" }, yes);
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
    if !may || !fits {
        return ("role-gate", false);
    }

    // Sealed, emergency, withheld.
    let choice = state.settings.emergency.as_str();
    if mark == "sealed" && !(purpose == "emergency" && choice == "also-sealed") {
        return ("sealed", false);
    }
    if purpose == "emergency" {
        return match (emergency, subject) {
            (Some(declared), Some(_)) => {
                let minutes_60 = 3_600_000;
                let length = declared.ends_at.0 - declared.declared_at.0;
                if length <= 0 || length > minutes_60 {
                    ("indeterminate", false)
                } else {
                    let now = at >= declared.declared_at.0 && at < declared.ends_at.0;
                    ("emergency", now && choice != "never")
                }
            }
            _ => ("emergency", false),
        };
    }
    if mark == "withheld" {
        return ("withheld", false);
    }
    // Rules.
    if state.rules.iter().any(contradicts_itself) {
        return ("indeterminate", false);
    }
    let counting: Vec<&Rule> = state
        .rules
        .iter()
        .filter(|rule| rule.purpose.as_str() == purpose)
        .filter(|rule| at >= rule.validity.from.0)
        .filter(|rule| rule.validity.until.is_none_or(|until| at < until.0))
        .filter(|rule| rule.data.from.is_none_or(|from| record.date >= from))
        .filter(|rule| rule.data.to.is_none_or(|to| record.date <= to))
        .filter(|rule| match &rule.grantee {
            Grantee::Person { organisation, subject: who } => {
                organisation.0 == number && subject == Some(who.as_str())
            }
            Grantee::Organisation { organisation } => organisation.0 == number,
            Grantee::Class { class: named } => named.as_str() == class,
            Grantee::CareTeam { organisations } => organisations.iter().any(|member| member.0 == number),
        })
        .collect();
    let denied = counting.iter().any(|rule| {
        rule.effect.as_str() == "deny"
            && (rule.scope.categories.contains(&record.category)
                || record.labels.iter().any(|label| rule.scope.labels.contains(label)))
    });
    if denied {
        return ("denied", false);
    }
    if record.author.as_ref().is_some_and(|author| author.0 == number) {
        return ("author", true);
    }
    let switch = match purpose {
        "treatment" => state.settings.clinics.as_str(),
        "research" => state.settings.research.as_str(),
        "insurer-transfer" => state.settings.insurer_transfer.as_str(),
        _ => "on",
    };
    if switch != "on" {
        return ("opt-in", false);
    }
    let permitted = counting.iter().any(|rule| {
        rule.effect.as_str() == "permit"
            && rule.scope.categories.contains(&record.category)
            && record.labels.iter().all(|label| rule.scope.labels.contains(label))
    });
    if permitted {
        return ("permitted", true);
    }
    if !record.labels.is_empty() {
        return ("label", false);
    }
    match (purpose, category) {
        ("payment", "eligibility") => ("eligibility", true),
        ("insurer-transfer", _) => ("insurer-transfer", true),
        _ => ("default", false),
    }
}

fn contradicts_itself(rule: &Rule) -> bool {
    let nothing_named = rule.scope.categories.is_empty() && rule.scope.labels.is_empty();
    let never = rule.validity.until.is_some_and(|until| until <= rule.validity.from);
    let backwards = matches!((rule.data.from, rule.data.to), (Some(from), Some(to)) if to < from);
    let lonely = matches!(&rule.grantee, Grantee::CareTeam { organisations } if organisations.len() < 2);
    nothing_named || never || backwards || lonely
}
