//! Which parts of the program a process is: doors, and the worker that does by itself what has to be done.
//!
//! Any part can run alone (`techo serve --only api`); several processes share the databases, and a lease decides which worker does a job.

use std::{collections::BTreeSet, fmt, str::FromStr};

/// A part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ProcessRole {
    /// The citizens' door.
    Portal,
    /// The staff's door.
    Console,
    /// The systems' door.
    Api,
    /// The operators' door.
    Ops,
    /// Jobs.
    Worker,
}

impl ProcessRole {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Portal, Self::Console, Self::Api, Self::Ops, Self::Worker];

    /// The word on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Portal => "portal",
            Self::Console => "console",
            Self::Api => "api",
            Self::Ops => "ops",
            Self::Worker => "worker",
        }
    }
}

impl FromStr for ProcessRole {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        let known = Self::ALL.into_iter().find(|role| role.name() == word);
        known.ok_or_else(|| {
            format!(
                "「{word}」という役はありません。{} から選んでください",
                Self::ALL.map(Self::name).join(", ")
            )
        })
    }
}

/// The parts of one process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleSet(BTreeSet<ProcessRole>);

impl RoleSet {
    /// Everything in one process.
    pub fn all() -> Self {
        Self(ProcessRole::ALL.into())
    }

    /// These alone; everything when none is named.
    pub fn only(roles: &[ProcessRole]) -> Self {
        if roles.is_empty() { Self::all() } else { Self(roles.iter().copied().collect()) }
    }

    /// Whether this process is that part.
    pub fn includes(&self, role: ProcessRole) -> bool {
        self.0.contains(&role)
    }

    /// Whether people or systems come to this process.
    pub fn has_door(&self) -> bool {
        [ProcessRole::Portal, ProcessRole::Console, ProcessRole::Api].iter().any(|door| self.includes(*door))
    }

    /// What other processes have to do.
    pub fn missing(&self) -> impl Iterator<Item = ProcessRole> {
        ProcessRole::ALL.into_iter().filter(|role| !self.includes(*role))
    }
}

impl fmt::Display for RoleSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.0.iter().map(|role| role.name()).collect();
        f.write_str(&names.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_role_named_means_all_of_them() {
        assert_eq!(RoleSet::only(&[]), RoleSet::all());
        assert_eq!(RoleSet::all().missing().count(), 0);
    }

    #[test]
    fn a_role_alone_says_what_others_have_to_do() {
        let alone = RoleSet::only(&[ProcessRole::Api, ProcessRole::Api]);
        assert!(alone.includes(ProcessRole::Api) && !alone.includes(ProcessRole::Worker));
        assert_eq!((alone.to_string(), alone.missing().count()), ("api".to_owned(), 4));
    }

    #[test]
    fn a_word_that_is_no_role_is_told_with_those_that_are() {
        let told = "doctor".parse::<ProcessRole>().unwrap_err();
        assert!(told.contains("doctor") && told.contains("worker"), "{told}");
    }
}
