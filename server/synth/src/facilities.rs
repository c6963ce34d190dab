//! Places where people are examined and vaccinated. Numbers are prefecture (2), 1 for medical, district (2), serial (4)
//! and a check digit.

use crate::{
    dice::Dice,
    numbers::with_modulus_ten,
    places::{Address, MUNICIPALITIES, MunicipalityIndex, PREFECTURE},
};
use techo_model::{number::FacilityNumber, organisation::OrganisationKind};

/// What a facility does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Service {
    /// 健診 and vaccination of adults.
    Checkups,
    /// Vaccination of children.
    Children,
}

/// A facility.
#[derive(Debug)]
pub(crate) struct Facility {
    pub(crate) municipality: MunicipalityIndex,
    serial: u32,
    pub(crate) name: &'static str,
    pub(crate) kind: OrganisationKind,
    pub(crate) service: Service,
    /// Which of the laboratory methods it uses; they have item codes of their own.
    pub(crate) laboratory: usize,
    /// Whether its documents carry 枝番. Many real ones do not.
    pub(crate) branch: BranchHabit,
}

/// Whether documents carry 枝番.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BranchHabit {
    Written,
    LeftOut,
}

macro_rules! facilities {
    ($($municipality:literal $serial:literal $name:literal $kind:ident $service:ident $laboratory:literal $branch:ident;)*) => {
        /// All facilities.
        pub(crate) const FACILITIES: &[Facility] = &[$(Facility {
            municipality: $municipality,
            serial: $serial,
            name: $name,
            kind: OrganisationKind::$kind,
            service: Service::$service,
            laboratory: $laboratory,
            branch: BranchHabit::$branch,
        },)*];
    };
}

facilities! {
    0 1 "風の里村診療所" Clinic Checkups 1 LeftOut;
    1 1 "花霞クリニック" Clinic Checkups 0 Written;
    1 2 "花霞こどもクリニック" Clinic Children 0 Written;
    2 1 "汐見町健診センター" Clinic Checkups 1 Written;
    2 2 "汐見みなと医院" Clinic Checkups 0 LeftOut;
    2 3 "汐見こども医院" Clinic Children 0 Written;
    3 1 "星ヶ原市立病院" Hospital Checkups 2 Written;
    3 2 "銀河台内科クリニック" Clinic Checkups 0 LeftOut;
    3 3 "月見野小児科" Clinic Children 0 Written;
    4 1 "みどり野市民病院健診センター" Hospital Checkups 2 Written;
    4 2 "若葉町クリニック" Clinic Checkups 1 Written;
    4 3 "けやき台内科" Clinic Checkups 0 LeftOut;
    4 4 "緑が丘こどもクリニック" Clinic Children 0 Written;
    4 5 "中央小児科医院" Clinic Children 0 Written;
}

impl Facility {
    /// 医療機関コード or 健診機関番号.
    pub(crate) fn number(&self) -> FacilityNumber {
        let district = MUNICIPALITIES[self.municipality].district();
        let digits = with_modulus_ten(&format!("611{district:02}{:04}", self.serial));
        FacilityNumber::parse(&digits).expect("nine digits and a check digit are ten")
    }

    /// Where it stands.
    pub(crate) fn address(&self) -> Address {
        let municipality = MUNICIPALITIES[self.municipality].name;
        Address {
            postal_code: format!("000-{:02}{:02}", 90 + self.municipality, self.serial),
            text: format!("{PREFECTURE}{municipality}本通り{}番地", self.serial),
        }
    }

    /// A telephone number that cannot exist: no area code begins with two zeros.
    pub(crate) fn phone(&self) -> String {
        format!("000-{:03}-{:04}", MUNICIPALITIES[self.municipality].district(), self.serial)
    }
}

/// One of the facilities of a municipality. Where none treats children, the general ones do.
pub(crate) fn any_facility(
    dice: &mut Dice,
    municipality: MunicipalityIndex,
    service: Service,
) -> &'static Facility {
    let local: Vec<&'static Facility> =
        FACILITIES.iter().filter(|f| f.municipality == municipality).collect();
    let fitting: Vec<&'static Facility> = local.iter().copied().filter(|f| f.service == service).collect();
    let choice: &[&'static Facility] = if fitting.is_empty() { &local } else { &fitting };
    let facility: &&'static Facility = dice.pick(choice);
    facility
}

#[cfg(test)]
mod tests {
    use super::*;
    use techo_model::number::modulus_ten_holds;

    #[test]
    fn every_municipality_has_a_place_for_checkups_and_every_number_is_its_own() {
        for index in 0..MUNICIPALITIES.len() {
            assert!(FACILITIES.iter().any(|f| f.municipality == index && f.service == Service::Checkups));
        }
        let numbers: std::collections::HashSet<_> = FACILITIES.iter().map(Facility::number).collect();
        assert_eq!(numbers.len(), FACILITIES.len());
        assert!(numbers.iter().all(|number| modulus_ten_holds(number.as_str())));
    }
}
