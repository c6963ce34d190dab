//! Rows of several people in one statement.

/// The rows of a statement that ends in a list of record codes; without codes the function around it answers none.
macro_rules! of_people {
    ($tx:expr, $statement:expr, $codes:expr) => {{
        if $codes.is_empty() {
            return Ok(Vec::new());
        }
        $crate::tx::in_tx!($tx, conn => {
            let mut query = sqlx::QueryBuilder::new($statement);
            let mut list = query.separated(", ");
            for code in $codes {
                list.push_bind(*code);
            }
            query.push(")");
            query.build_query_as().fetch_all(conn).await
        })?
    }};
}
pub(crate) use of_people;
