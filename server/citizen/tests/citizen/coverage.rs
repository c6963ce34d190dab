use crate::portal;
use techo_disclosure::coverage::{CoverageState, CurrentCoverage, PendingReason};
use techo_model::coverage::{LossReason, Relation};
use techo_testkit::{
    coverage_file, each_installation, insurer,
    people::{citizen, citizen_born},
};

#[tokio::test]
async fn a_period_shows_what_its_insurer_stated_with_the_numbers_unsealed() {
    for installation in each_installation().await {
        let (portal, owner) = (portal(&installation), citizen(&installation, 1).await);
        let company = insurer("06139999");
        let rows = [
            (1, "３４５", "01", "2020-04-01", "2024-04-01", "2024-04-02 09:00"),
            (1, "777", "", "2025-04-01", "", "2026-01-01 09:00"),
        ];
        installation.coverage(&company, coverage_file(&company, &rows)).await;
        let view = portal.coverage(&owner).await.unwrap();
        assert_eq!(view.as_of.to_string(), "2026-11-23");
        let [now, past] = view.periods.as_slice() else {
            panic!("{}: {:?}", installation.engine(), view.periods)
        };
        assert_eq!((now.state, past.state), (CoverageState::Valid, CoverageState::Ended));
        assert_eq!(
            (now.symbol.as_deref(), now.number.as_str(), now.branch.as_deref()),
            (Some("12"), "777", None)
        );
        assert_eq!((past.number.as_str(), past.branch.as_deref()), ("345", Some("01")));
        assert_eq!(
            (now.relation, now.burden_percent, past.loss_reason),
            (Relation::Insured, 30, Some(LossReason::Retirement))
        );
        let valid =
            CurrentCoverage::Valid { insurer_name: "架空健康保険組合".into(), burden_percent: 30 };
        assert_eq!(view.now, valid);
    }
}

#[tokio::test]
async fn an_insurer_that_did_not_hear_of_the_next_one_is_pending_and_the_next_one_counts() {
    for installation in each_installation().await {
        let (portal, owner) = (portal(&installation), citizen(&installation, 1).await);
        let (old, new) = (insurer("06139999"), insurer("00138016"));
        let before = coverage_file(&old, &[(1, "1", "", "2020-04-01", "", "2026-01-01 09:00")]);
        let after = coverage_file(&new, &[(1, "2", "", "2026-05-01", "", "2026-05-10 09:00")]);
        installation.coverage(&old, before).await;
        installation.coverage(&new, after).await;
        let view = portal.coverage(&owner).await.unwrap();
        let states: Vec<_> = view.periods.iter().map(|period| period.state).collect();
        let since = "2026-05-01".parse().unwrap();
        let pending = CoverageState::Pending { because: PendingReason::NewerCoverage { since } };
        assert_eq!(states, [CoverageState::Valid, pending], "{}", installation.engine());
    }
}

#[tokio::test]
async fn a_move_that_the_municipality_registered_puts_municipal_insurance_in_doubt() {
    for installation in each_installation().await {
        let portal = portal(&installation);
        let owner = citizen_born(&installation, 1, "1975-04-01", &[("転入日", "2026-06-15")]).await;
        let old = insurer("00138016");
        installation
            .coverage(&old, coverage_file(&old, &[(1, "1", "", "2020-04-01", "", "2026-01-01 09:00")]))
            .await;
        let view = portal.coverage(&owner).await.unwrap();
        let on = "2026-06-15".parse().unwrap();
        assert_eq!(view.periods[0].state, CoverageState::Pending { because: PendingReason::Moved { on } });
        assert_eq!(view.now, CurrentCoverage::Pending { since: on }, "{}", installation.engine());
        assert_eq!(portal.home(&owner).await.unwrap().coverage, view.now, "both pages say the same");
    }
}

#[tokio::test]
async fn who_reached_75_after_the_insurers_word_sees_why_it_is_in_doubt() {
    for installation in each_installation().await {
        let portal = portal(&installation);
        let owner = citizen_born(&installation, 1, "1951-08-20", &[]).await;
        let old = insurer("06139999");
        installation
            .coverage(&old, coverage_file(&old, &[(1, "1", "", "2020-04-01", "", "2026-01-01 09:00")]))
            .await;
        let view = portal.coverage(&owner).await.unwrap();
        let on = "2026-08-20".parse().unwrap();
        let because = PendingReason::SeventyFive { on };
        assert_eq!(view.periods[0].state, CoverageState::Pending { because }, "{}", installation.engine());
    }
}

#[tokio::test]
async fn a_person_without_insurer_is_unknown_and_no_error() {
    for installation in each_installation().await {
        let (portal, owner) = (portal(&installation), citizen(&installation, 1).await);
        let view = portal.coverage(&owner).await.unwrap();
        assert_eq!(
            (view.periods.len(), view.now),
            (0, CurrentCoverage::Unknown),
            "{}",
            installation.engine()
        );
    }
}
