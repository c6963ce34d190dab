//! The extensions of certificates and revocation lists: none twice, no unknown critical one, each as it should be.

use der::{Decode, asn1::ObjectIdentifier, oid::AssociatedOid};
use x509_cert::ext::Extension;

/// What is wrong with a list of extensions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ExtensionFault {
    Repeated,
    UnknownCritical,
    Malformed,
}

/// No extension may occur twice: two readers could each believe another one.
pub(super) fn refuse_repeated(extensions: &[Extension]) -> Result<(), ExtensionFault> {
    let repeated = extensions
        .iter()
        .enumerate()
        .any(|(at, one)| extensions[..at].iter().any(|earlier| earlier.extn_id == one.extn_id));
    if repeated { Err(ExtensionFault::Repeated) } else { Ok(()) }
}

/// RFC 5280 section 4.2: a critical extension that is not processed refuses the whole.
pub(super) fn refuse_unknown_critical(
    extensions: &[Extension],
    known: &[ObjectIdentifier],
) -> Result<(), ExtensionFault> {
    let unknown = extensions.iter().any(|one| one.critical && !known.contains(&one.extn_id));
    if unknown { Err(ExtensionFault::UnknownCritical) } else { Ok(()) }
}

/// The extension of this type, if it is there.
pub(super) fn find<'a, T>(extensions: &'a [Extension]) -> Result<Option<T>, ExtensionFault>
where
    T: Decode<'a> + AssociatedOid,
{
    extensions
        .iter()
        .find(|one| one.extn_id == T::OID)
        .map(|one| T::from_der(one.extn_value.as_bytes()).map_err(|_| ExtensionFault::Malformed))
        .transpose()
}
