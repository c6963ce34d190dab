use crate::portal;
use techo_model::{vaccination::Programme, vaccine::Vaccine};
use techo_testkit::{TestInstallation, city, each_installation, people::citizen, vaccinations_file};

async fn register_city(installation: &TestInstallation) {
    let vault = &installation.custody.stores.vault;
    let mut tx = vault.begin().await.unwrap();
    vault.put_organisation(&mut tx, &city(), installation.custody.environment.now()).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn doses_stand_by_disease_in_the_order_of_the_schedule_oldest_first() {
    for installation in each_installation().await {
        let (portal, owner) = (portal(&installation), citizen(&installation, 1).await);
        register_city(&installation).await;
        let rows = [
            (1, "2025-10-20", "influenza", 1, "FLU1", ""),
            (1, "1976-09-10", "hepb", 2, "", ""),
            (1, "1976-06-10", "hepb", 1, "HB1", ""),
        ];
        installation.vaccinations(&city(), vaccinations_file(&city(), &rows)).await;
        let view = portal.vaccinations(&owner).await.unwrap();
        let found: Vec<_> = view
            .series
            .iter()
            .map(|series| (series.vaccine, series.doses.iter().map(|dose| dose.number).collect::<Vec<_>>()))
            .collect();
        assert_eq!(
            found,
            [(Vaccine::HepB, vec![1, 2]), (Vaccine::Influenza, vec![1])],
            "{}",
            installation.engine()
        );
        let first = &view.series[0].doses[0];
        assert_eq!((first.lot.as_deref(), first.programme), (Some("HB1"), Some(Programme::Routine)));
        assert_eq!(
            (first.municipality.as_str(), first.municipality_name.as_deref()),
            (city().id.as_str(), Some("架空市"))
        );
    }
}

#[tokio::test]
async fn a_dose_that_was_cancelled_is_not_shown_and_not_counted() {
    for installation in each_installation().await {
        let (portal, owner) = (portal(&installation), citizen(&installation, 1).await);
        let given =
            [(1, "2025-10-20", "influenza", 1, "FLU1", ""), (1, "2024-10-20", "influenza", 1, "FLU0", "")];
        installation.vaccinations(&city(), vaccinations_file(&city(), &given)).await;
        let taken_back = [(1, "2025-10-20", "influenza", 1, "FLU1", "1")];
        installation.vaccinations(&city(), vaccinations_file(&city(), &taken_back)).await;
        let view = portal.vaccinations(&owner).await.unwrap();
        let lots: Vec<_> = view.series[0].doses.iter().map(|dose| dose.lot.as_deref()).collect();
        assert_eq!(lots, [Some("FLU0")], "{}", installation.engine());
        assert_eq!(portal.home(&owner).await.unwrap().counts.vaccinations, 1);
        assert_eq!(portal.records(&owner).await.unwrap().sources[0].records.len(), 1);
    }
}
