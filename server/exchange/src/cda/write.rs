//! A checkup document to CDA bytes that are valid against `hc08_V08.xsd`, and the index and summary of its package.
//!
//! Numbers and symbols of the insured are written full width, as the ministry asks; readers normalise them. Items that
//! our table does not know, and those outside 特定健診, go to the section of additional items (01990).

mod body;
mod header;
mod package;
mod xml;

pub use package::{PackageFacts, index, summary};

use techo_model::checkup::CheckupDocument;
use xml::Xml;

/// What a document says beside the checkup itself.
#[derive(Clone, Copy, Debug)]
pub struct DocumentEnvelope<'a> {
    /// Address of the person.
    pub person: PostalAddress<'a>,
    /// Address of the facility.
    pub facility: PostalAddress<'a>,
    /// Telephone of the facility, digits and hyphens.
    pub facility_phone: &'a str,
}

/// A postal address.
#[derive(Clone, Copy, Debug)]
pub struct PostalAddress<'a> {
    /// `123-4567`.
    pub postal_code: &'a str,
    /// The rest.
    pub address: &'a str,
}

/// Writes one document, UTF-8 with a declaration.
pub fn write(document: &CheckupDocument, envelope: &DocumentEnvelope<'_>) -> Vec<u8> {
    let mut xml = Xml::document(16 * 1024);
    xml.open(
        "ClinicalDocument",
        &[
            ("xmlns", "urn:hl7-org:v3"),
            ("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance"),
            ("xsi:schemaLocation", "urn:hl7-org:v3 ../XSD/hc08_V08.xsd"),
        ],
    );
    header::write(&mut xml, document, envelope);
    body::write(&mut xml, document);
    xml.close("ClinicalDocument");
    xml.finish()
}

#[cfg(test)]
mod tests;
