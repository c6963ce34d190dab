//! What an operator is promised about residents, coverage and vaccinations files.

use techo_testkit::{
    city, coverage_file, each_installation, insurer, municipality, record_code, report_counts,
    residents_file, vaccinations_file,
};

use techo_intake::{FileHistory, ResidentsIntake};

const ONE: &[(&str, &str)] = &[];

#[tokio::test]
async fn a_residents_file_taken_in_twice_changes_nothing_the_second_time() {
    for installation in each_installation().await {
        let file = residents_file(
            &city(),
            &[(1, "𠮷田 花子", "1975-04-01", ONE), (2, "O'Neil 太郎", "S55.1.2", ONE)],
        );
        assert_eq!(
            report_counts(&installation.residents(&city(), file.clone()).await),
            [2, 2, 0, 0, 0, 0, 0],
            "{}",
            installation.engine()
        );
        assert_eq!(
            report_counts(&installation.residents(&city(), file).await),
            [2, 0, 0, 2, 0, 0, 0],
            "{}",
            installation.engine()
        );
        assert_eq!(installation.custody.stores.vault.count_residents().await.unwrap(), 2);
    }
}

#[tokio::test]
async fn a_changed_name_is_an_update_of_the_same_person() {
    for installation in each_installation().await {
        installation
            .residents(&city(), residents_file(&city(), &[(1, "山田 花子", "1975-04-01", ONE)]))
            .await;
        let changed = residents_file(&city(), &[(1, "佐藤 花子", "1975-04-01", ONE)]);
        assert_eq!(
            report_counts(&installation.residents(&city(), changed).await),
            [1, 0, 1, 0, 0, 0, 0],
            "{}",
            installation.engine()
        );
        assert_eq!(installation.custody.stores.vault.count_residents().await.unwrap(), 1);
    }
}

#[tokio::test]
async fn a_row_for_another_municipality_is_rejected_and_the_good_row_goes_in() {
    for installation in each_installation().await {
        let mut file = residents_file(&city(), &[(1, "山田 花子", "1975-04-01", ONE)]);
        let foreign = residents_file(&municipality(13_998), &[(2, "佐藤 太郎", "1980-01-01", ONE)]);
        file.push_str(foreign.lines().nth(1).unwrap());
        let taken = installation.residents(&city(), file).await;
        assert_eq!(report_counts(&taken), [2, 1, 0, 0, 0, 1, 0], "{}", installation.engine());
        assert!(
            taken.rejects[0].contains("3行目") && taken.rejects[0].contains("自治体コード"),
            "{:?}",
            taken.rejects
        );
    }
}

#[tokio::test]
async fn a_my_number_that_belongs_to_somebody_else_is_rejected_without_naming_it() {
    for installation in each_installation().await {
        installation
            .residents(&city(), residents_file(&city(), &[(1, "山田 花子", "1975-04-01", ONE)]))
            .await;
        let stolen = residents_file(&city(), &[(2, "別人 次郎", "1980-01-01", ONE)])
            .replace(&techo_testkit::my_number(2).digits(), &techo_testkit::my_number(1).digits());
        let taken = installation.residents(&city(), stolen).await;
        assert_eq!(report_counts(&taken), [1, 0, 0, 0, 0, 1, 0], "{}", installation.engine());
        assert!(!taken.rejects[0].contains(&techo_testkit::my_number(1).digits()));
    }
}

#[tokio::test]
async fn after_a_move_the_old_municipality_no_longer_overwrites_the_new_one() {
    for installation in each_installation().await {
        let (old, new) = (city(), municipality(13_998));
        installation
            .residents(
                &old,
                residents_file(&old, &[(1, "山田 花子", "1975-04-01", &[("転入日", "2010-04-01")])]),
            )
            .await;
        let arrived = residents_file(&new, &[(1, "山田 花子", "1975-04-01", &[("転入日", "2025-06-01")])]);
        assert_eq!(
            report_counts(&installation.residents(&new, arrived).await),
            [1, 0, 1, 0, 0, 0, 0],
            "{}",
            installation.engine()
        );
        let left = [("転入日", "2010-04-01"), ("転出日", "2025-06-01")];
        let stale = residents_file(&old, &[(1, "山田 花子", "1975-04-01", &left)]);
        assert_eq!(
            report_counts(&installation.residents(&old, stale).await),
            [1, 0, 0, 1, 0, 0, 0],
            "{}",
            installation.engine()
        );
    }
}

#[tokio::test]
async fn a_row_that_says_something_else_than_an_earlier_one_of_its_file_is_refused_by_the_line_of_that() {
    for installation in each_installation().await {
        let file = residents_file(
            &city(),
            &[(1, "山田 花子", "1975-04-01", ONE), (1, "佐藤 花子", "1975-04-01", ONE)],
        );
        let taken = installation.residents(&city(), file.clone()).await;
        assert_eq!(report_counts(&taken), [2, 1, 0, 0, 0, 1, 0], "{}", installation.engine());
        assert!(taken.rejects[0].starts_with("3行目：2行目と食い違います"), "{:?}", taken.rejects);
        let same = file.replace("佐藤", "山田");
        assert_eq!(
            report_counts(&installation.residents(&city(), same).await),
            [2, 0, 0, 2, 0, 0, 0],
            "{}",
            installation.engine()
        );
        let lots = [
            (1, "2025-05-01", "B型肝炎", 1, "A", ""),
            (1, "2025-05-01", "B型肝炎", 1, "B", ""),
            (1, "2025-05-01", "B型肝炎", 1, "A", "1"),
        ];
        let taken = installation.vaccinations(&city(), vaccinations_file(&city(), &lots)).await;
        assert_eq!(
            report_counts(&taken),
            [3, 1, 0, 0, 1, 1, 0],
            "{}: taking back contradicts nothing",
            installation.engine()
        );
    }
}

#[tokio::test]
async fn coverage_that_arrives_before_its_resident_waits_and_is_matched_by_itself() {
    for installation in each_installation().await {
        let insurer = insurer("06139999");
        let file = coverage_file(&insurer, &[(1, "３４５", "01", "2020-04-01", "", "2026-01-01 09:00")]);
        assert_eq!(
            report_counts(&installation.coverage(&insurer, file.clone()).await),
            [1, 0, 0, 0, 0, 0, 1],
            "{}",
            installation.engine()
        );
        assert_eq!(installation.settle().await, 0);
        installation
            .residents(&city(), residents_file(&city(), &[(1, "山田 花子", "1975-04-01", ONE)]))
            .await;
        assert_eq!(
            (installation.settle().await, installation.settle().await),
            (1, 0),
            "{}",
            installation.engine()
        );
        assert_eq!(
            report_counts(&installation.coverage(&insurer, file).await),
            [1, 0, 0, 1, 0, 0, 0],
            "{}",
            installation.engine()
        );
    }
}

#[tokio::test]
async fn the_later_statement_of_an_insurer_wins_whatever_the_order_of_the_files() {
    for installation in each_installation().await {
        let insurer = insurer("06139999");
        installation
            .residents(&city(), residents_file(&city(), &[(1, "山田 花子", "1975-04-01", ONE)]))
            .await;
        let early = coverage_file(&insurer, &[(1, "345", "01", "2020-04-01", "", "2026-01-01 09:00")]);
        let late =
            coverage_file(&insurer, &[(1, "345", "01", "2020-04-01", "2026-03-31", "2026-04-02 09:00")]);
        assert_eq!(
            report_counts(&installation.coverage(&insurer, late).await),
            [1, 1, 0, 0, 0, 0, 0],
            "{}",
            installation.engine()
        );
        assert_eq!(
            report_counts(&installation.coverage(&insurer, early).await),
            [1, 0, 0, 1, 0, 0, 0],
            "{}",
            installation.engine()
        );
    }
}

#[tokio::test]
async fn a_cancelled_dose_stays_cancelled_when_the_first_file_comes_again_and_returns_with_a_new_file() {
    for installation in each_installation().await {
        installation
            .residents(&city(), residents_file(&city(), &[(1, "山田 花子", "2025-04-01", ONE)]))
            .await;
        let given = vaccinations_file(&city(), &[(1, "2025-06-10", "5種混合", 1, "A1", "")]);
        let cancelled = vaccinations_file(&city(), &[(1, "2025-06-10", "dpt_ipv_hib", 1, "A1", "1")]);
        let corrected = vaccinations_file(&city(), &[(1, "2025-06-10", "５種混合", 1, "B2", "0")]);
        assert_eq!(
            report_counts(&installation.vaccinations(&city(), given.clone()).await),
            [1, 1, 0, 0, 0, 0, 0]
        );
        assert_eq!(
            report_counts(&installation.vaccinations(&city(), cancelled.clone()).await),
            [1, 0, 0, 0, 1, 0, 0]
        );
        assert_eq!(
            report_counts(&installation.vaccinations(&city(), cancelled).await),
            [1, 0, 0, 1, 0, 0, 0]
        );
        assert_eq!(
            report_counts(&installation.vaccinations_again(&city(), given).await),
            [1, 0, 0, 1, 0, 0, 0]
        );
        assert_eq!(
            report_counts(&installation.vaccinations(&city(), corrected).await),
            [1, 0, 1, 0, 0, 0, 0],
            "{}",
            installation.engine()
        );
    }
}

#[tokio::test]
async fn a_dose_of_somebody_unknown_waits_until_that_person_arrives() {
    for installation in each_installation().await {
        let file = vaccinations_file(&city(), &[(1, "2025-06-10", "BCG", 1, "A1", "")]);
        assert_eq!(
            report_counts(&installation.vaccinations(&city(), file.clone()).await),
            [1, 0, 0, 0, 0, 0, 1],
            "{}",
            installation.engine()
        );
        assert_eq!(
            report_counts(&installation.vaccinations(&city(), file.clone()).await),
            [1, 0, 0, 0, 0, 0, 1],
            "{}",
            installation.engine()
        );
        assert_eq!(installation.custody.stores.records.count_waiting().await.unwrap(), 1);
        installation
            .residents(&city(), residents_file(&city(), &[(1, "山田 花子", "2025-04-01", ONE)]))
            .await;
        assert_eq!(installation.settle().await, 1);
        assert_eq!(
            report_counts(&installation.vaccinations(&city(), file).await),
            [1, 0, 0, 1, 0, 0, 0],
            "{}",
            installation.engine()
        );
    }
}

#[tokio::test]
async fn a_file_of_many_thousand_rows_with_bad_ones_in_between_takes_every_good_row() {
    for installation in each_installation().await {
        let people: Vec<_> = (1..=1_200).map(|n| (n, "山田 花子", "1975-04-01", ONE)).collect();
        let mut file = residents_file(&city(), &people);
        file = file.replace(&format!("{},", record_code(600).digits()), "12345678901,");
        file.push_str("\"forgotten,quote\n");
        let taken = installation.residents(&city(), file).await;
        assert_eq!(report_counts(&taken), [1_201, 1_199, 0, 0, 0, 2, 0], "{}", installation.engine());
        assert!(taken.rejects[0].starts_with("601行目"), "{:?}", taken.rejects);
    }
}

#[tokio::test]
async fn doses_before_birth_or_after_death_are_rejected_and_those_that_wait_go_on_waiting() {
    for installation in each_installation().await {
        let early = vaccinations_file(&city(), &[(1, "2025-03-31", "BCG", 1, "A1", "")]);
        assert_eq!(
            report_counts(&installation.vaccinations(&city(), early.clone()).await),
            [1, 0, 0, 0, 0, 0, 1]
        );
        let life = [("死亡日", "2026-01-10")];
        installation
            .residents(&city(), residents_file(&city(), &[(1, "山田 花子", "2025-04-01", &life)]))
            .await;
        assert_eq!(
            installation.settle().await,
            0,
            "{}: what contradicts the person is given to nobody",
            installation.engine()
        );
        assert_eq!(installation.custody.stores.records.count_waiting().await.unwrap(), 1);
        let file = vaccinations_file(
            &city(),
            &[
                (1, "2025-03-31", "BCG", 1, "A1", ""),
                (1, "2025-04-01", "B型肝炎", 1, "A1", ""),
                (1, "2026-01-10", "B型肝炎", 2, "A1", ""),
                (1, "2026-01-11", "B型肝炎", 3, "A1", ""),
                (1, "2026-01-11", "B型肝炎", 3, "A1", "1"),
            ],
        );
        let taken = installation.vaccinations(&city(), file).await;
        assert_eq!(
            report_counts(&taken),
            [5, 2, 0, 1, 0, 2, 0],
            "{}: {:?}",
            installation.engine(),
            taken.rejects
        );
        assert!(taken.rejects.iter().all(|reason| reason.contains("接種日")), "{:?}", taken.rejects);
    }
}

#[tokio::test]
async fn coverage_before_birth_or_after_death_is_rejected() {
    for installation in each_installation().await {
        let life = [("死亡日", "2026-01-10")];
        installation
            .residents(&city(), residents_file(&city(), &[(1, "山田 花子", "2025-04-01", &life)]))
            .await;
        let insurer = insurer("06139999");
        for (from, counts) in [
            ("2025-03-31", [1, 0, 0, 0, 0, 1, 0]),
            ("2025-04-01", [1, 1, 0, 0, 0, 0, 0]),
            ("2026-01-11", [1, 0, 0, 0, 0, 1, 0]),
        ] {
            let file = coverage_file(&insurer, &[(1, "345", "01", from, "", "2026-02-01 09:00")]);
            assert_eq!(
                report_counts(&installation.coverage(&insurer, file).await),
                counts,
                "{} {from}",
                installation.engine()
            );
        }
    }
}

#[tokio::test]
async fn of_a_file_that_comes_again_only_the_lines_that_were_rejected_are_new() {
    for installation in each_installation().await {
        let later = residents_file(
            &city(),
            &[(1, "佐藤 花子", "1975-04-01", ONE), (2, "佐藤 太郎", "1980-01-02", ONE)],
        );
        installation.residents(&city(), later).await;
        let file = residents_file(
            &city(),
            &[(1, "山田 花子", "1975-04-01", ONE), (2, "山田 太郎", "1980-01-02", ONE)],
        );
        let again =
            installation.rows::<ResidentsIntake>(&city(), FileHistory::Before, &[3], file.clone()).await;
        assert_eq!(report_counts(&again), [2, 0, 1, 1, 0, 0, 0], "{}", installation.engine());
        let again = installation.rows::<ResidentsIntake>(&city(), FileHistory::Before, &[], file).await;
        assert_eq!(report_counts(&again), [2, 0, 0, 2, 0, 0, 0], "{}", installation.engine());
    }
}

#[tokio::test]
async fn many_imports_of_the_same_rows_at_once_all_end_well_and_the_later_statement_wins() {
    for installation in each_installation().await {
        let people: Vec<_> = (1..=700).map(|n| (n, "山田 花子", "1975-04-01", ONE)).collect();
        let file = residents_file(&city(), &people);
        let sender = city();
        let [a, b, c] = [0; 3].map(|_| installation.residents(&sender, file.clone()));
        let (a, b, c) = tokio::join!(a, b, c);
        let inserted = [&a, &b, &c].map(|taken| report_counts(taken)[1]);
        assert_eq!(inserted.iter().sum::<u64>(), 700, "{}", installation.engine());
        let insurer = insurer("06139999");
        let stated = |day: &str| {
            let rows: Vec<_> = (1..=700).map(|n| (n, "345", "01", "2020-04-01", "", day)).collect();
            coverage_file(&insurer, &rows)
        };
        let (early, late) = tokio::join!(
            installation.coverage(&insurer, stated("2026-01-01 09:00")),
            installation.coverage(&insurer, stated("2026-02-01 09:00"))
        );
        assert_eq!(report_counts(&early)[1] + report_counts(&late)[1], 700, "{}", installation.engine());
        let again = installation.coverage(&insurer, stated("2026-02-01 09:00")).await;
        assert_eq!(
            report_counts(&again),
            [700, 0, 0, 700, 0, 0, 0],
            "{}: the later one stands",
            installation.engine()
        );
    }
}
