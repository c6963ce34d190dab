//! Home, vaccinations, coverage, the list of everything.

use super::{HOSTILE, day, id, morning};
use techo_app::views::report::ReportConfirmView;
use techo_citizen::{
    coverage::CoverageView,
    home::{HomeCounts, HomeNews, HomeView, LatestCheckup, NextStep},
    records::{HeldRecord, RecordLabel, RecordsView, ReportView, SourceGroup},
    vaccinations::{DoseLine, DoseSeries, VaccinationsView},
};
use techo_disclosure::coverage::{CoveragePeriod, CoverageState, CurrentCoverage, PendingReason};
use techo_model::{
    CheckupId, CoverageId, ReportId, VaccinationId,
    checkup::Judgement,
    coverage::{LossReason, Relation},
    record::{RecordKind, ReviewState},
    vaccination::{ProductCode, ProductCodeSystem, Programme},
    vaccine::Vaccine,
};

const INSURER: &str = "全国健康保険協会 東京支部";

pub fn home() -> HomeView {
    let news = |kind, count, from: Option<&str>, on| HomeNews {
        kind,
        count,
        from: from.map(str::to_owned),
        at: morning(on),
    };
    HomeView {
        name: "佐藤 はな".to_owned(),
        coverage: CurrentCoverage::Valid { insurer_name: INSURER.to_owned(), burden_percent: 30 },
        news: vec![
            news(RecordKind::Checkup, 1, Some("さくら健診センター"), "2026-07-15"),
            news(RecordKind::Vaccination, 2, Some("東京都千代田区"), "2026-05-02"),
            news(RecordKind::Coverage, 1, None, "2026-04-10"),
        ],
        next: vec![
            NextStep::LookAtCheckup(CheckupId(id(100))),
            NextStep::HealthGuidance(CheckupId(id(100))),
            NextStep::AddSecondPasskey,
            NextStep::ChooseSharing,
        ],
        latest_checkup: Some(LatestCheckup {
            id: CheckupId(id(100)),
            examined_on: day("2026-06-12"),
            facility_name: "さくら健診センター".to_owned(),
            outside: vec![(Judgement::High, 5), (Judgement::Low, 1), (Judgement::Abnormal, 1)],
        }),
        unread: 2,
        counts: HomeCounts { checkups: 5, vaccinations: 23, coverages: 3 },
    }
}

pub fn home_pending() -> HomeView {
    let checkup =
        LatestCheckup { outside: Vec::new(), ..home().latest_checkup.expect("the full home has one") };
    HomeView {
        name: HOSTILE.to_owned(),
        coverage: CurrentCoverage::Pending { since: day("2026-10-01") },
        next: vec![NextStep::AskInsurer, NextStep::YearlyCheckup, NextStep::RenewCard(day("2027-01-20"))],
        latest_checkup: Some(checkup),
        counts: HomeCounts { checkups: 1, vaccinations: 0, coverages: 2 },
        ..home()
    }
}

pub fn home_empty() -> HomeView {
    HomeView {
        unread: 0,
        coverage: CurrentCoverage::Unknown,
        news: Vec::new(),
        next: vec![NextStep::ChooseSharing],
        latest_checkup: None,
        counts: HomeCounts::default(),
        ..home()
    }
}

pub fn vaccinations() -> VaccinationsView {
    let series = |vaccine, doses: &[&str]| DoseSeries {
        vaccine,
        doses: doses.iter().zip(1..).map(|(on, number)| dose(vaccine, number, on)).collect(),
    };
    let mut all = vec![
        series(Vaccine::HepB, &["1989-04-10", "1989-05-12", "1989-11-02"]),
        series(Vaccine::Mr1, &["1990-01-20"]),
        series(Vaccine::Je1, &["1992-05-01", "1992-05-22", "1993-06-03"]),
        series(Vaccine::Influenza, &["2023-11-05", "2024-11-10", "2025-11-08"]),
        series(Vaccine::Covid19, &["2021-07-03", "2021-07-24", "2022-02-11"]),
    ];
    let reviewed = &mut all[4].doses[2];
    reviewed.standing = ReviewState::UnderReview { since: morning("2026-11-20") };
    let bare = &mut all[1].doses[0];
    (bare.product_name, bare.lot, bare.facility, bare.facility_name) = (None, None, None, None);
    (bare.amount_microlitres, bare.product_code, bare.municipality_name) = (None, None, None);
    VaccinationsView { series: all }
}

pub fn vaccinations_empty() -> VaccinationsView {
    VaccinationsView { series: Vec::new() }
}

fn dose(vaccine: Vaccine, number: i64, on: &str) -> DoseLine {
    let programmes = [Programme::Routine, Programme::Special, Programme::Voluntary];
    let named = number == 1;
    DoseLine {
        id: VaccinationId(id(1000 + vaccine as u128 * 10 + number as u128)),
        standing: ReviewState::Open,
        number,
        given_on: day(on),
        product_name: Some(if named {
            "インフルエンザHAワクチン「第一三共」".to_owned()
        } else {
            HOSTILE.to_owned()
        }),
        product_code: Some(ProductCode {
            system: ProductCodeSystem::Hot13,
            code: "1820201040101".to_owned(),
        }),
        programme: Some(programmes[number as usize % 3]),
        lot: Some(format!("FX{number}3B07")),
        amount_microlitres: Some(500),
        facility: Some("1312345670".to_owned()),
        other_senders: if named { vec!["架空町".to_owned()] } else { Vec::new() },
        facility_name: named.then(|| "医療法人社団みどり会 ひまわり小児科クリニック".to_owned()),
        municipality: "131016".to_owned(),
        municipality_name: Some("東京都千代田区".to_owned()),
        received_at: morning("2026-05-02"),
    }
}

pub fn coverage() -> CoverageView {
    let ended = |number, reason| CoveragePeriod {
        state: CoverageState::Ended,
        relation: Relation::Dependant,
        lost_on: Some(day("2019-04-01")),
        loss_reason: Some(reason),
        symbol: None,
        branch: None,
        ..period(number)
    };
    let reasons = [
        LossReason::Retirement,
        LossReason::JobChange,
        LossReason::Move,
        LossReason::Death,
        LossReason::SeventyFive,
        LossReason::DependencyEnded,
        LossReason::Other,
    ];
    let mut periods = vec![CoveragePeriod { state: CoverageState::Future, ..period(9) }, period(1)];
    periods.extend(reasons.into_iter().zip(2..).map(|(reason, number)| ended(number, reason)));
    let now = CurrentCoverage::Valid { insurer_name: INSURER.to_owned(), burden_percent: 30 };
    CoverageView { as_of: day("2026-11-23"), periods, now }
}

pub fn coverage_pending() -> CoverageView {
    let pending =
        |number, because| CoveragePeriod { state: CoverageState::Pending { because }, ..period(number) };
    let review =
        CoveragePeriod { standing: ReviewState::UnderReview { since: morning("2026-11-20") }, ..period(4) };
    CoverageView {
        as_of: day("2026-11-23"),
        periods: vec![
            pending(1, PendingReason::NewerCoverage { since: day("2026-10-01") }),
            pending(2, PendingReason::Moved { on: day("2026-10-01") }),
            pending(3, PendingReason::SeventyFive { on: day("2026-10-01") }),
            review,
        ],
        now: CurrentCoverage::Pending { since: day("2026-10-01") },
    }
}

pub fn coverage_empty() -> CoverageView {
    CoverageView { as_of: day("2026-11-23"), periods: Vec::new(), now: CurrentCoverage::Unknown }
}

fn period(number: u128) -> CoveragePeriod {
    CoveragePeriod {
        id: CoverageId(id(2000 + number)),
        state: CoverageState::Valid,
        standing: ReviewState::Open,
        insurer: "01130012".to_owned(),
        insurer_name: INSURER.to_owned(),
        symbol: Some("21700023".to_owned()),
        number: "1234".to_owned(),
        branch: Some("1".to_owned()),
        relation: Relation::Insured,
        burden_percent: 30,
        acquired_on: day("2019-05-01"),
        lost_on: None,
        loss_reason: None,
        stated_at: morning("2026-04-09"),
        received_at: morning("2026-04-10"),
    }
}

pub fn records() -> RecordsView {
    let source = |kind, organisation: &str, name: Option<&str>, records| SourceGroup {
        kind,
        organisation: organisation.to_owned(),
        organisation_name: name.map(str::to_owned),
        last_received_at: morning("2026-07-15"),
        records,
    };
    let named =
        |number: u128, name: &str| held(number, RecordLabel::Name(name.to_owned()), ReviewState::Open);
    let review = ReviewState::UnderReview { since: morning("2026-11-20") };
    let doses = (0..23)
        .map(|i| held(3100 + i, RecordLabel::Vaccine(Vaccine::Influenza), ReviewState::Open))
        .collect();
    RecordsView {
        sources: vec![
            source(
                RecordKind::Checkup,
                "06130012",
                Some(INSURER),
                vec![named(3001, "さくら健診センター"), named(3002, HOSTILE)],
            ),
            source(RecordKind::Vaccination, "131016", Some("東京都千代田区"), doses),
            source(
                RecordKind::Coverage,
                "01130012",
                None,
                vec![held(3003, RecordLabel::Name(INSURER.to_owned()), review)],
            ),
        ],
        reports: vec![
            ReportView {
                id: ReportId(id(1)),
                kind: RecordKind::Coverage,
                opened_at: morning("2026-11-20"),
                closed_at: None,
            },
            ReportView {
                id: ReportId(id(2)),
                kind: RecordKind::Vaccination,
                opened_at: morning("2026-10-20"),
                closed_at: Some(morning("2026-10-29")),
            },
        ],
    }
}

pub fn records_empty() -> RecordsView {
    RecordsView { sources: Vec::new(), reports: Vec::new() }
}

pub fn report() -> ReportConfirmView {
    ReportConfirmView {
        kind: RecordKind::Vaccination,
        id: id(3100),
        label: RecordLabel::Vaccine(Vaccine::Influenza),
        on: day("2025-11-08"),
        organisation_name: Some("東京都千代田区".to_owned()),
    }
}

fn held(number: u128, label: RecordLabel, standing: ReviewState) -> HeldRecord {
    HeldRecord { id: id(number), on: day("2025-11-08"), label, received_at: morning("2026-05-02"), standing }
}
