use crate::{insure, portal};
use std::time::Duration;
use techo_citizen::home::{HomeCounts, NextStep};
use techo_disclosure::coverage::CurrentCoverage;
use techo_model::{checkup::Judgement, record::RecordKind};
use techo_testkit::{
    city, each_installation,
    people::{checkup, citizen},
    results::{GUIDANCE, answer, judged, quantity, weight},
    vaccinations_file,
};

#[tokio::test]
async fn home_says_whose_it_is_what_is_new_what_to_do_and_how_much_there_is() {
    for installation in each_installation().await {
        let (portal, owner) = (portal(&installation), citizen(&installation, 1).await);
        insure(&installation).await;
        installation
            .vaccinations(&city(), vaccinations_file(&city(), &[(1, "2025-10-20", "influenza", 1, "", "")]))
            .await;
        checkup(&installation, &owner, "2024-05-01", &[weight("60.0")]).await;
        installation.custody.environment.advance(Duration::from_mins(1));
        let results = [
            judged(Judgement::High, quantity("9A751000000000001", "160", "mm[Hg]")),
            judged(Judgement::Normal, weight("60.0")),
            answer(GUIDANCE, "3001", "2"),
        ];
        let newest = checkup(&installation, &owner, "2026-05-01", &results).await;

        let view = portal.home(&owner).await.unwrap();
        assert_eq!(view.name, "山田 花子", "{}", installation.engine());
        assert!(matches!(view.coverage, CurrentCoverage::Valid { burden_percent: 30, .. }));
        assert_eq!(view.counts, HomeCounts { checkups: 2, vaccinations: 1, coverages: 1 });
        let latest = view.latest_checkup.unwrap();
        assert_eq!((latest.id, latest.outside), (newest, vec![(Judgement::High, 1)]));
        assert_eq!(
            view.next,
            [NextStep::HealthGuidance(newest), NextStep::LookAtCheckup(newest), NextStep::ChooseSharing]
        );
        assert_eq!((view.news[0].kind, view.news[0].count), (RecordKind::Checkup, 2), "one sender, one day");
        assert_eq!(view.news.len(), 3);
    }
}

#[tokio::test]
async fn an_empty_notebook_is_a_page_and_no_error() {
    for installation in each_installation().await {
        let (portal, owner) = (portal(&installation), citizen(&installation, 1).await);
        let view = portal.home(&owner).await.unwrap();
        assert_eq!(view.counts, HomeCounts::default(), "{}", installation.engine());
        assert_eq!(
            (view.coverage, view.latest_checkup, view.news.len()),
            (CurrentCoverage::Unknown, None, 0)
        );
        assert_eq!(view.next, [NextStep::YearlyCheckup, NextStep::ChooseSharing]);
    }
}
