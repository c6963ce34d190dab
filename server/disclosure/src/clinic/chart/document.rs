//! A checkup as one document for one organisation.

use super::{Writer, examination};
use crate::disclose::DisclosedCheckup;
use serde_json::json;
use techo_audit::log::Category;
use techo_custody::{Result, keys::set::LookupPurpose};
use techo_exchange::fhir::{self, CheckupComposition, DocumentReader, FhirResource, ResourceKind};
use uuid::{Builder, Uuid};

impl Writer<'_> {
    /// Only what `checkup` still has, which is what may be seen.
    pub(super) fn document(&mut self, checkup: &DisclosedCheckup, patient: &FhirResource) -> Result<()> {
        let row = &checkup.row;
        let record = row.checkup_id.0;
        let findings = self.findings(checkup)?;
        let shown: Vec<&str> = findings.iter().map(|finding| finding.id.as_str()).collect();
        let person = &patient.body;
        let content = json!([row.changed_at.0, shown, person["name"], person["gender"], person["birthDate"]])
            .to_string();
        let resource = fhir::document(&CheckupComposition {
            id: self.id(ResourceKind::Bundle, record, "", 0),
            number: self.id(ResourceKind::Bundle, record, &content, 1),
            of: examination(&self.patient, row),
            written_on: row.document_date,
            class: &row.report_class,
            programme: &row.programme,
            reader: if row.facility == self.organisation {
                DocumentReader::Author
            } else {
                DocumentReader::Other
            },
            made_at: patient.changed_at,
            patient,
            findings: &findings,
            address: &|name| self.address(name),
        });
        self.put(resource, Category::Checkup, record);
        Ok(())
    }

    /// The `urn:uuid` of an entry: of this organisation alone, like an id.
    fn address(&self, name: &str) -> Uuid {
        let parts: [&[u8]; 3] = [self.code.as_bytes(), b"urn:uuid", name.as_bytes()];
        let hash = self.keys.lookup(LookupPurpose::Resource, &parts);
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&hash[..16]);
        Builder::from_custom_bytes(bytes).into_uuid()
    }
}
