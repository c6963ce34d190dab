//! Made-up views of every page, for the tests and for the gallery. A new page gets its sample in [`all`].

mod account;
mod checkups;
mod consent;
mod laboratory;
mod log;
mod records;

use techo_app::{
    Lang, Page, pages,
    views::{
        access_log::{AskField, AskMistake, LogField, LogMistake, filter_form},
        consent::{ConsentImportPage, MarkField, MarkMistake},
        demo::DemoCardsView,
        enrol::{AgreeField, AgreeMistake, CardReaderKind, ChosenCard, EnrolStep, EnrolView},
        errors::ErrorView,
        frame::{Notice, PageBanner, PageViewer, SessionClock},
        notices::ReplyField,
        passkeys::{LastPasskey, RemovePasskeyView, VerifyFor},
    },
};
use techo_citizen::{access_log::AccessLogView, notices::NoticesView};
use techo_disclosure::emergency::EmergencyTextError;
use techo_identity::enrol::{CardPurpose, CardWarning};
use techo_model::{
    CalendarDate, UnixMillis,
    consent::{EmergencyChoice, Mark, RecordMarking},
    notice::NoticeKind,
};
use techo_web::form::FilledForm;
use uuid::Uuid;

/// A name that tries to break out, with a character outside the basic plane.
pub const HOSTILE: &str = "<script>alert('𠮷')</script>\"O'Hara&";

/// One page in one state.
pub struct Sample {
    /// File name in the gallery.
    pub name: &'static str,
    /// Its path.
    pub path: &'static str,
    /// Who looks.
    pub viewer: PageViewer,
    /// Above the page.
    pub banners: Vec<PageBanner>,
    /// The page.
    pub page: Box<dyn Fn(Lang) -> Page>,
}

fn stranger(name: &'static str, path: &'static str, page: impl Fn(Lang) -> Page + 'static) -> Sample {
    Sample { name, path, viewer: PageViewer::Stranger, banners: Vec::new(), page: Box::new(page) }
}

fn citizen(name: &'static str, path: &'static str, page: impl Fn(Lang) -> Page + 'static) -> Sample {
    let viewer = signed_in();
    Sample { name, path, viewer, banners: Vec::new(), page: Box::new(page) }
}

impl Sample {
    fn below(self, banners: Vec<PageBanner>) -> Self {
        Self { banners, ..self }
    }
}

/// Every page, full and empty.
pub fn all() -> Vec<Sample> {
    let mut samples = doors();
    samples.extend(own_record());
    samples.extend(sharing());
    samples.extend(marking());
    samples.extend(log_and_notices());
    samples.extend(settings());
    samples.extend(errors());
    samples
}

fn doors() -> Vec<Sample> {
    let card = || {
        CardReaderKind::Demo(Some(ChosenCard { serial: "00ab".to_owned(), name: "佐藤 はな".to_owned() }))
    };
    let enrol = |purpose, step, reader: CardReaderKind| {
        let back = (purpose == CardPurpose::StepUp).then(|| "/consent/mark?kind=vaccination&id=1".to_owned());
        let view = EnrolView { purpose, step, reader, back };
        move |lang| pages::enrol(lang, &view)
    };
    let (first, recover, link) = (CardPurpose::Enrol, CardPurpose::Recover, CardPurpose::Link);
    let agree = EnrolStep::Agree(FilledForm::default());
    let refused = |mistake| EnrolStep::Agree(FilledForm::default().refused(AgreeField::Agree, mistake));
    let (changed, not_ticked) = (refused(AgreeMistake::Changed), refused(AgreeMistake::NotTicked));
    vec![
        stranger("landing", "/", pages::landing),
        stranger("privacy", "/privacy", pages::privacy),
        stranger("sign-in", "/sign-in", pages::sign_in).below(vec![PageBanner::Notice(Notice::SignedOut)]),
        stranger("enrol-agree", "/enrol", enrol(first, agree, card())),
        stranger("enrol-not-ticked", "/enrol/agree", enrol(first, not_ticked, CardReaderKind::None)),
        stranger("enrol-changed", "/enrol/agree", enrol(first, changed, CardReaderKind::None)),
        stranger("enrol-card", "/enrol?card=00ab", enrol(first, EnrolStep::ReadCard, card())),
        stranger("enrol-choose", "/enrol", enrol(first, EnrolStep::ReadCard, CardReaderKind::Demo(None))),
        stranger("enrol-passkey", "/enrol", enrol(first, EnrolStep::CreatePasskey, CardReaderKind::None)),
        stranger("recover-card", "/enrol/recover", enrol(recover, EnrolStep::ReadCard, card())),
        citizen("link-card", "/settings/card", enrol(link, EnrolStep::ReadCard, CardReaderKind::None)),
        citizen("step-up", "/settings/verify/card", enrol(CardPurpose::StepUp, EnrolStep::ReadCard, card())),
        stranger("demo-cards", "/demo/cards", |lang| pages::demo_cards(lang, &account::demo())),
        stranger("demo-cards-empty", "/demo/cards", |lang| {
            pages::demo_cards(lang, &DemoCardsView { cards: Vec::new(), page: 1, pages: 1 })
        }),
    ]
}

fn own_record() -> Vec<Sample> {
    let id = "/checkups/01980000-0000-7000-8000-000000000001";
    vec![
        citizen("home", "/home", |lang| pages::home(lang, &records::home())).below(vec![
            PageBanner::Notice(Notice::Welcome),
            PageBanner::CardWarning(CardWarning::EndsSoon { on: UnixMillis::start_of(day("2027-01-20")) }),
        ]),
        citizen("home-pending", "/home", |lang| pages::home(lang, &records::home_pending()))
            .below(vec![PageBanner::AgreeToPrivacy]),
        citizen("home-empty", "/home", |lang| pages::home(lang, &records::home_empty())).below(vec![
            PageBanner::CardWarning(CardWarning::StatusUnknown {
                until: UnixMillis::start_of(day("2026-11-24")),
            }),
        ]),
        citizen("checkups", "/checkups", |lang| pages::checkups(lang, &checkups::five_years())),
        citizen("checkups-one", "/checkups", |lang| pages::checkups(lang, &checkups::one_year())),
        citizen("checkups-empty", "/checkups", |lang| pages::checkups(lang, &checkups::none())),
        citizen("checkup", id, |lang| pages::checkup(lang, &checkups::whole())),
        citizen("checkup-review", id, |lang| pages::checkup(lang, &checkups::under_review())),
        citizen("laboratory", "/checkups/laboratory/x", |lang| {
            pages::laboratory(lang, &laboratory::report())
        }),
        citizen("laboratory-review", "/checkups/laboratory/x", |lang| {
            pages::laboratory(lang, &laboratory::under_review())
        }),
        citizen("vaccinations", "/vaccinations", |lang| pages::vaccinations(lang, &records::vaccinations())),
        citizen("vaccinations-empty", "/vaccinations", |lang| {
            pages::vaccinations(lang, &records::vaccinations_empty())
        }),
        citizen("coverage", "/coverage", |lang| pages::coverage(lang, &records::coverage())),
        citizen("coverage-pending", "/coverage", |lang| pages::coverage(lang, &records::coverage_pending())),
        citizen("coverage-empty", "/coverage", |lang| pages::coverage(lang, &records::coverage_empty())),
        citizen("records", "/records", |lang| pages::records(lang, &records::records()))
            .below(vec![PageBanner::Notice(Notice::ReportFiled)]),
        citizen("records-empty", "/records", |lang| pages::records(lang, &records::records_empty())),
        citizen("report", "/records/report?kind=vaccination&id=1", |lang| {
            pages::report(lang, &records::report())
        }),
    ]
}

fn sharing() -> Vec<Sample> {
    vec![
        citizen("consent-first", "/consent", |lang| pages::consent(lang, &consent::first())),
        citizen("consent-chosen", "/consent", |lang| pages::consent(lang, &consent::chosen()))
            .below(vec![PageBanner::Notice(Notice::ConsentDropped)]),
        citizen("consent-found", "/consent/places", |lang| pages::consent(lang, &consent::searched())),
        citizen("consent-wrong", "/consent/draft", |lang| pages::consent(lang, &consent::wrong())),
        citizen("consent-preview", "/consent/preview", |lang| {
            pages::consent_preview(lang, &consent::preview(), "n4me")
        }),
        citizen("consent-preview-stale", "/consent/preview?as=emergency", |lang| {
            pages::consent_preview(lang, &consent::preview_stale(), "n4me")
        }),
        citizen("consent-history", "/consent/history", |lang| {
            pages::consent_history(lang, &consent::history())
        }),
        citizen("consent-history-empty", "/consent/history", |lang| {
            pages::consent_history(lang, &Default::default())
        }),
        citizen("consent-receipt", "/consent/receipts/2", |lang| {
            pages::consent_receipt(lang, &consent::versions()[0])
        })
        .below(vec![PageBanner::Notice(Notice::ConsentSaved)]),
        citizen("consent-import", "/consent/import", |lang| {
            pages::consent_import(lang, &ConsentImportPage::default())
        }),
        citizen("consent-import-refused", "/consent/import", |lang| {
            pages::consent_import(lang, &consent::refused())
        }),
    ]
}

fn marking() -> Vec<Sample> {
    vec![
        citizen("consent-mark", "/consent/mark?kind=vaccination&id=1", |lang| {
            pages::consent_mark(
                lang,
                &records::report(),
                &RecordMarking::default(),
                EmergencyChoice::Normal,
                &FilledForm::default(),
            )
        }),
        citizen("consent-mark-sealed", "/consent/mark?kind=vaccination&id=1", |lang| {
            let marking = RecordMarking::from(Some(Mark::Sealed));
            pages::consent_mark(
                lang,
                &records::report(),
                &marking,
                EmergencyChoice::AlsoSealed,
                &FilledForm::default(),
            )
        }),
        citizen("consent-mark-never", "/consent/mark?kind=vaccination&id=1", |lang| {
            pages::consent_mark(
                lang,
                &records::report(),
                &RecordMarking::default(),
                EmergencyChoice::Never,
                &FilledForm::default(),
            )
        }),
        citizen("consent-mark-wrong", "/consent/mark", |lang| {
            let form = FilledForm::default().refused(MarkField::Mark, MarkMistake::NoChoice);
            pages::consent_mark(
                lang,
                &records::report(),
                &RecordMarking::default(),
                EmergencyChoice::Normal,
                &form,
            )
        }),
        citizen("verify-consent", "/settings/verify", |lang| pages::verify(lang, VerifyFor::Consent)),
        citizen("verify-mark", "/settings/verify", |lang| pages::verify(lang, VerifyFor::Mark)),
        citizen("verify-download", "/settings/verify", |lang| pages::verify(lang, VerifyFor::Download)),
    ]
}

fn log_and_notices() -> Vec<Sample> {
    let path = "/access-log/01980000-0000-7000-8000-000000000001";
    let one = |n| move |lang| pages::access_log_line(lang, &log::one(n), &FilledForm::default());
    let list = |view: AccessLogView| {
        let form = filter_form(&view.filter);
        move |lang| pages::access_log(lang, &view, &form)
    };
    let mut samples = vec![
        citizen("access-log", "/access-log", list(log::access_log())),
        citizen("access-log-narrow", "/access-log", list(log::access_log_narrow())),
        citizen("access-log-empty", "/access-log", list(log::access_log_empty())),
        citizen("access-log-wrong", "/access-log", |lang| {
            let form = FilledForm::default()
                .with(LogField::From, HOSTILE)
                .with(LogField::Search, HOSTILE)
                .refused(LogField::From, LogMistake::NoDate)
                .refused(LogField::To, LogMistake::Reversed)
                .refused(LogField::Search, LogMistake::TooLong);
            pages::access_log(lang, &log::access_log(), &form)
        }),
        citizen("access-log-line", path, one(0)),
        citizen("access-log-ask-wrong", path, |lang| {
            let form = FilledForm::default().refused(AskField::Topic, AskMistake::NoTopic);
            pages::access_log_line(lang, &log::one(0), &form)
        }),
        citizen("access-log-asked", path, one(1)).below(vec![PageBanner::Notice(Notice::QuestionAsked)]),
        citizen("access-log-answered", path, one(2)),
        citizen("access-log-erased", path, one(3)),
        citizen("notices", "/notices", |lang| pages::notices(lang, &log::notices())),
        citizen("notices-empty", "/notices", |lang| {
            pages::notices(lang, &NoticesView { notices: Vec::new(), unread: 0 })
        }),
    ];
    samples.extend(NoticeKind::ALL.iter().map(|&kind| {
        citizen(kind.as_str(), "/notices/1", move |lang| {
            pages::notice(lang, &log::notice(kind), log::emergency(kind).as_ref(), &FilledForm::default())
        })
    }));
    samples.push(citizen("notice-reply-wrong", "/notices/1/reply", |lang| {
        let form = FilledForm::default().with(ReplyField::Reply, HOSTILE);
        let (kind, form) =
            (NoticeKind::EmergencyDeclared, form.refused(ReplyField::Reply, EmergencyTextError::TooLong));
        pages::notice(lang, &log::notice(kind), log::emergency(kind).as_ref(), &form)
    }));
    samples
}

fn settings() -> Vec<Sample> {
    let remove = |last| {
        move |lang| pages::remove_passkey(lang, &RemovePasskeyView { passkey: account::passkey(1), last })
    };
    let path = "/settings/passkeys";
    vec![
        citizen("settings", "/settings", pages::settings),
        citizen("passkeys", path, |lang| pages::passkeys(lang, &account::passkeys())),
        citizen("passkeys-wrong-name", "/settings/passkeys/1/name", |lang| {
            pages::passkeys(lang, &account::passkeys_with_mistake())
        }),
        citizen("passkeys-one", path, |lang| pages::passkeys(lang, &account::one_passkey())),
        citizen("passkey-add", "/settings/passkeys/add", pages::add_passkey),
        citizen("passkey-remove", "/settings/passkeys/1/remove", remove(LastPasskey::No)),
        citizen("passkey-remove-last", "/settings/passkeys/1/remove", remove(LastPasskey::CardFirst)),
        citizen("passkey-remove-shown", "/settings/passkeys/1/remove", remove(LastPasskey::CardShown)),
        citizen("verify-add", "/settings/verify", |lang| pages::verify(lang, VerifyFor::AddPasskey)),
        citizen("verify-remove", "/settings/verify", |lang| pages::verify(lang, VerifyFor::RemovePasskey)),
        citizen("verify-confirm", "/settings/verify", |lang| pages::verify(lang, VerifyFor::ConfirmPasskey)),
        citizen("verify-link", "/settings/verify", |lang| pages::verify(lang, VerifyFor::LinkCard)),
    ]
}

/// Somebody whose session has just begun.
fn signed_in() -> PageViewer {
    PageViewer::SignedIn(SessionClock { idle_seconds: 900, absolute_seconds: 28_800 })
}

fn errors() -> Vec<Sample> {
    let reference = || "7QK2-M9XD".to_owned();
    let page = |view: ErrorView| move |lang| pages::error(lang, &view, PageViewer::Stranger);
    let own = |view: ErrorView| move |lang| pages::error(lang, &view, signed_in());
    vec![
        stranger("error-not-found", "/nowhere", page(ErrorView::NotFound)),
        stranger("error-refused", "/enrol", page(ErrorView::Refused { reference: reference() })),
        stranger("error-stale", "/enrol", page(ErrorView::Stale)),
        stranger("error-limit", "/sign-in", page(ErrorView::Limit { retry_after: 90 })),
        stranger("error-too-large", "/enrol", page(ErrorView::TooLarge)),
        stranger("error-too-slow", "/enrol", page(ErrorView::TooSlow)),
        citizen("error-not-found-signed-in", "/nowhere", own(ErrorView::NotFound)),
        stranger("error-below-age", "/home", own(ErrorView::BelowAge)),
        stranger("error-busy", "/sign-in", page(ErrorView::Busy)),
        stranger("error-away", "/sign-in", page(ErrorView::Away)),
        citizen("error-broken", "/checkups", own(ErrorView::Broken { reference: reference() })),
    ]
}

/// A day.
pub fn day(text: &str) -> CalendarDate {
    CalendarDate::parse(text).expect("samples hold real days")
}

/// Nine and a half in the morning of a day in Japan.
pub fn morning(text: &str) -> UnixMillis {
    UnixMillis(UnixMillis::start_of(day(text)).0 + 34_200_000)
}

/// An id that differs for each number.
pub fn id(number: u128) -> Uuid {
    Uuid::from_u128(0x0198_0000_0000_7000_8000_0000_0000_0000 + number)
}
