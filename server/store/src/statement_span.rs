//! A span around each statement, for those who want to see where time goes: named by the function that runs it, without a value.
//! While nobody listens it costs the look at one atomic number.

/// The function in which the macro stands.
macro_rules! statement_span {
    () => {
        tracing::debug_span!(
            "statement",
            function = {
                fn here() {}
                $crate::statement_span::function_around(here)
            }
        )
    };
}
pub(crate) use statement_span;

/// The name of the function that `_inner` was written in.
pub(crate) fn function_around<T>(_inner: T) -> &'static str {
    let whole = std::any::type_name::<T>();
    let mut parts = whole.rsplit("::").skip(1);
    parts.find(|part| *part != "{{closure}}").unwrap_or(whole)
}

#[cfg(test)]
mod tests {
    use super::function_around;

    #[tokio::test]
    async fn a_statement_is_named_by_its_function_in_closures_and_futures_too() {
        fn here() {}
        let name = "a_statement_is_named_by_its_function_in_closures_and_futures_too";
        assert_eq!(function_around(here), name);
        let later = async {
            fn here() {}
            function_around(here)
        };
        assert_eq!(later.await, name);
    }
}
