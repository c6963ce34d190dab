//! The systems of three demo organisations: keys in the demo's folder, so that one can try the door for systems.

use crate::{
    commands::{CommandError, folders, org},
    config::ProcessSettings,
};
use std::{fs, fs::OpenOptions, io, io::Write as _, os::unix::fs::OpenOptionsExt as _, path::PathBuf};
use techo_custody::Custody;
use techo_disclosure::systems::{PublicKeys, SigningKey};
use techo_model::{
    organisation::{Organisation, OrganisationKind},
    paging::PageRequest,
};
use techo_store::vault::organisation_search::OrganisationFilter;

/// Kinds that have a system, each with a made-up organisation for towns that have none.
const KINDS: [(OrganisationKind, &str, &str); 3] = [
    (OrganisationKind::Clinic, "1319999901", "架空内科医院"),
    (OrganisationKind::Dentist, "1339999901", "架空歯科医院"),
    (OrganisationKind::Hospital, "1319999902", "架空総合病院"),
];
/// How the ids of their keys begin; the official number follows.
const KEY_ID: &str = "demo-";
/// Where their card readers stand. Nothing listens there; a card signs over it.
const ORIGIN: &str = "https://reception.example.jp";

fn folder(settings: &ProcessSettings) -> PathBuf {
    settings.data_dir.join("systems")
}

/// Makes keys and registers them, unless they are there.
pub(super) async fn ensure(custody: &Custody, settings: &ProcessSettings) -> Result<(), CommandError> {
    let folder = folder(settings);
    let on_disk = |error: io::Error| CommandError::Other(format!("{}: {error}", folder.display()));
    folders::make_private(&folder).map_err(on_disk)?;
    for (kind, id, name) in KINDS {
        let (private, public) =
            (folder.join(format!("{kind}.private.json")), folder.join(format!("{kind}.jwks.json")));
        if private.exists() {
            continue;
        }
        let made_up = Organisation { id: id.to_owned(), kind, name: name.to_owned() };
        let filter = OrganisationFilter { kinds: &[kind], words: "" };
        let known = custody.stores.vault.search_organisations(&filter, PageRequest::first(1)).await?;
        let organisation = known.items.into_iter().next().unwrap_or(made_up);
        let key = SigningKey::generate(&custody.environment, &format!("{KEY_ID}{}", organisation.id));
        let keys =
            PublicKeys::read(&key.public_set()).map_err(|fault| CommandError::Other(fault.to_string()))?;
        org::add(&custody.stores, &organisation, Some(keys), Some(ORIGIN)).await?;
        fs::write(&public, key.public_set()).map_err(on_disk)?;
        // The private key last: it is the sign that everything is there.
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&private);
        file.and_then(|mut file| file.write_all(key.private_jwk().as_bytes())).map_err(on_disk)?;
    }
    Ok(())
}

/// Official number of the demo's clinic; none when its key cannot be read.
pub(super) fn clinic(settings: &ProcessSettings) -> Option<String> {
    let text = fs::read_to_string(folder(settings).join("clinic.private.json")).ok()?;
    SigningKey::read(&text)?.id().strip_prefix(KEY_ID).map(str::to_owned)
}

/// The line with which one declares an emergency as the hospital; none when its key cannot be read.
pub(super) fn emergency_hint(settings: &ProcessSettings, program: &str) -> Option<String> {
    let path = folder(settings).join("hospital.private.json");
    let key = SigningKey::read(&fs::read_to_string(&path).ok()?)?;
    let (id, url) = (key.id().strip_prefix(KEY_ID)?, settings.api_url.origin());
    Some(format!("{program} org try {id} --purpose ETREAT --key {} --set API_URL={url}", path.display()))
}
