use crate::{insure, portal};
use techo_citizen::records::RecordLabel;
use techo_model::{record::RecordKind, vaccine::Vaccine};
use techo_testkit::{
    city, each_installation,
    people::{checkup, citizen},
    results::weight,
    vaccinations_file,
};

#[tokio::test]
async fn everything_that_is_held_is_listed_by_kind_and_source_under_a_name_people_know() {
    for installation in each_installation().await {
        let (portal, owner) = (portal(&installation), citizen(&installation, 1).await);
        insure(&installation).await;
        let doses = [(1, "2024-10-20", "influenza", 1, "", ""), (1, "2025-10-20", "influenza", 1, "", "")];
        installation.vaccinations(&city(), vaccinations_file(&city(), &doses)).await;
        checkup(&installation, &owner, "2024-05-01", &[weight("60.0")]).await;
        checkup(&installation, &citizen(&installation, 2).await, "2024-05-01", &[weight("90.0")]).await;

        let view = portal.records(&owner).await.unwrap();
        let mut found: Vec<_> = view
            .sources
            .iter()
            .map(|source| {
                let days = source.records.iter().map(|record| record.on.to_string()).collect::<Vec<_>>();
                (source.kind, source.organisation.clone(), days, source.records[0].label.clone())
            })
            .collect();
        found.sort_by_key(|(kind, ..)| *kind);
        let day = |text: &str| vec![text.to_owned()];
        let name = |text: &str| RecordLabel::Name(text.to_owned());
        let doses = vec!["2025-10-20".to_owned(), "2024-10-20".to_owned()];
        let expected = [
            (RecordKind::Checkup, "06139999".to_owned(), day("2024-05-01"), name("架空健診センター")),
            (RecordKind::Vaccination, city().id, doses, RecordLabel::Vaccine(Vaccine::Influenza)),
            (RecordKind::Coverage, "06139999".to_owned(), day("2020-04-01"), name("架空健康保険組合")),
        ];
        assert_eq!(found, expected, "{}", installation.engine());
        assert!(view.reports.is_empty());
    }
}
