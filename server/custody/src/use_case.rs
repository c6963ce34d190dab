//! The error of a use case: what can be theirs there, each a variant, and in its variant `Failure` all that is the same everywhere.
//! Doors match it whole, so that nothing theirs is without its sentence.

/// Lets `?` lift whatever becomes a [`Failure`](crate::Failure) into the error of a use case, in its variant `Failure`, and
/// `try_from` take it out again; what is theirs is given back then.
#[macro_export]
macro_rules! lift_failures {
    ($($error:ident),+ $(,)?) => {$(
        impl<E> From<E> for $error
        where
            $crate::Failure: From<E>,
        {
            fn from(error: E) -> Self {
                Self::Failure(error.into())
            }
        }

        impl TryFrom<$error> for $crate::Failure {
            type Error = $error;

            fn try_from(error: $error) -> Result<Self, $error> {
                match error {
                    $error::Failure(failure) => Ok(failure),
                    theirs => Err(theirs),
                }
            }
        }
    )+};
}

#[cfg(test)]
mod tests {
    use crate::{Failure, Internal};

    #[derive(Debug, thiserror::Error)]
    enum DrawerError {
        #[error("it is locked")]
        Locked,
        #[error(transparent)]
        Failure(Failure),
    }

    lift_failures!(DrawerError);

    fn open(failure: impl Into<Failure>) -> Result<(), DrawerError> {
        Err(failure.into())?
    }

    #[test]
    fn the_error_of_a_use_case_takes_up_what_is_the_same_everywhere_and_gives_it_back() {
        let ours = open(Internal::Unexpected("a test")).unwrap_err();
        assert!(matches!(ours, DrawerError::Failure(Failure::Internal(Internal::Unexpected("a test")))));
        assert!(matches!(Failure::try_from(ours), Ok(Failure::Internal(_))));
        assert!(matches!(open(Failure::NotFound), Err(DrawerError::Failure(Failure::NotFound))));
        assert!(matches!(Failure::try_from(DrawerError::Locked), Err(DrawerError::Locked)));
    }
}
