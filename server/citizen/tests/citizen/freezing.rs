use crate::portal;
use techo_audit::log;
use techo_custody::Failure;
use techo_disclosure::coverage::CurrentCoverage;
use techo_identity::access::testing::verified;
use techo_model::{
    checkup::Judgement,
    record::{RecordKind, ReviewState},
};
use techo_testkit::{
    city, coverage_file, each_installation, insurer,
    people::{checkup, citizen, lines},
    results::{judged, weight},
    vaccinations_file,
};

#[tokio::test]
async fn a_checkup_that_is_not_mine_vanishes_at_once_from_every_page_and_every_trend() {
    for installation in each_installation().await {
        let (portal, owner) = (portal(&installation), citizen(&installation, 1).await);
        let older = checkup(&installation, &owner, "2024-05-01", &[weight("60.0")]).await;
        let wrong =
            checkup(&installation, &owner, "2026-05-01", &[judged(Judgement::High, weight("99.9"))]).await;
        assert_eq!(portal.checkups(&owner).await.unwrap().trends.len(), 1);
        let since = installation.custody.environment.now();

        portal
            .report_not_mine(&verified(&installation.custody, &owner).await, RecordKind::Checkup, wrong.0)
            .await
            .unwrap();

        let view = portal.checkups(&owner).await.unwrap();
        assert!(view.trends.is_empty(), "{}", installation.engine());
        assert_eq!(view.columns[0].standing, ReviewState::UnderReview { since });
        assert!(view.groups.iter().flat_map(|group| &group.rows).all(|row| row.cells[0].is_none()));
        let alone = portal.checkup(&owner, wrong).await.unwrap();
        assert_eq!((alone.groups.len(), alone.column.standing), (0, ReviewState::UnderReview { since }));
        let home = portal.home(&owner).await.unwrap();
        assert_eq!(home.latest_checkup.unwrap().id, older);
        for shown in
            [format!("{view:?}"), format!("{alone:?}"), format!("{:?}", portal.records(&owner).await)]
        {
            assert!(!shown.contains("99.9"));
        }
        let line = lines(&installation, &owner)
            .await
            .into_iter()
            .rfind(|line| line["category"] == "checkup")
            .unwrap();
        assert_eq!(line["count"], 0, "what is hidden is not counted as read");
    }
}

#[tokio::test]
async fn a_dose_that_is_not_mine_keeps_only_its_date_and_municipality() {
    for installation in each_installation().await {
        let (portal, owner) = (portal(&installation), citizen(&installation, 1).await);
        let rows = [(1, "2025-10-20", "influenza", 3, "FLU1", "")];
        installation.vaccinations(&city(), vaccinations_file(&city(), &rows)).await;
        let id = portal.vaccinations(&owner).await.unwrap().series[0].doses[0].id;
        portal
            .report_not_mine(&verified(&installation.custody, &owner).await, RecordKind::Vaccination, id.0)
            .await
            .unwrap();
        let dose = portal.vaccinations(&owner).await.unwrap().series[0].doses[0].clone();
        assert!(matches!(dose.standing, ReviewState::UnderReview { .. }), "{}", installation.engine());
        assert_eq!((dose.number, dose.lot.clone()), (0, None));
        assert_eq!((dose.given_on.to_string(), dose.municipality), ("2025-10-20".to_owned(), city().id));
    }
}

#[tokio::test]
async fn a_period_that_is_not_mine_shows_no_number_and_decides_nothing() {
    for installation in each_installation().await {
        let (portal, owner) = (portal(&installation), citizen(&installation, 1).await);
        let company = insurer("06139999");
        let rows = [(1, "98765", "01", "2020-04-01", "", "2026-01-01 09:00")];
        installation.coverage(&company, coverage_file(&company, &rows)).await;
        let id = portal.coverage(&owner).await.unwrap().periods[0].id;
        portal
            .report_not_mine(&verified(&installation.custody, &owner).await, RecordKind::Coverage, id.0)
            .await
            .unwrap();
        let view = portal.coverage(&owner).await.unwrap();
        assert_eq!(view.now, CurrentCoverage::Unknown, "{}", installation.engine());
        assert!(matches!(view.periods[0].standing, ReviewState::UnderReview { .. }));
        assert_eq!((view.periods[0].number.as_str(), view.periods[0].symbol.as_deref()), ("", None));
        assert_eq!(view.periods[0].insurer_name, "架空健康保険組合");
    }
}

#[tokio::test]
async fn a_second_press_finds_the_report_of_the_first_and_two_at_once_open_one() {
    for installation in each_installation().await {
        let (portal, owner) = (portal(&installation), citizen(&installation, 1).await);
        let wrong = checkup(&installation, &owner, "2026-05-01", &[weight("99.9")]).await;
        let whose = verified(&installation.custody, &owner).await;
        let press = || portal.report_not_mine(&whose, RecordKind::Checkup, wrong.0);
        let (one, two) = tokio::join!(press(), press());
        let (one, two) = (one.unwrap(), two.unwrap());
        assert_eq!((one, press().await.unwrap()), (two, two), "{}", installation.engine());
        let reports = portal.records(&owner).await.unwrap().reports;
        assert_eq!(reports.len(), 1);
        assert_eq!((reports[0].id, reports[0].kind, reports[0].closed_at), (one, RecordKind::Checkup, None));
        let freezes: Vec<_> = lines(&installation, &owner)
            .await
            .into_iter()
            .filter(|line| line["action"] == "freeze")
            .collect();
        assert_eq!(freezes.len(), 1);
        assert_eq!(freezes[0]["records"][0], wrong.to_string());
    }
}

#[tokio::test]
async fn nobody_can_freeze_what_is_not_theirs_or_learn_whether_it_exists() {
    for installation in each_installation().await {
        let (portal, owner, other) =
            (portal(&installation), citizen(&installation, 1).await, citizen(&installation, 2).await);
        let theirs = checkup(&installation, &other, "2026-05-01", &[weight("60.0")]).await;
        let nobodys = installation.custody.environment.new_id();
        let attempts = [
            (RecordKind::Checkup, theirs.0),
            (RecordKind::Checkup, nobodys),
            (RecordKind::Vaccination, theirs.0),
            (RecordKind::Coverage, nobodys),
        ];
        for (kind, id) in attempts {
            let answer =
                portal.report_not_mine(&verified(&installation.custody, &owner).await, kind, id).await;
            assert!(matches!(answer, Err(Failure::NotFound)), "{}: {answer:?}", installation.engine());
        }
        assert_eq!(portal.checkup(&other, theirs).await.unwrap().column.standing, ReviewState::Open);
        assert!(portal.records(&owner).await.unwrap().reports.is_empty());
        installation.custody.environment.advance(std::time::Duration::from_secs(65));
        log::write_due_repeats(&installation.custody).await.unwrap();
        let lines = lines(&installation, &owner).await;
        let refusals = lines.iter().filter(|line| line["action"] == "refuse");
        let tries = refusals.map(|line| line["detail"]["repeats"].as_i64().unwrap_or(1)).sum::<i64>();
        assert_eq!(tries, 4);
    }
}
