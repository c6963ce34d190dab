//! The card CAs that this portal trusts, and the path from a certificate to one of them.

use super::{
    CardCertificate, CardRefusal,
    authority::{Authority, CaFault},
    pem,
    profile::Leaf,
};
use std::{
    fs, io,
    path::{Path, PathBuf},
};
use techo_model::UnixMillis;

/// A CA's certificate has under 3 kB; a file of several stays well below this.
const MAX_CA_FILE_BYTES: u64 = 256 * 1024;

/// Why the folder of trusted CAs cannot be used. One Japanese sentence for whoever starts the portal.
#[derive(Debug, thiserror::Error)]
pub enum TrustError {
    /// The folder or a file in it cannot be read.
    #[error("TECHO_CARD_CA: {} を読めません（{source}）。カード認証局の証明書を置いたフォルダーを指定してください。", path.display())]
    Unreadable {
        /// The folder or the file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// No certificate in it.
    #[error("TECHO_CARD_CA: {} に認証局の証明書（拡張子 .pem .crt .cer .der）がありません。", .0.display())]
    Empty(PathBuf),
    /// A file that is no certificate of a CA fit for cards.
    #[error("TECHO_CARD_CA: {} は使えません。{fault}。このファイルを取り除くか、正しい証明書に置き換えてください。", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        fault: CaFault,
    },
    /// Two different certificates with one key identifier: one could not tell which of them signed.
    #[error("TECHO_CARD_CA: {} と同じ鍵識別子を持つ別の証明書があります。どちらか一方だけを残してください。", .0.display())]
    SameKeyId(PathBuf),
    /// Demonstration CAs beside others.
    #[error("TECHO_CARD_CA: {} にデモ用の認証局とそれ以外の認証局が混ざっています。どちらか一方だけを置いてください。", .0.display())]
    Mixed(PathBuf),
    /// None is valid now.
    #[error("TECHO_CARD_CA: {} に、いま有効期間内の認証局の証明書がありません。新しい証明書を置いてください。", .0.display())]
    NoneValid(PathBuf),
}

/// The trusted card CAs: either the demonstration's or real ones, at least one of them valid when it was loaded.
#[derive(Clone, Debug)]
pub struct TrustStore {
    authorities: Vec<Authority>,
}

impl TrustStore {
    /// Reads every `.pem`, `.crt`, `.cer` and `.der` file of a folder (`TECHO_CARD_CA`); a PEM file may hold several.
    ///
    /// # Errors
    /// One sentence that names the folder or the file and says what to do.
    pub fn load(folder: &Path, now: UnixMillis) -> Result<Self, TrustError> {
        let mut authorities: Vec<(Vec<u8>, Authority)> = Vec::new();
        for path in certificate_files(folder)? {
            for der in read_documents(&path)? {
                let authority =
                    Authority::read(&der).map_err(|fault| TrustError::File { path: path.clone(), fault })?;
                match authorities.iter().find(|(_, known)| known.key_id == authority.key_id) {
                    Some((known, _)) if *known == der => {}
                    Some(_) => return Err(TrustError::SameKeyId(path)),
                    None => authorities.push((der, authority)),
                }
            }
        }
        let authorities = authorities.into_iter().map(|(_, authority)| authority).collect();
        Self::checked(authorities, folder, now)
    }

    fn checked(authorities: Vec<Authority>, folder: &Path, now: UnixMillis) -> Result<Self, TrustError> {
        if authorities.is_empty() {
            return Err(TrustError::Empty(folder.to_owned()));
        }
        let demo = authorities.iter().filter(|authority| authority.is_demo).count();
        if demo != 0 && demo != authorities.len() {
            return Err(TrustError::Mixed(folder.to_owned()));
        }
        if !authorities.iter().any(|one| (one.not_before..=one.not_after).contains(&now)) {
            return Err(TrustError::NoneValid(folder.to_owned()));
        }
        Ok(Self { authorities })
    }

    /// Whether these are demonstration CAs, with which only a portal on localhost may start.
    pub fn is_demo(&self) -> bool {
        self.authorities.iter().any(|authority| authority.is_demo)
    }

    /// Verifies that a trusted CA issued this certificate for user authentication and that both are valid now.
    ///
    /// The order is that of cost and of trust: form, CA by key identifier, issuer, signature, validity, profile.
    ///
    /// # Errors
    /// The first rule that is broken, for the audit alone.
    pub fn verify(&self, leaf_der: &[u8], now: UnixMillis) -> Result<CardCertificate, CardRefusal> {
        let leaf = Leaf::read(leaf_der)?;
        let authority = self.find(leaf.ca_key_id()).ok_or(CardRefusal::UnknownAuthority)?;
        if *leaf.issuer() != authority.name {
            return Err(CardRefusal::IssuerName);
        }
        leaf.check_algorithm()?;
        if !leaf.signed.is_signed_by(&authority.key) {
            return Err(CardRefusal::AuthoritySignature);
        }
        if now < authority.not_before {
            return Err(CardRefusal::AuthorityNotYetValid);
        }
        if now > authority.not_after {
            return Err(CardRefusal::AuthorityExpired);
        }
        leaf.check_validity(now)?;
        leaf.into_authentication()
    }

    /// The CA with this subject key identifier.
    pub(super) fn find(&self, key_id: &[u8]) -> Option<&Authority> {
        self.authorities.iter().find(|authority| authority.key_id == key_id)
    }
}

/// The certificate files of a folder, in the order of their names.
fn certificate_files(folder: &Path) -> Result<Vec<PathBuf>, TrustError> {
    let unreadable = |source| TrustError::Unreadable { path: folder.to_owned(), source };
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let extension = path.extension().map(|text| text.to_string_lossy().to_ascii_lowercase());
        if matches!(extension.as_deref(), Some("pem" | "crt" | "cer" | "der")) {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

fn read_documents(path: &Path) -> Result<Vec<Vec<u8>>, TrustError> {
    let unreadable = |source| TrustError::Unreadable { path: path.to_owned(), source };
    let broken = || TrustError::File { path: path.to_owned(), fault: CaFault::NotACertificate };
    if fs::metadata(path).map_err(unreadable)?.len() > MAX_CA_FILE_BYTES {
        return Err(broken());
    }
    let file = fs::read(path).map_err(unreadable)?;
    pem::documents(&file, "CERTIFICATE").ok_or_else(broken)
}
