//! Fills `/home`.

use super::{
    HomeView, LatestCheckup, news,
    next::{Situation, next_steps},
};
use crate::{CitizenServices, checkups::results, coverage::statements_of};
use std::collections::BTreeSet;
use techo_audit::log::Category;
use techo_custody::{Failure, Internal, Result};
use techo_identity::access::PatientScope;
use techo_model::{
    answer::ListedAnswer,
    checkup::{ItemResult, Judgement},
};
use techo_store::records::checkups::CheckupRow;

impl CitizenServices {
    /// `/home`: a little of everything, and what to do next.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn home(&self, scope: &PatientScope) -> Result<HomeView> {
        let records = &self.custody.stores.records;
        let (owner, periods, arrivals, latest, chosen) = tokio::try_join!(
            self.owner(scope),
            async { Ok::<_, Failure>(records.coverages(scope.record()).await?) },
            async { Ok(records.arrivals(scope.record()).await?) },
            async { Ok(records.latest_checkup(scope.record()).await?) },
            async { Ok(records.has_consent(scope.record()).await?) },
        )?;
        let today = self.custody.environment.today();
        let coverage = statements_of(&periods, &owner).stand_on(today);
        let (latest, guidance) = latest.as_ref().map(nutshell).transpose()?.unzip();

        let news = news::news(&arrivals, self.custody.environment.now());
        let senders: Vec<_> =
            news.iter().map(|(_, sender)| *sender).collect::<BTreeSet<_>>().into_iter().collect();
        let names = self.custody.stores.vault.organisation_names(&senders).await?;

        let shown =
            periods.iter().filter(|period| period.frozen_at.is_none()).map(|period| period.coverage_id.0);
        self.log_read(scope, Category::Home, latest.iter().map(|latest| latest.id.0).chain(shown)).await?;
        let next = next_steps(&Situation {
            today,
            birth: owner.birth,
            coverage: &coverage,
            latest: latest.as_ref(),
            guidance: guidance.flatten().as_ref(),
            passkeys: owner.passkeys,
            has_chosen: chosen,
            card_ends_on: owner.card_ends_on,
        });
        Ok(HomeView {
            name: self.name_of(scope, &owner)?,
            coverage,
            news: news::with_names(news, &names),
            next,
            latest_checkup: latest,
            unread: self.unread_notices(scope).await?,
            counts: news::counts(&arrivals),
        })
    }
}

/// The newest checkup in a nutshell, and its guidance level.
fn nutshell(row: &CheckupRow) -> Result<(LatestCheckup, Option<ListedAnswer>), Internal> {
    let results = results::read(row)?;
    let latest = LatestCheckup {
        id: row.checkup_id,
        examined_on: row.examined_on,
        facility_name: row.facility_name.clone(),
        outside: outside(&results),
    };
    Ok((latest, results::answer_to(&results, results::GUIDANCE).cloned()))
}

/// How many items the sender judged otherwise than normal.
fn outside(results: &[ItemResult]) -> Vec<(Judgement, i64)> {
    let times = |judgement| results.iter().filter(|result| result.judgement == Some(judgement)).count();
    [Judgement::High, Judgement::Low, Judgement::Abnormal]
        .into_iter()
        .map(|judgement| (judgement, i64::try_from(times(judgement)).unwrap_or(i64::MAX)))
        .filter(|(_, times)| *times > 0)
        .collect()
}
