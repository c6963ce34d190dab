//! The keys of one version, derived from its master secret.

use aes::{
    Aes256,
    cipher::{BlockCipherDecrypt as _, BlockCipherEncrypt as _, KeyInit as _},
};
use hkdf::Hkdf;
use hmac::{Hmac, Mac as _};
use sha2::Sha256;
use zeroize::{Zeroize as _, Zeroizing};

/// 16 bytes: what the block ciphers map onto each other.
pub type CipherBlock = [u8; 16];

/// The master secret of a version.
pub type MasterKey = Zeroizing<[u8; 32]>;

/// Every key of one version.
pub struct KeySet {
    version: i64,
    root: Aes256,
    record: Aes256,
    my_number: Aes256,
    guardian: Aes256,
    organisations: Zeroizing<[u8; 32]>,
    lookups: [Zeroizing<[u8; 32]>; LookupPurpose::COUNT],
    seal: Zeroizing<[u8; 32]>,
    log_signing: Zeroizing<[u8; 32]>,
    line_seal: Hmac<Sha256>,
    check: [u8; 16],
}

/// What a keyed look-up (HMAC-SHA-256) is made for. Each has a key of its own, so that equal inputs do not meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LookupPurpose {
    /// A person code in the vault.
    Person,
    /// 保険者番号, 記号, 番号, 枝番.
    Insured,
    /// A card: key identifier of its CA and serial number.
    Card,
    /// Selector and secret of an activation letter.
    Letter,
    /// A citizen's share code.
    ShareCode,
    /// An invitation to the console.
    Invitation,
    /// Content of rows and waiting documents, to see whether something changed.
    Digest,
    /// Ids of resources that an organisation reads.
    Resource,
    /// Kana name and birth date.
    Demographics,
    /// Which resident owns an account.
    Owner,
}

impl LookupPurpose {
    const COUNT: usize = 10;

    fn label(self) -> &'static str {
        match self {
            Self::Person => "lookup/person",
            Self::Insured => "lookup/insured",
            Self::Card => "lookup/card",
            Self::Letter => "lookup/letter",
            Self::ShareCode => "lookup/share-code",
            Self::Invitation => "lookup/invitation",
            Self::Digest => "lookup/digest",
            Self::Resource => "lookup/resource",
            Self::Demographics => "lookup/demographics",
            Self::Owner => "mac/owner",
        }
    }

    const ALL: [Self; Self::COUNT] = [
        Self::Person,
        Self::Insured,
        Self::Card,
        Self::Letter,
        Self::ShareCode,
        Self::Invitation,
        Self::Digest,
        Self::Resource,
        Self::Demographics,
        Self::Owner,
    ];
}

impl KeySet {
    /// Derives every key of a version.
    pub fn derive(version: i64, master: &MasterKey) -> Self {
        let hkdf = Hkdf::<Sha256>::new(Some(b"techo/keys/v1"), master.as_ref());
        let key = |label: &str| {
            let mut out = Zeroizing::new([0; 32]);
            hkdf.expand(label.as_bytes(), out.as_mut()).expect("32 bytes are a valid length");
            out
        };
        let cipher = |label: &str| Aes256::new(&(*key(label)).into());
        let mut check = [0; 16];
        check.copy_from_slice(&key("check")[..16]);
        Self {
            version,
            root: cipher("code/person"),
            record: cipher("code/record"),
            my_number: cipher("alias/my-number"),
            guardian: cipher("code/guardian"),
            organisations: key("code/organisation"),
            lookups: LookupPurpose::ALL.map(|lookup| key(lookup.label())),
            seal: key("seal"),
            log_signing: key("log/checkpoint/ed25519/v1"),
            line_seal: Hmac::new_from_slice(key("log/line/hmac-sha-256/v1").as_ref())
                .expect("any length is a valid key"),
            check,
        }
    }

    /// Number of this version, 1 and up.
    pub fn version(&self) -> i64 {
        self.version
    }

    /// A value that shows whether a database and a key file belong together, and tells nothing else.
    pub fn check(&self) -> [u8; 16] {
        self.check
    }

    /// HMAC-SHA-256 of some parts, each preceded by its length so that parts cannot run into each other.
    pub fn lookup(&self, purpose: LookupPurpose, parts: &[&[u8]]) -> [u8; 32] {
        let key =
            LookupPurpose::ALL.iter().position(|known| *known == purpose).expect("every purpose is listed");
        let mut mac =
            Hmac::<Sha256>::new_from_slice(self.lookups[key].as_ref()).expect("any length is a valid key");
        for part in parts {
            mac.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }

    /// The key that seals one row of one table.
    pub(crate) fn row_key(&self, table: &str, row: &[u8]) -> Zeroizing<[u8; 32]> {
        let hkdf =
            Hkdf::<Sha256>::from_prk(self.seal.as_ref()).expect("32 bytes are a valid pseudo-random key");
        let mut out = Zeroizing::new([0; 32]);
        hkdf.expand_multi_info(&[table.as_bytes(), b"|", row], out.as_mut())
            .expect("32 bytes are a valid length");
        out
    }

    /// The secret that signs checkpoints of the access log. A new key version signs with a new one; checkpoints that
    /// exist stay as they are and are checked with the version that signed them.
    pub fn log_signing_secret(&self) -> Zeroizing<[u8; 32]> {
        self.log_signing.clone()
    }

    /// What only somebody with the keys can put on a line of the access log. A new key version seals with a new one; lines
    /// that exist keep the seal of the version that wrote them.
    pub fn line_seal(&self, parts: [&[u8]; 4]) -> [u8; 32] {
        let mut mac = self.line_seal.clone();
        parts.iter().for_each(|part| mac.update(part));
        mac.finalize().into_bytes().into()
    }

    /// Encrypts a block with the key of one organisation and one generation.
    pub(crate) fn permute_for_organisation(
        &self,
        organisation: &str,
        generation: i64,
        block: CipherBlock,
    ) -> CipherBlock {
        let hkdf = Hkdf::<Sha256>::from_prk(self.organisations.as_ref())
            .expect("32 bytes are a valid pseudo-random key");
        let mut key = Zeroizing::new([0; 32]);
        hkdf.expand_multi_info(&[organisation.as_bytes(), b"|", &generation.to_be_bytes()], key.as_mut())
            .expect("32 bytes are a valid length");
        permute(&Aes256::new(&(*key).into()), block)
    }

    pub(crate) fn root(&self) -> &Aes256 {
        &self.root
    }

    pub(crate) fn record(&self) -> &Aes256 {
        &self.record
    }

    pub(crate) fn my_number(&self) -> &Aes256 {
        &self.my_number
    }

    pub(crate) fn guardian(&self) -> &Aes256 {
        &self.guardian
    }
}

impl Drop for KeySet {
    fn drop(&mut self) {
        self.check.zeroize();
    }
}

/// Encrypts one block: a permutation, so two inputs never meet in one output.
pub(crate) fn permute(cipher: &Aes256, block: CipherBlock) -> CipherBlock {
    let mut block = block.into();
    cipher.encrypt_block(&mut block);
    block.into()
}

/// The way back.
pub(crate) fn invert(cipher: &Aes256, block: CipherBlock) -> CipherBlock {
    let mut block = block.into();
    cipher.decrypt_block(&mut block);
    block.into()
}
