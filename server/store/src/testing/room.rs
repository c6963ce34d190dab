//! A full disk without a disk: SQLite refuses to grow its file, with the same error and the same end of the transaction.

use crate::Db;

/// From now on the file does not grow, on the connection that exists and on those that are made. SQLite only; on PostgreSQL nothing
/// happens.
///
/// # Panics
/// When the file cannot be opened.
pub async fn full(db: &Db) {
    // A limit below the present size means the present size.
    limit(db, "1", "PRAGMA max_page_count = 1").await;
}

/// Space is free again.
///
/// # Panics
/// When the file cannot be opened.
pub async fn roomy(db: &Db) {
    limit(db, "1073741823", "PRAGMA max_page_count = 1073741823").await;
}

async fn limit(db: &Db, pages: &'static str, words: &'static str) {
    if let Db::Sqlite { write, .. } = db {
        let options = write.connect_options().as_ref().clone().pragma("max_page_count", pages);
        write.set_connect_options(options);
        let mut connection = write.acquire().await.expect("the file opens");
        sqlx::query(words).execute(&mut *connection).await.expect("the limit is set");
    }
}
