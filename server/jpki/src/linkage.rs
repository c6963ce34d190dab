//! Which certificate took the place of which (発行番号の対応): the authority knows it when a card is renewed, and tells
//! verifiers. A file beside the revocation lists, which the operator writes from what they are told.
//!
//! Unlike a list it is not signed. So it counts only while nobody but its owner can write it.

use super::CertificateId;
use std::{
    fs,
    io::{BufRead, BufReader, Read as _},
    os::unix::fs::MetadataExt as _,
    path::Path,
};

/// Name of the file in `TECHO_CARD_CRL`.
pub(super) const FILE: &str = "renewals.csv";

/// Its first line.
const HEAD: &str = "旧認証局,旧発行番号,新認証局,新発行番号";

/// The longest file that is read: about a million renewals.
const MAX_BYTES: u64 = 128 * 1024 * 1024;

/// Whether group or others may write a file of this mode.
const WRITABLE_BY_OTHERS: u32 = 0o022;

/// Whether the file in this folder says that one certificate took the place of another. A file that cannot be read, or
/// that others may write, says nothing.
pub(super) fn is_renewal(folder: &Path, old: &CertificateId, new: &CertificateId) -> bool {
    let path = folder.join(FILE);
    let Ok(file) = fs::File::open(&path) else { return false };
    let trusted = file.metadata().is_ok_and(|meta| meta.mode() & WRITABLE_BY_OTHERS == 0);
    if !trusted {
        tracing::warn!(path = %path.display(), "発行番号の対応表を使えません（所有者のほかにも書き込めます）");
        return false;
    }
    says(BufReader::new(file.take(MAX_BYTES)), old, new)
}

/// Line by line: the file is long, and nobody needs the whole of it at once.
fn says(text: impl BufRead, old: &CertificateId, new: &CertificateId) -> bool {
    let mut lines = text.split(b'\n').map_while(Result::ok);
    let head = lines.next().unwrap_or_default();
    let head = head.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&head);
    if head.trim_ascii() != HEAD.as_bytes() {
        return false;
    }
    let wanted = [hex(&old.ca_key_id), hex(&old.serial), hex(&new.ca_key_id), hex(&new.serial)];
    lines.any(|line| {
        let mut cells = line.split(|byte| *byte == b',').map(<[u8]>::trim_ascii);
        let fits = wanted
            .iter()
            .all(|wanted| cells.next().is_some_and(|cell| cell.eq_ignore_ascii_case(wanted.as_bytes())));
        fits && cells.next().is_none()
    })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    fn id(ca: u8, serial: u8) -> CertificateId {
        CertificateId { ca_key_id: vec![ca, 0xff], serial: vec![serial] }
    }

    #[test]
    fn a_renewal_is_known_by_both_certificates_and_in_one_direction() {
        let text = format!("\u{feff}{HEAD}\r\n01FF,0a,02ff,0B\r\n");
        assert!(says(text.as_bytes(), &id(1, 10), &id(2, 11)));
        assert!(!says(text.as_bytes(), &id(2, 11), &id(1, 10)));
        assert!(!says(text.as_bytes(), &id(1, 10), &id(1, 11)));
        assert!(!says(text.as_bytes(), &id(1, 10), &id(2, 12)));
        assert!(!says(&b"01ff,0a,02ff,0b\n"[..], &id(1, 10), &id(2, 11)), "without its first line");
    }

    #[test]
    fn a_file_that_others_may_write_says_nothing() {
        let folder = tempfile::TempDir::new().unwrap();
        assert!(!is_renewal(folder.path(), &id(1, 10), &id(2, 11)));
        let path = folder.path().join(FILE);
        fs::write(&path, format!("{HEAD}\n01ff,0a,02ff,0b\n")).unwrap();
        for (mode, known) in [(0o644, true), (0o664, false), (0o646, false), (0o600, true)] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            assert_eq!(is_renewal(folder.path(), &id(1, 10), &id(2, 11)), known, "{mode:o}");
        }
    }
}
