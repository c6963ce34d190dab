//! The access log and the notices.

use super::{HOSTILE, day, id, morning};
use std::collections::HashMap;
use techo_audit::log::{
    Action, Category, Initiative, Purpose, Reason,
    line::{LineActor, LineFacts, LogLine},
};
use techo_citizen::{
    access_log::{
        AccessLogView, ActorFilter, LastCheckpoint, LineQuestion, LineSealing, LogDay, LogFilter,
        LogLineView, LogTopic as Wanted, SystemLooks,
    },
    notices::{NoticeView, NoticesView},
};
use techo_disclosure::emergency::{ClosedReview, EmergencyView};
use techo_model::{
    EventId, NoticeId, QuestionId, UnixMillis,
    account::AccountEvent,
    consent::PersonEmergency,
    emergency::{Finding, FoundBy},
    notice::{NoticeKind, QuestionTopic},
};

const CLINIC: &str = "1310000001";
const STRANGER: &str = "1310000009";

fn clinic() -> LineActor {
    LineActor::Organisation(CLINIC.to_owned())
}

fn facts(actor: LineActor, action: Action, category: Category) -> LineFacts {
    LineFacts {
        at: UnixMillis(morning("2026-11-20").0 + 3_600_000),
        actor,
        on_behalf: None,
        action,
        category,
        purpose: Purpose::Treatment,
        count: 3,
        initiative: Initiative::Human,
        reason: None,
        stage: None,
        emergency: None,
        repeats: None,
        found_nothing: false,
    }
}

fn line(number: i64, facts: Option<LineFacts>) -> LogLine {
    LogLine {
        event: EventId(id(u128::from(number.unsigned_abs()))),
        seq: number,
        recorded_at: morning("2026-11-20"),
        facts,
    }
}

fn all_lines() -> Vec<LogLine> {
    let doctor = LineActor::Professional {
        organisation: CLINIC.to_owned(),
        name: Some(HOSTILE.to_owned()),
        role: Some("医師".to_owned()),
    };
    let stranger = LineActor::Organisation(STRANGER.to_owned());
    let refused = LineFacts {
        reason: Some(Reason::NotPermitted),
        count: 0,
        ..facts(stranger, Action::Refuse, Category::Laboratory)
    };
    let proxy = LineFacts {
        on_behalf: Some(LineActor::Owner),
        ..facts(LineActor::Proxy, Action::Read, Category::Vaccination)
    };
    let automatic = LineFacts {
        initiative: Initiative::Automatic,
        purpose: Purpose::Payment,
        ..facts(clinic(), Action::Read, Category::Coverage)
    };
    let mut all = vec![
        facts(doctor, Action::Read, Category::Checkup),
        automatic,
        refused,
        proxy,
        LineFacts {
            purpose: Purpose::EmergencyTreatment,
            ..facts(clinic(), Action::Emergency, Category::Emergency)
        },
        facts(LineActor::Owner, Action::Export, Category::AccessLog),
        facts(LineActor::Staff, Action::StaffView, Category::Records),
        facts(LineActor::Owner, Action::ConsentChange, Category::Consent),
        facts(clinic(), Action::Write, Category::Laboratory),
        facts(LineActor::Owner, Action::Freeze, Category::Checkup),
    ];
    all.extend(
        AccountEvent::ALL
            .iter()
            .map(|event| facts(LineActor::System, Action::Account(*event), Category::Account)),
    );
    let mut lines: Vec<_> = (1..).zip(all).map(|(number, facts)| line(number, Some(facts))).collect();
    lines.push(line(900, None));
    lines
}

fn question(number: u128, answered: bool) -> LineQuestion {
    LineQuestion {
        id: QuestionId(id(700 + number)),
        event: EventId(id(number)),
        topic: QuestionTopic::Unknown,
        asked_at: morning("2026-11-21"),
        answered_at: answered.then(|| morning("2026-11-22")),
    }
}

pub fn access_log() -> AccessLogView {
    let own = facts(LineActor::Owner, Action::Read, Category::Home);
    AccessLogView {
        filter: LogFilter::default(),
        days: vec![
            LogDay {
                on: day("2026-11-20"),
                lines: all_lines(),
                systems: vec![
                    SystemLooks { organisation: CLINIC.to_owned(), looks: 180, refused: 0 },
                    SystemLooks { organisation: STRANGER.to_owned(), looks: 3, refused: 2 },
                ],
                own: vec![line(800, Some(own.clone())), line(801, Some(own.clone()))],
            },
            LogDay {
                on: day("2026-11-19"),
                lines: Vec::new(),
                systems: Vec::new(),
                own: vec![line(802, Some(own))],
            },
        ],
        names: HashMap::from([(CLINIC.to_owned(), "さくら内科クリニック".to_owned())]),
        questions: vec![question(1, false), question(2, true)],
        older: Some(700),
        seal: Some(LastCheckpoint {
            size: 12_345,
            root: "OVewVqN/a7+POJs2QpUyWzvRLz1dVsrXaL2ibtw3bNA=".to_owned(),
            signed_at: morning("2026-11-20"),
            key: "portal.example.jp/access-log+4873ab0c+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"
                .to_owned(),
        }),
    }
}

pub fn access_log_narrow() -> AccessLogView {
    let filter = LogFilter {
        whose: ActorFilter::Others,
        kind: Some(Wanted::Refusal),
        from: Some(day("2026-11-01")),
        to: Some(day("2026-11-30")),
        search: HOSTILE.to_owned(),
        before: Some(500),
    };
    AccessLogView { filter, days: Vec::new(), older: None, ..access_log() }
}

pub fn access_log_empty() -> AccessLogView {
    AccessLogView {
        filter: LogFilter::default(),
        days: Vec::new(),
        names: HashMap::new(),
        questions: Vec::new(),
        older: None,
        seal: None,
    }
}

/// One line by others without a question, with an open one, with an answered one, and an erased one.
pub fn one(n: usize) -> LogLineView {
    let asked = [None, Some(question(1, false)), Some(question(2, true)), None];
    let sealed = [LineSealing::Yes, LineSealing::NotYet, LineSealing::Yes, LineSealing::Erased];
    let line = if n == 3 { line(900, None) } else { all_lines().remove(n) };
    LogLineView {
        line,
        organisation_name: Some("さくら内科クリニック".to_owned()),
        question: asked[n].clone(),
        sealed: sealed[n],
    }
}

pub fn notice(kind: NoticeKind) -> NoticeView {
    NoticeView {
        id: NoticeId(id(600)),
        kind,
        organisation: Some(CLINIC.to_owned()),
        organisation_name: Some("さくら内科クリニック".to_owned()),
        event: Some(EventId(id(1))),
        at: morning("2026-11-20"),
        read_at: None,
    }
}

pub fn notices() -> NoticesView {
    let read = |kind| NoticeView { read_at: Some(morning("2026-11-21")), organisation: None, ..notice(kind) };
    let mut all: Vec<_> = NoticeKind::ALL.iter().map(|kind| notice(*kind)).collect();
    all.push(read(NoticeKind::PasskeyAdded));
    NoticesView { unread: 14, notices: all }
}

/// The emergency that a notice of this kind speaks of.
pub fn emergency(kind: NoticeKind) -> Option<EmergencyView> {
    let reviewed = ClosedReview {
        finding: Finding::Justified,
        remark: "救急車で運ばれ、意識がありませんでした。".to_owned(),
        at: morning("2026-11-22"),
    };
    kind.is_of_emergency().then(|| EmergencyView {
        id: EventId(id(1)),
        organisation: "1310000019".to_owned(),
        organisation_name: Some("架空総合病院".to_owned()),
        subject: "dr-1".to_owned(),
        subject_name: Some("山本医師".to_owned()),
        subject_role: Some("医師".to_owned()),
        found_by: FoundBy::Demographics,
        reason: "意識がなく、既往とアレルギーを確かめる".to_owned(),
        time: PersonEmergency { declared_at: morning("2026-11-21"), ends_at: morning("2026-11-21") },
        reply: (kind == NoticeKind::EmergencyReviewed)
            .then(|| ("助かりました。".to_owned(), morning("2026-11-21"))),
        review: (kind == NoticeKind::EmergencyReviewed).then_some(reviewed),
        is_open: kind == NoticeKind::EmergencyDeclared,
    })
}
