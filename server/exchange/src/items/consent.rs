//! What an item of a checkup means for consent: its category, and its sensitive labels.
//!
//! To label an item: the first characters of its JLAC10 code in [`LABELLED`], with the analyte they name.

use super::{ItemGroup, item};
use techo_model::{
    answer::ItemCode,
    consent::{Category, Label},
};

/// Beginnings of item codes that carry a label. 5E071: 梅毒反応 (syphilis serology); 5F560: HIV antibody and antigen. Hepatitis is not among them: most
/// people were not infected that way, and a label would say so.
const LABELLED: [(&str, Label); 2] = [("5E071", Label::HivSti), ("5F560", Label::HivSti)];

/// The category of an item; none for one that our table does not know, which may be anything.
pub fn category(code: &ItemCode) -> Option<Category> {
    item(code).map(|item| of_group(item.group))
}

/// The sensitive labels of an item.
pub fn labels(code: &ItemCode) -> impl Iterator<Item = Label> + '_ {
    LABELLED.iter().filter(|(begins, _)| code.0.starts_with(begins)).map(|(_, label)| *label)
}

fn of_group(group: ItemGroup) -> Category {
    match group {
        ItemGroup::Body | ItemGroup::BloodPressure | ItemGroup::HeartAndEyes | ItemGroup::Hearing => {
            Category::CheckupMeasurements
        }
        ItemGroup::Lipids
        | ItemGroup::BloodSugar
        | ItemGroup::Liver
        | ItemGroup::Kidney
        | ItemGroup::Urine
        | ItemGroup::BloodCount
        | ItemGroup::Infection => Category::CheckupLaboratory,
        ItemGroup::Judgement | ItemGroup::Examination | ItemGroup::Guidance | ItemGroup::Other => {
            Category::CheckupFindings
        }
        ItemGroup::Questionnaire | ItemGroup::OlderAdults | ItemGroup::DailyFunction => {
            Category::CheckupQuestionnaire
        }
        ItemGroup::Screening => Category::CheckupScreening,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_answers_and_findings_are_told_apart_and_an_unknown_item_is_nothing() {
        let of = |code: &str| category(&ItemCode(code.into()));
        assert_eq!(of("9N006000000000001"), Some(Category::CheckupMeasurements));
        assert_eq!(of("9N736000000000011"), Some(Category::CheckupQuestionnaire));
        assert_eq!(of("9N501000000000011"), Some(Category::CheckupFindings));
        assert_eq!(of("5F016141002399811"), Some(Category::CheckupLaboratory));
        assert_eq!(of("9Z999999999999999"), None);
    }

    #[test]
    fn syphilis_and_hiv_are_sensitive_and_hepatitis_is_not() {
        let of = |code: &str| labels(&ItemCode(code.into())).collect::<Vec<_>>();
        for code in ["5E071000002399811", "5F560155002305211"] {
            assert_eq!(of(code), [Label::HivSti]);
        }
        assert_eq!(of("5F016141002399811"), []);
    }
}
