//! Index (`ix08_V08.xml`) and summary (`su08_V08.xml`) of a package, valid against `ix08_V08.xsd` and `su08_V08.xsd`.

use super::xml::Xml;
use crate::cda::oid;
use techo_model::{CalendarDate, number::InsurerNumber};

/// Namespace of index and summary in the 2024 revision of the schemas.
const NAMESPACE: &str = "https://www.mhlw.go.jp/stf/seisakunitsuite/bunya/0000161103.html";

/// What index and summary say about a package that one insurer hands to another (種別 8).
#[derive(Clone, Debug)]
pub struct PackageFacts {
    /// 提出元.
    pub sender: InsurerNumber,
    /// 提出先.
    pub receiver: InsurerNumber,
    /// Day of submission.
    pub created_on: CalendarDate,
    /// 回数 on that day, 0–9.
    pub sequence: u8,
    /// Count of documents, one per person.
    pub documents: u32,
}

impl PackageFacts {
    /// File name without extension: `提出元_提出先_提出日+回数_実施区分`, where 実施区分 1 is 特定健診.
    pub fn stem(&self) -> String {
        let day = self.created_on.compact();
        format!("{}_{}_{day}{}_1", self.sender.as_str(), self.receiver.as_str(), self.sequence)
    }
}

/// The index file.
pub fn index(package: &PackageFacts) -> Vec<u8> {
    let mut xml = Xml::document(1024);
    xml.open("index", &[("xmlns", NAMESPACE)]);
    xml.empty("interactionType", &[("code", "8")]);
    xml.empty("creationTime", &[("value", &package.created_on.compact())]);
    for (name, insurer) in [("sender", &package.sender), ("receiver", &package.receiver)] {
        xml.open(name, &[]);
        xml.empty("id", &[("root", oid::INSURER), ("extension", insurer.as_str())]);
        xml.close(name);
    }
    xml.empty("serviceEventType", &[("code", "1")]);
    xml.empty("totalRecordCount", &[("value", &package.documents.to_string())]);
    xml.close("index");
    xml.finish()
}

/// The summary file. No money changes hands between insurers, so every amount is 0.
pub fn summary(package: &PackageFacts) -> Vec<u8> {
    let mut xml = Xml::document(1024);
    xml.open("summary", &[("xmlns", NAMESPACE)]);
    xml.empty("serviceEventType", &[("code", "1")]);
    xml.empty("totalSubjectCount", &[("value", &package.documents.to_string())]);
    for amount in ["totalCostAmount", "totalPaymentAmount", "totalClaimAmount"] {
        xml.empty(amount, &[("value", "0"), ("currency", "JPY")]);
    }
    xml.close("summary");
    xml.finish()
}
