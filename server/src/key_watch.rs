//! A process that runs while the keys are changed elsewhere stops by itself: it would write under the old keys and take what is under the
//! new ones for spoilt. The file lock that keeps a rotation from beginning is seen on one machine only.

use std::time::Duration;
use techo_custody::{Custody, Internal};

/// How often the vault is asked. A rotation that began on another machine is noticed this late at the latest.
const EVERY: Duration = Duration::from_secs(5);

/// Waits until the databases stand under other keys than this process began with, or a rotation is under way. A vault that is away
/// tells nothing.
pub(crate) async fn keys_changed(custody: &Custody) {
    loop {
        tokio::time::sleep(EVERY).await;
        if let Err(Internal::KeysChanged) = custody.check_keys().await {
            return;
        }
    }
}
