//! How many connections the machine's limit of open files allows. Some are kept back for databases, lists and logs, and every
//! door has its own share, so that a crowd at one neither stops the others nor the databases.

use crate::{limits::ConnectionLimits, metrics::ListenerName};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Kept back: both databases with all their connections, listeners, revocation lists, checkpoints, logs.
const KEPT_BACK: u64 = 96;
/// Fewer connections than this are no open door.
const LEAST: u64 = 4;
/// Where pages are served, a connection may have a file open, too.
const WITH_FILE: u64 = 2;

/// Connections of each door.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DescriptorShare {
    connections: [usize; 4],
}

impl DescriptorShare {
    /// Connections of one door.
    pub fn of(self, door: ListenerName) -> usize {
        self.connections[door as usize]
    }
}

/// The machine allows so few open files that not even a handful of connections is possible.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{files}では足りません。{least}以上にしてください")]
pub struct TooFewFiles {
    /// What it allows.
    pub files: u64,
    /// What would do.
    pub least: u64,
}

/// Raises the limit of open files as far as it is allowed and needed, and gives every door its share.
///
/// # Errors
/// So few files that not even a handful of connections is possible.
pub fn share_descriptors(limits: &ConnectionLimits) -> Result<DescriptorShare, TooFewFiles> {
    let wanted = wanted(limits);
    let needed = KEPT_BACK + wanted.iter().map(|(connections, weight)| connections * weight).sum::<u64>();
    let files = open_files(needed);
    let Some(share) = share(&wanted, files) else {
        return Err(TooFewFiles { files, least: KEPT_BACK + least() });
    };
    if files < needed {
        tracing::warn!(files, needed, ?share, "fewer open files are allowed than the doors are set to need");
    }
    Ok(share)
}

/// Connections as they were set, and files that each may need.
fn wanted(limits: &ConnectionLimits) -> [(u64, u64); 4] {
    let count = |connections: usize| u64::try_from(connections).unwrap_or(u64::MAX);
    ListenerName::ALL.map(|door| match door {
        ListenerName::Portal => (count(limits.portal_connections), WITH_FILE),
        ListenerName::Console => (count(limits.console_connections), WITH_FILE),
        ListenerName::Api => (count(limits.api_connections), 1),
        ListenerName::Ops => (count(limits.ops_connections), 1),
    })
}

/// The limit of open files, after it was raised to what is needed or as far as it goes.
fn open_files(needed: u64) -> u64 {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let Some(now) = current else { return u64::MAX };
    let reachable = maximum.map_or(needed, |most| most.min(needed));
    if now >= reachable {
        return now;
    }
    let raised = setrlimit(Resource::Nofile, Rlimit { current: Some(reachable), maximum });
    if raised.is_ok() { reachable } else { now }
}

fn least() -> u64 {
    LEAST * (WITH_FILE + WITH_FILE + 1 + 1)
}

fn share(wanted: &[(u64, u64); 4], files: u64) -> Option<DescriptorShare> {
    let free = files.checked_sub(KEPT_BACK).filter(|free| *free >= least())?;
    let all: u64 = wanted.iter().map(|(connections, weight)| connections * weight).sum();
    let connections = wanted.map(|(connections, _)| {
        let fair = if all <= free { connections } else { connections * (free - least()) / all + LEAST };
        usize::try_from(fair.min(connections)).unwrap_or(usize::MAX)
    });
    Some(DescriptorShare { connections })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn with_enough_files_the_doors_are_as_they_were_set_and_with_too_few_there_is_none() {
        let wanted = [(1_024, 2), (256, 2), (512, 1), (32, 1)];
        assert_eq!(share(&wanted, 65_536).unwrap().connections, [1_024, 256, 512, 32]);
        assert_eq!(share(&wanted, KEPT_BACK + least() - 1), None);
    }

    proptest! {
        #[test]
        fn no_share_takes_what_is_kept_back_and_every_door_stays_open(
            files in 0_u64..10_000,
            each in prop::array::uniform4(4_u64..70_000),
        ) {
            let wanted = [(each[0], 2), (each[1], 2), (each[2], 1), (each[3], 1)];
            if let Some(share) = share(&wanted, files) {
                let used: u64 =
                    share.connections.iter().zip(wanted).map(|(most, (_, weight))| *most as u64 * weight).sum();
                prop_assert!(used + KEPT_BACK <= files);
                prop_assert!(share.connections.iter().all(|most| *most >= 4));
            } else {
                prop_assert!(files < KEPT_BACK + least());
            }
        }
    }
}
