//! Organisations by their number, by words of their name, and in pages: a country has hundreds of thousands.

use super::{
    Vault,
    organisations::{OrganisationRow, read},
};
use crate::{Result, Tx, cell, db::on_db, tx::in_tx};
use sqlx::QueryBuilder;
use techo_model::{
    organisation::{Organisation, OrganisationKind},
    paging::{LARGEST_PAGE, Page, PageRequest},
    text::search_form,
};

/// The most words of a search that count.
const MOST_WORDS: usize = 5;
/// The most letters of a search that count.
const MOST_LETTERS: usize = 100;

/// Which organisations are looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrganisationFilter<'a> {
    /// Of one of these classes.
    pub kinds: &'a [OrganisationKind],
    /// Words of their name, or their whole number; empty for all.
    pub words: &'a str,
}

const SELECT: &str = "SELECT organisation_id, COALESCE(class, kind) AS kind, name FROM organisation";
const WITHOUT_SEARCH_NAME: &str =
    "SELECT organisation_id, COALESCE(class, kind) AS kind, name FROM organisation
    WHERE search_name = '' AND organisation_id > $1 ORDER BY organisation_id LIMIT $2";
const PUT_SEARCH_NAME: &str = "UPDATE organisation SET search_name = $2 WHERE organisation_id = $1";

impl Vault {
    /// A page of all organisations, by number.
    pub async fn organisations(&self, request: PageRequest<String>) -> Result<Page<Organisation, String>> {
        let rows = on_db!(&self.db, pool => {
            let mut query = QueryBuilder::new(SELECT);
            query.push(" WHERE organisation_id > ").push_bind(request.after_or(String::new()));
            query.push(" ORDER BY organisation_id LIMIT ").push_bind(request.fetched_rows());
            query.build_query_as().fetch_all(pool).await
        })?;
        organisation_page(rows, &request)
    }

    /// A page of the organisations of some classes whose name has all of these words or whose number is this, by number.
    pub async fn search_organisations(
        &self,
        filter: &OrganisationFilter<'_>,
        request: PageRequest<String>,
    ) -> Result<Page<Organisation, String>> {
        if filter.kinds.is_empty() {
            return Ok(Page::empty());
        }
        let typed: String = filter.words.chars().take(MOST_LETTERS).collect();
        let number = search_form(&typed);
        let rows = on_db!(&self.db, pool => {
            let mut query = QueryBuilder::new(SELECT);
            query.push(" WHERE organisation_id > ").push_bind(request.after_or(String::new()));
            query.push(" AND COALESCE(class, kind) IN (");
            let mut kinds = query.separated(", ");
            for kind in filter.kinds {
                kinds.push_bind(kind.as_str());
            }
            query.push(") AND (organisation_id = ").push_bind(number.clone()).push(" OR (search_name <> ''");
            for word in typed.split_whitespace().take(MOST_WORDS) {
                query.push(" AND search_name LIKE ").push_bind(pattern(word)).push(" ESCAPE '!'");
            }
            query.push(")) ORDER BY organisation_id LIMIT ").push_bind(request.fetched_rows());
            query.build_query_as().fetch_all(pool).await
        })?;
        organisation_page(rows, &request)
    }

    /// Those of these organisations that are registered; of more than a page may have, the first.
    pub async fn organisations_named(&self, ids: &[String]) -> Result<Vec<Organisation>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let rows = on_db!(&self.db, pool => {
            let mut query = QueryBuilder::new(SELECT);
            query.push(" WHERE organisation_id IN (");
            let mut list = query.separated(", ");
            for id in ids.iter().take(usize::from(LARGEST_PAGE)) {
                list.push_bind(id.clone());
            }
            query.push(") ORDER BY organisation_id");
            query.build_query_as().fetch_all(pool).await
        })?;
        Ok(cell::all(rows)?.into_iter().map(read).collect())
    }

    /// A page of the organisations that cannot be searched for yet, by number.
    pub async fn organisations_without_search_name(
        &self,
        request: PageRequest<String>,
    ) -> Result<Page<Organisation, String>> {
        let rows = on_db!(&self.db, pool => sqlx::query_as(WITHOUT_SEARCH_NAME)
            .bind(request.after_or(String::new()))
            .bind(request.fetched_rows())
            .fetch_all(pool)
            .await)?;
        organisation_page(rows, &request)
    }

    /// Notes under which name an organisation is searched for.
    pub async fn put_search_name(&self, tx: &mut Tx, organisation: &Organisation) -> Result<()> {
        let name = search_form(&organisation.name);
        in_tx!(tx, conn => sqlx::query(PUT_SEARCH_NAME)
            .bind(&organisation.id)
            .bind(name)
            .execute(conn)
            .await
            .map(drop))?;
        Ok(())
    }
}

fn organisation_page(
    rows: Vec<cell::Stored<OrganisationRow>>,
    request: &PageRequest<String>,
) -> Result<Page<Organisation, String>> {
    let page = Page::of(cell::all(rows)?, request, |row: &OrganisationRow| row.organisation_id.clone());
    Ok(page.map(read))
}

/// A word anywhere in a name; signs that would mean something in a pattern mean themselves.
fn pattern(word: &str) -> String {
    let mut pattern = String::from("%");
    for letter in search_form(word).chars() {
        if matches!(letter, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    pattern
}
