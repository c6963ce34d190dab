use crate::portal;
use techo_audit::log::{self, Action, Category, LogEvent, LogWriter};
use techo_citizen::CitizenServices;
use techo_custody::{Failure, Internal, LogUnavailable, environment::Environment};
use techo_identity::access::{PatientScope, testing::verified};
use techo_model::{
    CheckupId,
    record::{RecordKind, ReviewState},
};
use techo_store::testing;
use techo_testkit::{
    TestInstallation, coverage_file, each_installation, insurer, noon,
    people::{checkup, citizen, lines},
    results::weight,
};

async fn with_records(installation: &TestInstallation) -> (PatientScope, CheckupId) {
    let owner = citizen(installation, 1).await;
    let company = insurer("06139999");
    let rows = [(1, "1", "", "2020-04-01", "", "2026-01-01 09:00")];
    installation.coverage(&company, coverage_file(&company, &rows)).await;
    let id = checkup(installation, &owner, "2025-05-01", &[weight("60.0")]).await;
    (owner, id)
}

#[tokio::test]
async fn every_page_writes_one_line_that_names_what_it_showed() {
    for installation in each_installation().await {
        let (portal, (owner, id)) = (portal(&installation), with_records(&installation).await);
        portal.home(&owner).await.unwrap();
        portal.checkups(&owner).await.unwrap();
        // The list of one checkup shows what its page shows: within a minute they would be one line.
        installation.custody.environment.advance(std::time::Duration::from_mins(1));
        portal.checkup(&owner, id).await.unwrap();
        portal.vaccinations(&owner).await.unwrap();
        portal.coverage(&owner).await.unwrap();
        portal.records(&owner).await.unwrap();
        let lines = lines(&installation, &owner).await;
        let told: Vec<_> = lines
            .iter()
            .map(|line| (line["category"].as_str().unwrap(), line["count"].as_i64().unwrap()))
            .collect();
        let expected = [
            ("home", 2),
            ("checkup", 1),
            ("checkup", 1),
            ("vaccination", 0),
            ("coverage", 1),
            ("records", 2),
        ];
        assert_eq!(told, expected, "{}", installation.engine());
        assert_eq!(lines[1]["records"][0], id.to_string());
        for line in &lines {
            assert_eq!((&line["action"], &line["actor"]["kind"]), (&"read".into(), &"owner".into()));
            let text = line.to_string();
            for secret in
                [owner.account().to_string(), owner.resident().to_string(), owner.record().to_string()]
            {
                assert!(!text.contains(&secret), "a line must not join the two databases");
            }
            assert!(!text.contains("60.0") && !text.contains("花子"));
        }
    }
}

#[tokio::test]
async fn what_cannot_be_logged_is_not_shown() {
    for installation in each_installation().await {
        let (owner, id) = with_records(&installation).await;
        let elsewhere = testing::sqlite().await;
        let broken = LogWriter::start(techo_custody::Custody {
            stores: elsewhere.stores.clone(),
            ..installation.custody.clone()
        });
        elsewhere.stores.records.db().close().await;
        let portal = CitizenServices::new(installation.custody.clone(), broken);
        let unknown = CheckupId(installation.custody.environment.new_id());
        let whose = verified(&installation.custody, &owner).await;
        let failures = [
            portal.home(&owner).await.err(),
            portal.checkups(&owner).await.err(),
            portal.checkup(&owner, id).await.err(),
            portal.checkup(&owner, unknown).await.err(),
            portal.vaccinations(&owner).await.err(),
            portal.coverage(&owner).await.err(),
            portal.records(&owner).await.err(),
            portal.report_not_mine(&whose, RecordKind::Checkup, unknown.0).await.err(),
        ];
        for failure in failures {
            let refused = matches!(failure, Some(Failure::Internal(Internal::Log(LogUnavailable { .. }))));
            assert!(refused, "{}: {failure:?}", installation.engine());
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_looks_at_once_are_one_line_and_one_that_counts_the_other_forty_nine() {
    for installation in each_installation().await {
        let (portal, (owner, _)) = (portal(&installation), with_records(&installation).await);
        let looks: Vec<_> = (0..50)
            .map(|_| {
                let (portal, owner) = (portal.clone(), owner.clone());
                tokio::spawn(async move { portal.checkups(&owner).await.map(|view| view.columns.len()) })
            })
            .collect();
        for look in looks {
            assert_eq!(look.await.unwrap().unwrap(), 1);
        }
        assert_eq!(lines(&installation, &owner).await.len(), 1, "{}", installation.engine());
        installation.custody.environment.advance(std::time::Duration::from_secs(65));
        log::write_due_repeats(&installation.custody).await.unwrap();
        let counted = lines(&installation, &owner).await.pop().unwrap();
        assert_eq!(counted["detail"]["repeats"], 49, "{}", installation.engine());
    }
}

#[tokio::test]
async fn a_freeze_whose_line_cannot_be_written_does_not_happen() {
    for installation in each_installation().await {
        let (owner, id) = with_records(&installation).await;
        // The same world twice draws the same ids: the line of the freeze will meet one that is there already.
        let foreseen = Environment::test(noon(), 99);
        foreseen.new_id();
        let taken = LogEvent::by_owner(&foreseen, owner.chain(), Action::Read, Category::Home);
        let log = LogWriter::start(installation.custody.clone());
        log.append(taken).await.unwrap();
        let custody = techo_custody::Custody {
            environment: Environment::test(noon(), 99),
            ..installation.custody.clone()
        };
        let pressed = CitizenServices::new(custody, log)
            .report_not_mine(&verified(&installation.custody, &owner).await, RecordKind::Checkup, id.0)
            .await;
        assert!(matches!(pressed, Err(Failure::Internal(_))), "{}: {pressed:?}", installation.engine());
        let portal = portal(&installation);
        assert_eq!(portal.checkup(&owner, id).await.unwrap().column.standing, ReviewState::Open);
        assert!(portal.records(&owner).await.unwrap().reports.is_empty());
    }
}
