//! One household after another into all the files.

use crate::{
    SynthError, SynthManifest, SynthOptions,
    coverage::{self, Cover},
    dice::{Dice, Purpose},
    document::{self, Submitted},
    facilities::FACILITIES,
    files::{Packages, Tables, make_folder},
    household::{Household, Person},
    insurers::INSURERS,
    manifest::FileKind,
    numbers,
    places::{Address, MUNICIPALITIES},
    resident, vaccination,
};
use std::path::Path;
use techo_exchange::{
    cda::write::{DocumentEnvelope, PostalAddress},
    rows::write::{self, COVERAGE_COLUMNS, RESIDENT_COLUMNS, VACCINATION_COLUMNS},
};
use techo_model::{
    organisation::{Organisation, OrganisationKind},
    resident::ResidentProtection,
};

/// All files while they are being written.
struct Files {
    residents: Tables,
    coverage: Tables,
    packages: Packages,
    vaccinations: Tables,
}

/// Writes everything but the manifest.
pub(crate) fn write(folder: &Path, options: &SynthOptions) -> Result<SynthManifest, SynthError> {
    make_folder(&folder.join("manifest.json"))?;
    let mut files = Files::new(folder);
    let total = u64::from(options.residents);
    let (mut residents, mut number) = (0, 0);
    while residents < total {
        let mut household = Household::new(options.seed, number, residents + 1);
        household.people.truncate(usize::try_from(total - residents).unwrap_or(usize::MAX));
        residents += u64::try_from(household.people.len()).unwrap_or(total);
        number += 1;
        files.household(options.seed, &household)?;
    }
    files.finish()
}

impl Files {
    fn new(root: &Path) -> Self {
        let municipalities = || MUNICIPALITIES.iter().map(|m| m.code().as_str().to_owned()).collect();
        let insurers = || INSURERS.iter().map(|insurer| insurer.number().as_str().to_owned()).collect();
        Self {
            residents: Tables::new(FileKind::Residents, root, &RESIDENT_COLUMNS, municipalities()),
            coverage: Tables::new(FileKind::Coverage, root, &COVERAGE_COLUMNS, insurers()),
            packages: Packages::new(root),
            vaccinations: Tables::new(FileKind::Vaccinations, root, &VACCINATION_COLUMNS, municipalities()),
        }
    }

    fn household(&mut self, seed: u64, household: &Household) -> Result<(), SynthError> {
        let covers = coverage::covers(seed, household);
        for (person, covers) in household.people.iter().zip(&covers) {
            self.person(seed, household, person, covers)?;
        }
        Ok(())
    }

    fn person(
        &mut self,
        seed: u64,
        household: &Household,
        person: &Person,
        covers: &[Cover],
    ) -> Result<(), SynthError> {
        let mut dice = Dice::new(seed, Purpose::Register, person.number);
        for sent in resident::rows(seed, household, person, &mut dice) {
            self.residents.row(sent.municipality, |out| write::resident(out, &sent.row))?;
        }
        let my_number = numbers::my_number(seed, person.number);
        for cover in covers {
            for row in cover.rows(&my_number, &mut dice) {
                self.coverage.row(cover.insurer, |out| write::coverage(out, &row))?;
            }
        }
        for submitted in document::documents(seed, household, person, covers) {
            self.packages.add(&submitted, &xml(household, &submitted))?;
        }
        for sent in vaccination::rows(seed, household, person) {
            self.vaccinations.row(sent.municipality, |out| write::vaccination(out, &sent.row))?;
        }
        Ok(())
    }

    /// Closes the files and lists them in the order of import.
    fn finish(self) -> Result<SynthManifest, SynthError> {
        let mut files = self.residents.finish()?;
        files.extend(self.coverage.finish()?);
        files.extend(self.packages.finish()?);
        files.extend(self.vaccinations.finish()?);
        Ok(SynthManifest { organisations: organisations(), files })
    }
}

fn xml(household: &Household, submitted: &Submitted) -> Vec<u8> {
    let hidden = Address { postal_code: "000-0000".to_owned(), text: "（非開示）".to_owned() };
    let home = match household.protection() {
        ResidentProtection::None => &household.home.address,
        ResidentProtection::Protected => &hidden,
    };
    let facility = submitted.facility.address();
    let envelope = DocumentEnvelope {
        person: place(home),
        facility: place(&facility),
        facility_phone: &submitted.facility.phone(),
    };
    techo_exchange::cda::write::write(&submitted.document, &envelope)
}

fn place(address: &Address) -> PostalAddress<'_> {
    PostalAddress { postal_code: &address.postal_code, address: &address.text }
}

fn organisations() -> Vec<Organisation> {
    let organisation =
        |id: &str, kind, name: &str| Organisation { id: id.to_owned(), kind, name: name.to_owned() };
    let municipalities = MUNICIPALITIES
        .iter()
        .map(|m| organisation(m.code().as_str(), OrganisationKind::Municipality, m.name));
    let insurers =
        INSURERS.iter().map(|i| organisation(i.number().as_str(), OrganisationKind::Insurer, i.name));
    let facilities = FACILITIES.iter().map(|f| organisation(f.number().as_str(), f.kind, f.name));
    municipalities.chain(insurers).chain(facilities).collect()
}
